import { describe, expect, it } from 'vitest'
import { type Faults, faultyTestee } from './faulty-testee.ts'
import { runClient, runServer } from './run-testees.ts'
import type { Side } from './testee.ts'

/** Both verdicts of a case: behavior and behaviorClose. */
type Verdicts = readonly [behavior: string, behaviorClose: string]

const fine: Verdicts = ['OK', 'OK']
const wrongCode: Verdicts = ['FAILED', 'WRONG CODE']
const onlyTheCode: Verdicts = ['OK', 'WRONG CODE']
const unclean: Verdicts = ['OK', 'UNCLEAN']
const wrongSide: Verdicts = ['FAILED', 'FAILED']
const onlyTheSide: Verdicts = ['OK', 'FAILED']
const noAnswer: Verdicts = ['OK', 'FAILED BY CLIENT']
const onlyTheEvents: Verdicts = ['FAILED', 'OK']
/** The verdicts on a close frame that no endpoint may send: it breaks a rule, and does not complete the closing handshake. */
const brokenClose: Verdicts = ['FAILED', 'UNCLEAN']
const leftOpen: Verdicts = ['INFORMATIONAL', 'INFORMATIONAL']

interface Row {
  /** The fault, as a sentence continues after *one that*. */
  readonly fault: string
  readonly faults: Faults
  readonly verdicts: Readonly<Record<string, Verdicts>>
  /** Verdicts that differ if the testee is a client: the fuzzer is the server then, and ends TCP itself. */
  readonly asClient?: Readonly<Record<string, Verdicts>>
  readonly strict?: Readonly<Record<string, Verdicts>>
}

