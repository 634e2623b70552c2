import type { CaseRecord, ShownEvent } from '../run/case-record.ts'
import type { ExchangeEntry, ShownOctets } from '../run/exchange.ts'

/**
 * A record with the keys that the Autobahn Testsuite writes for a case, for tools that open the `reportfile` of an entry in `index.json`.
 */
export interface ClassicRecord {
  /** The position of the case, from 1. */
  readonly case: number
  readonly id: string
  readonly description: string
  readonly expectation: string
  readonly agent: string
  readonly started: string
  /** In milliseconds. */
  readonly duration: number
  readonly behavior: string
  readonly behaviorClose: string
  /** The reasons for both verdicts. */
  readonly result: string
  readonly resultClose: string
  /** The accepted lists of events, by the behavior that they give. */
  readonly expected: Readonly<Record<string, readonly ClassicEvent[]>>
  readonly received: readonly ClassicEvent[]
  readonly expectedClose: { readonly closedByMe: boolean; readonly closeCode: readonly number[]; readonly requireClean: boolean }
  /** Whether the fuzzer ("me") closed first. */
  readonly closedByMe: boolean
  readonly droppedByMe: boolean
  readonly wasClean: boolean
  readonly localCloseCode: number | null
  readonly localCloseReason: string | null
  readonly remoteCloseCode: number | null
  readonly remoteCloseReason: string | null
  readonly isServer: boolean
  readonly httpRequest: string
  readonly httpResponse: string
  readonly wirelog: readonly (readonly unknown[])[]
}

/** A message or a pong with its payload, as text or as hexadecimal digits; long payloads are cut. */
export type ClassicEvent =
  | readonly ['message', payload: string, isBinary: boolean]
  | readonly ['pong', payload: string]
  | readonly ['timeout' | 'broken rule', what: string]

export function classicRecord(record: CaseRecord, number: number): ClassicRecord {
  const { agent, id, title, expectation, started, duration, behavior, close, ending, expectedClose, fuzzer, opening } = record
  return {
    case: number,
    id,
    description: title,
    expectation,
    agent,
    started,
    duration,
    behavior: behavior.verdict,
    behaviorClose: close.verdict,
    result: behavior.reason,
    resultClose: close.reason,
    expected: expectedOf(record.accepted),
    received: record.received.map(eventOf),
    expectedClose: {
      closedByMe: expectedClose.by === 'fuzzer',
      closeCode: expectedClose.codes.filter(code => code !== 'none'),
      requireClean: expectedClose.clean,
    },
    closedByMe: ending.closedFirst === 'fuzzer',
    droppedByMe: ending.droppedFirst === 'fuzzer',
    wasClean: ending.wasClean,
    localCloseCode: ending.sent?.code ?? null,
    localCloseReason: ending.sent?.reason ?? null,
    remoteCloseCode: ending.received?.code ?? null,
    remoteCloseReason: ending.received?.reason ?? null,
    isServer: fuzzer === 'server',
    httpRequest: opening.request,
    httpResponse: opening.response,
    wirelog: record.exchange.entries.map(entryOf),
  }
}

/** Maps each behavior to the first list of events that gives it, because the format has one key per behavior. */
function expectedOf(accepted: CaseRecord['accepted']): Record<string, ClassicEvent[]> {
  const expected: Record<string, ClassicEvent[]> = {}
  for (const { behavior, events } of accepted) expected[behavior] ??= events === 'any' ? [] : events.map(eventOf)
  return expected
}

function eventOf(event: ShownEvent): ClassicEvent {
  switch (event.kind) {
    case 'text':
      return ['message', textOf(event.payload), false]
    case 'binary':
      return ['message', digitsOf(event.payload), true]
    case 'pong':
      return ['pong', textOf(event.payload)]
    case 'mark':
      return ['timeout', event.name]
    case 'roundTrips':
      return ['timeout', `${event.count} round trips`]
    case 'violation':
    case 'excess':
      return ['broken rule', event.what]
  }
}

/**
 * Converts an entry of the exchange. R is received by the fuzzer, T transmitted by it; F is a frame, O are octets. `WLM` is a line of text.
 */
function entryOf(entry: ExchangeEntry): readonly unknown[] {
  const direction = entry.by === 'testee' ? 'R' : 'T'
  switch (entry.kind) {
    case 'frame': {
      const { payload, opcode, fin, rsv, mask } = entry
      return [
        `${direction}F`,
        [payload.length, opcode === 2 ? digitsOf(payload) : textOf(payload)],
        opcode,
        fin,
        rsv,
        mask !== '',
        mask || null,
      ]
    }
    case 'octets':
      return [`${direction}O`, [entry.octets.length, digitsOf(entry.octets)]]
    case 'tcp':
      return ['WLM', `TCP: the ${entry.by} ${entry.what}`]
    case 'note':
      return ['WLM', entry.text]
  }
}

function textOf(payload: ShownOctets): string {
  const head = Buffer.from(payload.head, 'hex').toString()
  return payload.omitted === 0 ? head : `${head} ...`
}

function digitsOf({ head, omitted }: ShownOctets): string {
  return omitted === 0 ? head : `${head} ...`
}
