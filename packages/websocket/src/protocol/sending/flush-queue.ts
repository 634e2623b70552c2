import type { Clock } from '../../bytes/clock.ts'

export interface Flushable {
  flushNow(): void
  /** `flushNow` has thrown: this ends the connection, and the others are flushed all the same. */
  flushFailed(error: unknown): void
}

/**
 * Connections that have something to send and are not in a read event, whose end would send it: they are flushed at the end of the turn.
 *
 * One for all connections of a factory, so that a broadcast does not keep the event loop for as long as its system calls take: after
 * `longestSlice` the others have their turn. Each connection's octets stay in order, since they wait with the connection.
 */
export class FlushQueue {
  readonly #clock: Clock
  #due: Flushable[] = []
  /** What did not fit into the turn it was due in: behind what the next turns bring. */
  #late: Flushable[] = []
  #isYielding = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(connection: Flushable): void {
    this.#due.push(connection)
    if (this.#due.length === 1) this.#clock.defer(this.#flushDue)
  }

  readonly #flushDue = (): void => {
    const due = this.#due
    this.#due = []
    this.#flush(due)
  }

  readonly #flushLate = (): void => {
    const late = this.#late
    this.#late = []
    this.#isYielding = false
    this.#flush(late)
  }

  /** Flushes until time is up. */
  #flush(connections: readonly Flushable[]): void {
    const began = this.#clock.now()
    let at = 0
    try {
      while (at < connections.length) {
        flush(connections[at++]!)
        if (at % lookEvery === 0 && this.#clock.now() - began > longestSlice) break
      }
    } finally {
      this.#keepLate(connections, at)
    }
  }

  #keepLate(connections: readonly Flushable[], from: number): void {
    if (from === connections.length) return
    this.#late = this.#late.concat(connections.slice(from))
    if (this.#isYielding) return
    this.#isYielding = true
    this.#clock.yield(this.#flushLate)
  }
}

/** Catches what a transport of an application's own throws, for example: it must not reach the event loop. */
function flush(connection: Flushable): void {
  try {
    connection.flushNow()
  } catch (error) {
    connection.flushFailed(error)
  }
}

/** Milliseconds. */
const longestSlice = 1

/** A look at the clock costs a fraction of a flush, and a flush some microseconds. */
const lookEvery = 16