/** The verdicts follow the rules of the Autobahn Testsuite. */
const rows: readonly Row[] = [
  {
    fault: 'is sound',
    faults: {},
    verdicts: { '1.1.2': fine, '2.2': fine, '3.1': fine, '6.3.1': fine, '7.1.1': fine, '7.5.1': fine, '7.9.1': fine, '7.13.1': leftOpen },
  },
  {
    fault: 'answers each close frame with 1001',
    faults: { answer: 1001 },
    verdicts: {
      '1.1.2': onlyTheCode,
      ...each(['7.1.1', '7.1.2', '7.1.3', '7.1.4', '7.1.5'], wrongCode),
      ...each(['7.3.1', '7.3.2', '7.3.3', '7.3.4', '7.3.5', '7.3.6'], wrongCode),
      ...each(['7.5.1', '7.7.1', '7.7.3', '7.9.1', '7.9.9'], wrongCode),
      '7.7.2': fine,
      '7.13.2': leftOpen,
    },
  },
  {
    fault: 'answers each close frame with 1002',
    faults: { answer: 1002 },
    verdicts: { '1.1.2': onlyTheCode, '7.1.1': wrongCode, '7.3.2': fine, '7.5.1': fine, '7.7.1': wrongCode, '7.7.3': fine, '7.9.4': fine },
  },
  {
    fault: 'answers each close frame with 1011',
    faults: { answer: 1011 },
    verdicts: { '2.1': onlyTheCode, '7.1.5': wrongCode, '7.3.5': wrongCode, '7.7.9': fine, '7.7.10': wrongCode, '7.9.2': wrongCode },
  },
  {
    fault: 'answers each close frame with 1000',
    faults: { answer: 1000 },
    verdicts: { '7.1.1': fine, '7.3.1': fine, '7.7.13': fine, '7.3.2': wrongCode, '7.5.1': wrongCode, '7.9.5': wrongCode },
  },
  {
    fault: 'answers each close frame with 4000',
    faults: { answer: 4000 },
    verdicts: { '6.1.1': onlyTheCode, '7.1.1': wrongCode, '7.7.12': fine, '7.7.13': wrongCode, '7.9.6': wrongCode },
  },
  {
    fault: 'answers each close frame with 1006, which no frame may carry',
    faults: { answer: 1006 },
    verdicts: { '1.1.2': brokenClose, '7.1.1': brokenClose, '7.9.1': ['FAILED', 'FAILED BY CLIENT'] },
    asClient: { '1.1.2': brokenClose, '7.1.1': brokenClose, '7.9.1': onlyTheEvents },
  },
  {
    fault: 'answers each close frame with an empty one',
    faults: { answer: 'empty' },
    verdicts: { '1.1.2': fine, ...each(['7.1.1', '7.3.1', '7.3.3', '7.7.1', '7.7.13', '7.3.2', '7.5.1', '7.9.1'], fine) },
    strict: {
      '1.1.2': fine,
      ...each(['7.1.1', '7.3.1', '7.3.3', '7.7.1'], fine),
      ...each(['7.3.2', '7.3.6', '7.5.1', '7.9.1'], wrongCode),
    },
  },
  {
    fault: 'drops TCP where a close frame comes',
    faults: { answer: 'drop' },
    verdicts: { '1.1.2': unclean, '7.1.1': unclean, '7.7.1': unclean, '7.3.2': fine, '7.5.1': fine, '7.9.1': fine },
  },
  {
    fault: 'does not answer a close frame',
    faults: { answer: 'silence' },
    verdicts: { '1.1.2': unclean, '7.1.1': unclean, '7.3.3': unclean, '7.3.2': noAnswer, '7.5.1': noAnswer, '7.9.1': noAnswer },
    asClient: { '1.1.2': unclean, '7.1.1': unclean, '7.3.3': unclean, '7.3.2': fine, '7.5.1': fine, '7.9.1': fine },
  },
  {
    fault: 'repeats the payload of a close frame without a look at it',
    faults: { answer: 'echo' },
    verdicts: {
      ...each(['7.1.1', '7.3.5', '7.7.1'], fine),
      ...each(['7.3.2', '7.5.1', '7.9.1', '7.9.5'], ['FAILED', 'FAILED BY CLIENT']),
    },
    asClient: { ...each(['7.1.1', '7.3.5', '7.7.1'], fine), ...each(['7.3.2', '7.5.1', '7.9.1', '7.9.5'], onlyTheEvents) },
  },
  {
    fault: 'answers a faulty close frame with 1000',
    faults: { answerToFaultyClose: 1000 },
    verdicts: { '7.1.1': fine, '7.3.2': wrongCode, '7.5.1': wrongCode, '7.9.3': wrongCode },
  },
  {
    fault: 'answers a faulty close frame with 1007',
    faults: { answerToFaultyClose: 1007 },
    verdicts: { '7.3.3': fine, '7.3.2': wrongCode, '7.5.1': fine, '7.9.3': wrongCode },
  },
  {
    fault: 'does not answer a faulty close frame',
    faults: { answerToFaultyClose: 'silence' },
    verdicts: { '7.3.3': fine, '7.5.1': noAnswer, '7.9.3': noAnswer },
    asClient: { '7.3.3': fine, '7.5.1': fine, '7.9.3': fine },
  },
  {
    fault: 'answers a close frame after 4 s',
    faults: { lateClose: 4 },
    verdicts: { '1.1.2': unclean, '7.1.1': unclean, '7.7.1': unclean },
  },
  {
    fault: 'closes first, behind the echo',
    faults: { closesFirst: true },
    verdicts: { '1.1.2': onlyTheSide, '6.1.1': onlyTheSide, '7.1.1': onlyTheSide },
  },
  {
    fault: 'answers a ping and a message behind the close frame',
    faults: { answersBehindClose: true },
    verdicts: { '7.1.1': fine, '7.1.3': onlyTheEvents, '7.1.4': onlyTheEvents },
  },
  {
    fault: 'leaves it to the other side to end TCP',
    faults: { keepsTcp: true },
    verdicts: { '1.1.2': noAnswer, '7.1.1': noAnswer, '7.9.1': noAnswer },
    asClient: { '1.1.2': fine, '7.1.1': fine, '7.9.1': fine },
  },
  {
    fault: 'fails bad text with 1002',
    faults: { badText: 1002 },
    verdicts: { '6.2.1': fine, ...each(['6.3.1', '6.4.1', '6.6.1', '6.12.1', '6.21.1'], onlyTheCode) },
  },
  {
    fault: 'fails bad text with an empty close frame',
    faults: { badText: 'empty' },
    verdicts: { '6.3.1': fine, '6.4.3': fine, '6.14.1': fine },
  },
  {
    fault: 'drops TCP for bad text',
    faults: { badText: 'drop' },
    verdicts: { '6.2.1': fine, '6.3.1': fine, '6.10.1': fine },
  },
  {
    fault: 'says nothing to bad text, and goes on',
    faults: { badText: 'silence' },
    verdicts: { '6.2.1': fine, ...each(['6.3.1', '6.3.2', '6.4.1', '6.6.1', '6.8.1', '6.16.1'], wrongSide) },
  },
  {
    fault: 'echoes bad text',
    faults: { badText: 'echo' },
    verdicts: { '6.2.1': fine, ...each(['6.3.1', '6.4.1', '6.6.1', '6.21.1'], ['FAILED', 'FAILED']) },
  },
  {
    fault: 'fails a broken frame with 1000',
    faults: { badFrame: 1000 },
    verdicts: { '2.5': onlyTheCode, '3.1': onlyTheCode, '4.1.1': onlyTheCode, '5.1': onlyTheCode },
  },
  {
    fault: 'drops TCP for a broken frame',
    faults: { badFrame: 'drop' },
    verdicts: { '2.5': fine, '3.1': fine, '4.1.1': fine, '5.1': fine },
  },
  {
    fault: 'says nothing to a broken frame',
    faults: { badFrame: 'silence' },
    verdicts: { '3.1': onlyTheSide, '4.1.1': onlyTheSide, '5.1': onlyTheSide },
  },
  {
    fault: 'does not echo',
    faults: { echo: 'none' },
    verdicts: { '1.1.2': onlyTheEvents, '7.1.1': onlyTheEvents, '7.1.3': fine },
  },
  {
    fault: 'echoes text as binary, and binary as text',
    faults: { echo: 'other type' },
    verdicts: { '1.1.2': onlyTheEvents, '2.2': fine },
  },
  {
    fault: 'echoes one octet less',
    faults: { echo: 'one octet less' },
    verdicts: { '1.1.1': fine, '1.1.2': onlyTheEvents, '5.3': onlyTheEvents },
  },
  {
    fault: 'echoes twice',
    faults: { echo: 'twice' },
    verdicts: { '1.1.2': onlyTheEvents, '5.3': onlyTheEvents },
  },
  {
    fault: 'echoes after 6 s',
    faults: { lateEcho: 6 },
    verdicts: { '1.1.2': onlyTheEvents, '6.1.1': onlyTheEvents },
  },
  {
    fault: 'does not answer pings',
    faults: { pong: 'none' },
    verdicts: { '1.1.2': fine, '2.1': onlyTheEvents, '2.9': onlyTheEvents },
  },
  {
    fault: 'answers a ping with another payload',
    faults: { pong: 'other payload' },
    verdicts: { '2.2': onlyTheEvents, '2.4': onlyTheEvents },
  },
  {
    fault: 'answers a ping twice',
    faults: { pong: 'twice' },
    verdicts: { '2.2': onlyTheEvents, '2.9': onlyTheEvents },
  },
  {
    fault: 'closes with 1002 where a ping comes',
    faults: { pong: 'close' },
    verdicts: { '2.2': wrongSide, '5.6': wrongSide },
  },
]

