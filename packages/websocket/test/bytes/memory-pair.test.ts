import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/bytes/clock.ts'
import { memoryPair } from '../../src/bytes/memory-pair.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Recorder, testByteStream } from './byte-stream-suite.ts'

testByteStream('pair in memory', async () => ({ streams: memoryPair(turnClock) }))

describe('memoryPair', () => {
  it('delivers one piece in each deferred turn', () => {
    const { a, atB, clock } = joined()
    a.write(Uint8Array.of(1))
    a.write(Uint8Array.of(2))
    expect(atB.size).toBe(0)
    clock.flush()
    expect(atB.pieces).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
  })

  it('copies at write', () => {
    const { a, atB, clock } = joined()
    const octets = Uint8Array.of(1)
    a.write(octets)
    octets[0] = 2
    clock.flush()
    expect([...atB.joined()]).toEqual([1])
  })

  it('cuts into pieces of at most maxChunk', () => {
    const { a, atB, clock } = joined({ maxChunk: 2 })
    a.write(Uint8Array.of(1, 2, 3, 4, 5))
    clock.flush()
    expect(atB.pieces.map(piece => [...piece])).toEqual([[1, 2], [3, 4], [5]])
  })

  it('cuts as it is told', () => {
    const { a, atB, clock } = joined({ cut: octets => [octets.subarray(0, 1), octets.subarray(1)] })
    a.write(Uint8Array.of(1, 2, 3))
    clock.flush()
    expect(atB.pieces.map(piece => [...piece])).toEqual([[1], [2, 3]])
  })

  it('counts exactly what has not arrived', () => {
    const { a, b, clock } = joined({ maxChunk: 2 })
    b.pause()
    a.write(new Uint8Array(5))
    clock.flush()
    expect(a.bufferedAmount).toBe(5)
    b.resume()
    clock.flush()
    expect(a.bufferedAmount).toBe(0)
  })

  it('still delivers what was written before destroy, then the end', () => {
    const { a, atB, clock } = joined()
    a.write(Uint8Array.of(1))
    a.destroy(false)
    clock.flush()
    expect({ size: atB.size, ends: atB.ends, closes: atB.closes }).toEqual({ size: 1, ends: 1, closes: 0 })
  })

  it('discards on abort and closes the other side with an error', () => {
    const { a, atA, atB, clock } = joined()
    a.write(Uint8Array.of(1))
    a.destroy(true)
    clock.flush()
    expect({ size: atB.size, ends: atB.ends, closes: atB.closes }).toEqual({ size: 0, ends: 0, closes: 1 })
    expect(atB.error?.message).toBe('connection reset by peer')
    expect([atA.closes, atA.error]).toEqual([1, undefined])
  })

  it('resets who writes to a destroyed stream', () => {
    const { a, b, atB, clock } = joined()
    a.destroy(false)
    clock.flush()
    b.write(Uint8Array.of(1))
    clock.flush()
    expect(atB.error?.message).toBe('connection reset by peer')
  })

  it('still answers notifyDrained when the other side is destroyed', () => {
    const { a, b, atB, clock } = joined()
    a.destroy(false)
    clock.flush()
    b.notifyDrained()
    clock.flush()
    expect(atB.drains).toBe(1)
  })

  it('holds what arrives before start', () => {
    const clock = new FakeClock()
    const [a, b] = memoryPair(clock)
    a.write(Uint8Array.of(1))
    clock.flush()
    const atB = new Recorder()
    b.start(atB)
    clock.flush()
    expect(atB.size).toBe(1)
  })
})

function joined(options: Parameters<typeof memoryPair>[1] = {}) {
  const clock = new FakeClock()
  const [a, b] = memoryPair(clock, options)
  const atA = new Recorder()
  const atB = new Recorder()
  a.start(atA)
  b.start(atB)
  return { a, b, atA, atB, clock }
}

/** Deferred work runs by itself, as in a real runtime. */
const turnClock: Clock = { now: () => 0, schedule: () => ({ cancel: () => {} }), defer: queueMicrotask, yield: queueMicrotask }
