import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Flushable, FlushQueue } from '../../../src/protocol/sending/flush-queue.ts'
import { FakeClock } from '../../../src/testing/index.ts'

describe('FlushQueue', () => {
  it('flushes at the end of the turn and not before, with one piece of deferred work for all', () => {
    const { queue, clock, flushed, connections } = make(3)
    for (const connection of connections) queue.add(connection)
    expect({ flushed, deferred: clock.deferred, yielded: clock.yielded }).toEqual({ flushed: [], deferred: 1, yielded: 0 })
    clock.turn()
    expect({ flushed, deferred: clock.deferred, yielded: clock.yielded }).toEqual({ flushed: [0, 1, 2], deferred: 0, yielded: 0 })
  })

  it('flushes ten thousand connections in slices of about a millisecond', () => {
    const cost = 0.01
    const { queue, clock, flushed, connections } = make(10_000, () => clock.advance(cost))
    for (const connection of connections) queue.add(connection)
    const slices: number[] = []
    while (clock.deferred + clock.yielded > 0) {
      const before = flushed.length
      clock.turn()
      slices.push(flushed.length - before)
    }
    expect(flushed).toEqual(connections.map((_, i) => i))
    // the clock is looked at after every sixteenth
    expect(Math.max(...slices) * cost).toBeLessThanOrEqual(1 + 16 * cost)
    expect(Math.min(...slices.slice(0, -1)) * cost).toBeGreaterThanOrEqual(1)
  })

  it('flushes everything in one slice when that takes no time', () => {
    const { queue, clock, flushed, connections } = make(10_000)
    for (const connection of connections) queue.add(connection)
    clock.turn()
    expect({ count: flushed.length, yielded: clock.yielded }).toEqual({ count: 10_000, yielded: 0 })
  })

  it('flushes what is due in a turn before what is late from the one before', () => {
    const { queue, clock, flushed, connections } = make(40, () => clock.advance(0.1))
    for (const connection of connections) queue.add(connection)
    clock.turn()
    expect(flushed.length).toBe(16)
    queue.add({ flushNow: () => void flushed.push(99), flushFailed })
    clock.runDeferred()
    expect(flushed.at(-1)).toBe(99)
    clock.turn()
    clock.turn()
    expect(flushed.filter(one => one !== 99)).toEqual(connections.map((_, i) => i))
  })

  it('yields once, however many turns leave connections behind', () => {
    const { queue, clock, flushed, connections } = make(120, () => clock.advance(0.1))
    for (const connection of connections.slice(0, 60)) queue.add(connection)
    clock.turn()
    for (const connection of connections.slice(60)) queue.add(connection)
    clock.turn()
    expect({ count: flushed.length, yielded: clock.yielded }).toEqual({ count: 48, yielded: 1 })
    while (clock.yielded > 0) clock.turn()
    expect(flushed.slice(0, 48)).toEqual([...range(0, 16), ...range(16, 32), ...range(60, 76)])
    expect([...flushed].sort((a, b) => a - b)).toEqual(range(0, 120))
  })

  it('flushes each once for each time it was added, in order among those that were due together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(9), { maxLength: 60 }), { maxLength: 6 }),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        (turns, cost) => {
          const { queue, clock, flushed, connections } = make(10, () => clock.advance(cost))
          for (const added of turns) {
            for (const i of added) queue.add(connections[i]!)
            clock.turn()
          }
          while (clock.deferred + clock.yielded > 0) clock.turn()
          expect([...flushed].sort()).toEqual(turns.flat().sort())
        },
      ),
    )
  })

  it('takes what is added while it flushes in the next turn', () => {
    const { queue, clock, flushed, connections } = make(1)
    queue.add({ flushNow: () => queue.add(connections[0]!), flushFailed })
    clock.runDeferredOnce()
    expect(flushed).toEqual([])
    clock.turn()
    expect(flushed).toEqual([0])
  })

  it('tells the connection whose flush throws, and flushes the others in the same turn', () => {
    const { queue, clock, flushed, connections } = make(2)
    const broken = new Error('broken')
    const told: unknown[] = []
    queue.add(connections[0]!)
    queue.add({
      flushNow: () => {
        throw broken
      },
      flushFailed: error => void told.push(error),
    })
    queue.add(connections[1]!)
    expect(() => clock.turn()).not.toThrow()
    expect({ flushed, told }).toEqual({ flushed: [0, 1], told: [broken] })
  })
})

/** Tells deferred work from what waits until others had their turn, as an event loop does. */
class TurningClock extends FakeClock {
  #deferred: (() => void)[] = []
  #yielded: (() => void)[] = []

  get deferred(): number {
    return this.#deferred.length
  }

  get yielded(): number {
    return this.#yielded.length
  }

  override defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  override yield(callback: () => void): void {
    this.#yielded.push(callback)
  }

  runDeferredOnce(): void {
    const due = this.#deferred
    this.#deferred = []
    for (const callback of due) callback()
  }

  runDeferred(): void {
    while (this.#deferred.length > 0) this.runDeferredOnce()
  }

  /** Runs the work that was yielded before, and all deferred work. */
  turn(): void {
    const due = this.#yielded
    this.#yielded = []
    for (const callback of due) callback()
    this.runDeferred()
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function flushFailed(error: unknown): void {
  throw error
}

function make(
  size: number,
  onFlush: () => void = () => {},
): { queue: FlushQueue; clock: TurningClock; flushed: number[]; connections: Flushable[] } {
  const clock = new TurningClock()
  const flushed: number[] = []
  const connections = Array.from({ length: size }, (_, i) => ({
    flushNow: () => {
      flushed.push(i)
      onFlush()
    },
    flushFailed,
  }))
  return { queue: new FlushQueue(clock), clock, flushed, connections }
}
