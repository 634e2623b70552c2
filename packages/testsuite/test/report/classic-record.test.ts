import { expect, it } from 'vitest'
import { classicRecord } from '../../src/report/classic-record.ts'
import { shown } from '../../src/run/exchange.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'
import { caseRecord } from '../fixtures/case-record.ts'

it('has the keys that tools for reports of the Autobahn Testsuite read', () => {
  expect(classicRecord(caseRecord({ expectedClose: { by: 'testee', codes: [1002, 'none'], clean: false } }), 7)).toMatchObject({
    case: 7,
    id: '1.1.1',
    description: 'Sends a text message of 0 octets.',
    behavior: 'OK',
    behaviorClose: 'OK',
    result: 'The events are those that the case asks for.',
    resultClose: 'The connection was closed as it should be.',
    expectedClose: { closedByMe: false, closeCode: [1002], requireClean: false },
    closedByMe: true,
    droppedByMe: false,
    wasClean: true,
    localCloseCode: 1000,
    remoteCloseCode: 1000,
    remoteCloseReason: '',
    isServer: false,
  })
})

it('writes events as lists', () => {
  const record = caseRecord({
    accepted: [
      { behavior: 'OK', events: [{ kind: 'text', payload: shown(utf8('a')) }] },
      { behavior: 'OK', events: [] },
      { behavior: 'INFORMATIONAL', events: 'any' },
    ],
    received: [
      { kind: 'text', payload: shown(utf8('a')) },
      { kind: 'binary', payload: shown(hex('00 ff')) },
      { kind: 'pong', payload: shown(utf8('b')) },
      { kind: 'mark', name: 'A' },
      { kind: 'roundTrips', count: 3 },
      { kind: 'violation', what: 'a mask' },
    ],
  })
  expect(classicRecord(record, 1)).toMatchObject({
    expected: { OK: [['message', 'a', false]], INFORMATIONAL: [] },
    received: [
      ['message', 'a', false],
      ['message', '00ff', true],
      ['pong', 'b'],
      ['timeout', 'A'],
      ['timeout', '3 round trips'],
      ['broken rule', 'a mask'],
    ],
  })
})

it('writes the exchange as a wire log', () => {
  const frame = { kind: 'frame', fin: true, rsv: 0, lengthForm: 7 } as const
  const entries = [
    { at: 0, by: 'fuzzer', ...frame, opcode: 1, mask: '01020304', payload: shown(utf8('a')) },
    { at: 1, by: 'testee', ...frame, opcode: 2, mask: '', payload: shown(hex('01')) },
    { at: 2, by: 'fuzzer', kind: 'octets', octets: shown(hex('81')) },
    { at: 3, by: 'testee', kind: 'tcp', what: 'ended' },
    { at: 4, by: 'fuzzer', kind: 'note', text: 'no answer' },
  ] as const
  expect(classicRecord(caseRecord({ exchange: { entries, omitted: 0, omittedAfter: 5 } }), 1).wirelog).toEqual([
    ['TF', [1, 'a'], 1, true, 0, true, '01020304'],
    ['RF', [1, '01'], 2, true, 0, false, null],
    ['TO', [1, '81']],
    ['WLM', 'TCP: the testee ended'],
    ['WLM', 'no answer'],
  ])
})

it('shows that a long payload is cut', () => {
  const record = caseRecord({ received: [{ kind: 'text', payload: shown(utf8('a'.repeat(1000))) }] })
  expect(classicRecord(record, 1).received[0]?.[1]).toMatch(/^a+ \.\.\.$/)
})
