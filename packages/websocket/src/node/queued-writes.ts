import type { Duplex } from 'node:stream'
import { noOctets, type Octets } from '../bytes/octets.ts'

/**
 * What goes the socket's own way, where it may queue up, and when all of it that was written so far has gone.
 *
 * `drain` would also wait for what is written later. An empty piece, whose callback comes after everything before it, is the last resort: Deno's TLS
 * fails where it is written by itself (2.9).
 */
export class QueuedWrites {
  readonly #socket: Duplex
  readonly #gone: (error?: Error | null) => void
  readonly #wasWritten = (error?: Error | null): void => this.#countWritten(error)
  #written = 0
  #handed = 0
  /** How many have to be handed on before `gone` is called, for each call that is due. */
  readonly #awaited: number[] = []

  constructor(socket: Duplex, gone: (error?: Error | null) => void) {
    this.#socket = socket
    this.#gone = gone
  }

  write(octets: Octets): void {
    this.#written++
    this.#socket.write(octets, this.#wasWritten)
  }

  writeAll(pieces: readonly Octets[]): void {
    this.#socket.cork()
    for (const piece of pieces) this.write(piece)
    this.#socket.uncork()
  }

  /** Calls `gone`, once for each time, when everything has gone that is queued now. What somebody else has written is seen by an empty piece alone. */
  notify(): void {
    if (this.#handed === this.#written) this.#socket.write(noOctets, this.#gone)
    else this.#awaited.push(this.#written)
  }

  #countWritten(error: Error | null | undefined): void {
    this.#handed++
    while (this.#awaited[0] !== undefined && this.#awaited[0] <= this.#handed) {
      this.#awaited.shift()
      this.#gone(error)
    }
  }
}
