import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/bytes/clock.ts'
import { memoryPair } from '../../src/bytes/memory-pair.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { Recorder, testByteStream } from './byte-stream-suite.ts'

testByteStream('pair in memory', async () => ({ streams: memoryPair(turnClock) }))
testByteStream('pair in memory with a latency', async () => ({ streams: memoryPair(lateClock, { latency: 1 }) }))

describe('memoryPair', () => {
  it('delivers one piece in each deferred turn', () => {
    const { a, atB, clock } = joined()
    a.write(Uint8Array.of(1))
    a.write(Uint8Array.of(2))
    expect(atB.size).toBe(0)
    clock.flush()
    expect(atB.pieces).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
  })

  it('delivers octets and the end when their latency has passed, and counts those on their way', () => {
    const { a, atB, clock } = joined({ latency: 40 })
    a.write(Uint8Array.of(1))
    clock.advance(20)
    a.write(Uint8Array.of(2, 3))
    a.end()
    expect({ size: atB.size, buffered: a.bufferedAmount }).toEqual({ size: 0, buffered: 3 })
    clock.advance(20)
    expect({ size: atB.size, buffered: a.bufferedAmount, ends: atB.ends }).toEqual({ size: 1, buffered: 2, ends: 0 })
    clock.advance(20)
    expect({ size: atB.size, buffered: a.bufferedAmount, ends: atB.ends }).toEqual({ size: 3, buffered: 0, ends: 1 })
  })

  it('resets the peer when the latency has passed, behind what was on its way before', () => {
    const { a, atB, clock } = joined({ latency: 40 })
    a.write(Uint8Array.of(1))
    clock.advance(20)
    a.destroy(true)
    clock.advance(20)
    expect({ size: atB.size, closes: atB.closes }).toEqual({ size: 1, closes: 0 })
    clock.advance(20)
    expect({ size: atB.size, closes: atB.closes }).toEqual({ size: 1, closes: 1 })
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
/** A clock on which each delay is a turn of the event loop. */
const lateClock: Clock = {
  now: () => 0,
  schedule: callback => {
    const handle = setImmediate(callback)
    return { cancel: () => clearImmediate(handle) }
  },
  defer: queueMicrotask,
  yield: queueMicrotask,
}

const turnClock: Clock = { now: () => 0, schedule: () => ({ cancel: () => {} }), defer: queueMicrotask, yield: queueMicrotask }
