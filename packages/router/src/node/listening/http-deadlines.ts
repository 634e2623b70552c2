import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '@autobahn-ts/websocket'

/**
 * The deadlines of HTTP connections: a client has so many seconds for the head of its first request, and 30 more after each answer for the
 * next one. A server that does not listen itself has no such deadlines of Node's; those for idle connections are too short for clients that
 * reuse them.
 */
export class HttpDeadlines {
  readonly #clock: Clock
  readonly #seconds: number
  readonly #timers = new Map<Duplex, Timer>()
  /** The listener of all sockets, on which it is called: one for each would weigh more than the rest of what a connection keeps here. */
  readonly #closed: (this: Duplex) => void

  /** 0 seconds wait for ever. */
  constructor(clock: Clock, seconds: number) {
    this.#clock = clock
    this.#seconds = seconds
    const deadlines = this
    this.#closed = function () {
      deadlines.stop(this)
    }
  }

  /** Watches a connection on which HTTP is spoken. */
  begin(socket: Duplex): void {
    socket.on('close', this.#closed)
    this.#start(socket, 0)
  }

  /** A request has come, with its whole head. */
  requested(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    this.stop(socket)
    response.once('close', () => {
      if (!socket.destroyed) this.#start(socket, idleTime)
    })
  }

  /** Leaves a connection alone that does not speak HTTP any more. */
  leave(socket: Duplex): void {
    socket.off('close', this.#closed)
    this.stop(socket)
  }

  /** Ends the deadline of a connection. */
  stop(socket: Duplex): void {
    this.#timers.get(socket)?.cancel()
    this.#timers.delete(socket)
  }

  #start(socket: Duplex, more: number): void {
    if (this.#seconds === 0) return
    this.stop(socket)
    this.#timers.set(
      socket,
      this.#clock.schedule(() => socket.destroy(), (this.#seconds + more) * 1000),
    )
  }
}

/** Seconds that a connection may be idle between two requests. */
const idleTime = 30
