import type { Clock } from '../../bytes/clock.ts'

/** A connection that has something to flush. */
export interface Flushable {
  flushNow(): void
  /** Takes what `flushNow` has thrown. The other connections are flushed all the same. */
  flushFailed(error: unknown): void
}

/**
 * Flushes connections at the end of the turn of the event loop. A connection in a read event does not need it: the end of the event
 * flushes.
 *
 * All connections of a factory share one queue. A broadcast to thousands takes as many system calls, so after `longestSlice` the rest waits
 * until other events had their turn. The octets of one connection stay in order, since they wait with the connection (decision 28).
 */
export class FlushQueue {
  readonly #clock: Clock
  #due: Flushable[] = []
  /** Connections that did not fit into the turn they were added in. They come behind those that the next turns bring. */
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

  /** Flushes connections until the time is up, and keeps the rest for later. */
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

/** Flushes a connection and catches what that throws, which must not reach the event loop. The transport may be the application's own. */
function flush(connection: Flushable): void {
  try {
    connection.flushNow()
  } catch (error) {
    connection.flushFailed(error)
  }
}

/** Milliseconds of flushing after which other events have their turn. */
const longestSlice = 1

/** Connections between two looks at the clock. A look costs a fraction of a flush, and a flush some microseconds. */
const lookEvery = 16
