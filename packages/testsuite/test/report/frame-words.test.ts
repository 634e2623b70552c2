import { describe, expect, it } from 'vitest'
import { closeWords, headerWords, opcodeName } from '../../src/report/frame-words.ts'
import { type ShownFrame, shown } from '../../src/run/exchange.ts'

it('names opcodes, and shows the number of reserved ones', () => {
  expect([0, 1, 2, 8, 9, 10, 11].map(opcodeName)).toEqual(['continuation', 'text', 'binary', 'close', 'ping', 'pong', 'opcode 11'])
})

it('describes a header', () => {
  expect(headerWords(frame({}))).toEqual(['FIN', 'no mask', '0 octets'])
  expect(headerWords(frame({ fin: false, rsv: 5, mask: '01020304', lengthForm: 16, payload: shown(new Uint8Array(200)) }))).toEqual([
    'no FIN',
    'RSV1',
    'RSV3',
    'mask 01020304',
    '200 octets, length in 16 bits',
  ])
})

describe('closeWords', () => {
  it.each([
    ['03e8', '1000'],
    ['03e86f6b', '1000 “ok”'],
    ['', undefined],
    ['03', undefined],
  ])('of %s are %s', (digits, words) => {
    expect(closeWords(frame({ opcode: 8, payload: shown(Buffer.from(digits, 'hex')) }))).toBe(words)
  })

  it('shows a forbidden code with its fault', () => {
    expect(closeWords(frame({ opcode: 8, payload: shown(Uint8Array.of(0, 0)) }))).toMatch(/^0: /)
  })

  it('returns nothing for other frames', () => {
    expect(closeWords(frame({ payload: shown(Uint8Array.of(3, 232)) }))).toBeUndefined()
  })
})

function frame(parts: Partial<ShownFrame>): ShownFrame {
  return { kind: 'frame', opcode: 1, fin: true, rsv: 0, mask: '', lengthForm: 7, payload: shown(new Uint8Array(0)), ...parts }
}