describe('the verdicts on a testee with one fault are those of the Autobahn Testsuite', () => {
  it.concurrent.each(rows.map(row => [row.fault, row] as const))('as a server, one that %s', async (_, { faults, verdicts }) => {
    expect(await verdictsOn('server', faults, verdicts)).toEqual(verdicts)
  })

  it.concurrent.each(rows.map(row => [row.fault, row] as const))(
    'as a client, one that %s',
    async (_, { faults, verdicts, asClient = verdicts }) => {
      expect(await verdictsOn('client', faults, asClient)).toEqual(asClient)
    },
  )
})

describe('strict verdicts', () => {
  it.each(['server', 'client'] as const)('do not accept an empty close frame as the answer to a faulty one, by a %s', async side => {
    for (const { faults, strict } of rows) {
      if (strict !== undefined) expect(await verdictsOn(side, faults, strict, true)).toEqual(strict)
    }
  })
})

async function verdictsOn(side: Side, faults: Faults, wanted: Readonly<Record<string, Verdicts>>, strict = false): Promise<object> {
  const run = side === 'server' ? runServer : runClient
  const played = await run(faultyTestee(faults), Object.keys(wanted), { strict })
  return Object.fromEntries(played.map(({ id, behavior, behaviorClose }) => [id, [behavior, behaviorClose]]))
}

function each(ids: readonly string[], verdicts: Verdicts): Record<string, Verdicts> {
  return Object.fromEntries(ids.map(id => [id, verdicts]))
}
