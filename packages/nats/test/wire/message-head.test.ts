import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headSize, type MessageHead, readHead, withHead } from '../../src/wire/message-head.ts'

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const heads: fc.Arbitrary<MessageHead> = fc.record({
  incarnation: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 }),
  number: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  piece: fc.option(fc.record({ index: uint32, count: uint32, total: uint32 }), { nil: undefined }),
  inside: fc.option(fc.string({ unit: fc.constantFrom('a', '=', '.') }), { nil: undefined }),
})

describe('withHead and readHead', () => {
  it('are the inverse of each other', () => {
    fc.assert(
      fc.property(heads, fc.uint8Array(), (head, payload) => {
        const octets = withHead(head, payload)
        expect(octets.length).toBe(headSize(head.piece !== undefined, head.inside) + payload.length)
        expect(readHead(octets)).toEqual({ head, payload })
      }),
    )
  })

  it('write a head of 15 octets', () => {
    const head = { incarnation: '0102030405060708', number: 258, piece: undefined, inside: undefined }
    expect([...withHead(head, Uint8Array.of(65))]).toEqual([0xb0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 1, 2, 65])
  })
})

describe('readHead', () => {
  it('returns undefined for what is not a head, however it is cut', () => {
    const whole = withHead(
      { incarnation: '0'.repeat(16), number: 1, piece: { index: 0, count: 1, total: 0 }, inside: 'abc' },
      new Uint8Array(0),
    )
    for (let length = 0; length < whole.length; length++) expect(readHead(whole.subarray(0, length))).toBeUndefined()
    expect(readHead(Uint8Array.from([0xb4, ...Array(20).fill(0)]))).toBeUndefined()
  })

  it('reads octets that begin within other memory', () => {
    const head = { incarnation: 'ff'.repeat(8), number: 2 ** 40 + 1, piece: undefined, inside: undefined }
    const memory = new Uint8Array(100)
    memory.set(withHead(head, Uint8Array.of(1)), 7)
    expect(readHead(memory.subarray(7, 23))).toEqual({ head, payload: Uint8Array.of(1) })
  })
})
