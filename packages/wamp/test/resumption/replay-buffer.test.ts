import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplayBuffer } from '../../src/resumption/replay-buffer.ts'

const message = (size: number) => ({ size })

describe('a replay buffer', () => {
  it('gives back what was sent from a number on, and forgets what was before it', () => {
    const buffer = new ReplayBuffer({ octets: 100, messages: 10 })
    const [one, two, three] = [message(1), message(2), message(3)]
    for (const each of [one, two, three]) buffer.push(each)
    expect([buffer.first, buffer.next, buffer.octets]).toEqual([0, 3, 6])
    expect(buffer.from(1)).toEqual([two, three])
    expect([buffer.first, buffer.next, buffer.octets]).toEqual([1, 3, 5])
    expect(buffer.from(3)).toEqual([])
    expect([buffer.first, buffer.next, buffer.octets]).toEqual([3, 3, 0])
  })

  it('has numbers from the oldest that is kept up to the next, and no others', () => {
    const buffer = new ReplayBuffer({ octets: 100, messages: 2 })
    for (let n = 0; n < 4; n++) buffer.push(message(1))
    expect([-1, 0, 1, 2, 3, 4, 5, 2.5, Number.NaN, 2 ** 60, Number.POSITIVE_INFINITY].filter(n => buffer.has(n))).toEqual([2, 3, 4])
  })

  it('does not keep a message that is larger than it, nor any before that', () => {
    const buffer = new ReplayBuffer({ octets: 10, messages: 10 })
    buffer.push(message(3))
    buffer.push(message(11))
    expect([buffer.first, buffer.next, buffer.octets]).toEqual([2, 2, 0])
  })

  it('forgets everything and goes on counting', () => {
    const buffer = new ReplayBuffer({ octets: 10, messages: 10 })
    for (let n = 0; n < 3; n++) buffer.push(message(1))
    buffer.clear()
    expect([buffer.has(2), buffer.has(3), buffer.next]).toEqual([false, true, 3])
  })

  it('keeps within its bounds, and always the last messages that fit', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3000 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20 }), (all, octets, messages) => {
        const buffer = new ReplayBuffer({ octets, messages })
        const sent = all.map(message)
        for (const each of sent) buffer.push(each)
        expect(buffer.next).toBe(sent.length)
        expect(buffer.octets).toBeLessThanOrEqual(octets)
        const kept = buffer.from(buffer.first)
        expect(kept).toEqual(sent.slice(buffer.first))
        expect(kept.length).toBeLessThanOrEqual(messages)
        const oneMore = sent.slice(Math.max(0, buffer.first - 1))
        const isFull = oneMore.length > messages || oneMore.reduce((sum, { size }) => sum + size, 0) > octets
        expect(buffer.first === 0 || isFull).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
