import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PieceJoiner, pieces } from '../../src/wire/pieces.ts'

describe('pieces and PieceJoiner', () => {
  it('join what was cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.integer({ min: 1, max: 40 }), (octets, size) => {
        const joiner = new PieceJoiner(100, 100)
        const results = pieces(octets, size).map(({ piece, payload }) => joiner.take('a', 1, piece, payload))
        expect(results.at(-1)).toEqual(octets)
        expect(results.slice(0, -1).every(result => result === 'incomplete')).toBe(true)
        expect(joiner.waiting).toBe(0)
      }),
    )
  })

  it('return a whole message only, whichever pieces are missing, repeated or mixed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 2 })), { maxLength: 12 }), arrivals => {
        const joiner = new PieceJoiner(100, 100)
        const messages = [1, 2].map(number => Uint8Array.of(number, number + 10, number + 20))
        for (const [number, index] of arrivals) {
          const { piece, payload } = pieces(messages[number - 1]!, 1)[index]!
          const result = joiner.take('a', number, piece, payload)
          if (typeof result !== 'string') expect(result).toEqual(messages[number - 1])
        }
      }),
    )
  })
})

describe('PieceJoiner', () => {
  it('keeps publishers and subjects apart', () => {
    const joiner = new PieceJoiner(100, 100)
    const cut = pieces(Uint8Array.of(1, 2), 1)
    for (const key of ['a', 'b']) expect(joiner.take(key, 1, cut[0]!.piece, cut[0]!.payload)).toBe('incomplete')
    for (const key of ['a', 'b']) expect(joiner.take(key, 1, cut[1]!.piece, cut[1]!.payload)).toEqual(Uint8Array.of(1, 2))
  })

  it('gives up a message when another one begins, or a piece is missing', () => {
    const joiner = new PieceJoiner(100, 100)
    const cut = pieces(Uint8Array.of(1, 2, 3), 1)
    joiner.take('a', 1, cut[0]!.piece, cut[0]!.payload)
    expect(joiner.take('a', 1, cut[2]!.piece, cut[2]!.payload)).toBe('lost')
    expect(joiner.waiting).toBe(0)
    joiner.take('a', 2, cut[0]!.piece, cut[0]!.payload)
    expect(joiner.forget('a')).toBe(true)
    expect(joiner.take('a', 2, cut[1]!.piece, cut[1]!.payload)).toBe('lost')
  })

  it('takes no more than its limits, for one message and for all together', () => {
    const joiner = new PieceJoiner(10, 15)
    const six = new Uint8Array(6)
    const piece = { index: 0, count: 9, total: 54 }
    expect(joiner.take('a', 1, piece, six)).toBe('incomplete')
    expect(joiner.take('a', 1, { ...piece, index: 1 }, six)).toBe('lost')
    for (const key of ['b', 'c']) expect(joiner.take(key, 1, piece, six)).toBe('incomplete')
    expect(joiner.take('d', 1, piece, six)).toBe('lost')
    joiner.forgetAll(key => key === 'b')
    expect(joiner.waiting).toBe(6)
  })

  it('takes no more than 100,000 pieces for all messages together, and none without octets of a message that has several', () => {
    const joiner = new PieceJoiner(1_000_000, 1_000_000)
    const one = new Uint8Array(1)
    const take = (key: string, index: number, payload = one): unknown =>
      joiner.take(key, 1, { index, count: 1_000_000, total: 1_000_000 }, payload)
    expect(take('a', 0, new Uint8Array(0))).toBe('lost')
    for (let index = 0; index < 60_000; index++) take('a', index)
    for (let index = 0; index < 40_000; index++) take('b', index)
    expect({ more: take('c', 0), waiting: joiner.waiting }).toEqual({ more: 'lost', waiting: 100_000 })
    joiner.forget('a')
    expect({ more: take('c', 0), waiting: joiner.waiting }).toEqual({ more: 'incomplete', waiting: 40_001 })
  })

  it('does not take a message whose pieces are not what was announced', () => {
    const joiner = new PieceJoiner(100, 100)
    expect(joiner.take('a', 1, { index: 0, count: 1, total: 5 }, new Uint8Array(4))).toBe('lost')
    expect(joiner.take('a', 1, { index: 0, count: 0, total: 0 }, new Uint8Array(0))).toBe('lost')
  })
})
