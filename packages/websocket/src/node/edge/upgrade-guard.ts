import type { Duplex } from 'node:stream'
import { nodeClock } from '../runtime/node-clock.ts'
import { wasTaken } from './handle-upgrade.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

/**
 * Watches the socket of an upgrade request from the first moment. `node:http` no longer handles it, so an error without a listener would
 * end the process, and a socket that is never taken would stay as long as its client likes (decision 38).
 */
export class UpgradeGuard {
  readonly #socket: Duplex
  /** The number of octets of answers to earlier requests on the same connection. */
  readonly #writtenBefore: number | undefined
  #isWaiting = false

  private constructor(socket: Duplex) {
    this.#socket = socket
    this.#writtenBefore = writtenTo(socket)
    socket.on('error', endOnError)
  }

  /** Begins to watch a socket, and returns the same guard for each call. Must be called before other listeners write to the socket. */
  static of(socket: Duplex): UpgradeGuard {
    const known = guards.get(socket)
    if (known !== undefined) return known
    const guard = new UpgradeGuard(socket)
    guards.set(socket, guard)
    return guard
  }

  /** Stops watching the socket; its new owner listens for its errors. */
  release(): void {
    this.#socket.off('error', endOnError)
    guards.delete(this.#socket)
  }

  /** Answers 404 and closes after `seconds`, unless the socket was claimed meanwhile; 0 waits for ever. */
  endUnlessClaimed(seconds: number): void {
    const socket = this.#socket
    if (this.#isWaiting || seconds === 0 || socket.destroyed) return
    this.#isWaiting = true
    const deadline = nodeClock.schedule(() => {
      if (!this.#isClaimed) refuseUpgrade(socket, 404, 'Not Found')
    }, seconds * 1000)
    socket.once('close', () => deadline.cancel())
  }

  /**
   * Tells whether another listener has written to the socket or reads from it: a pipe reads by `data`, asynchronous iteration by
   * `readable`.
   */
  get #isClaimed(): boolean {
    const socket = this.#socket
    if (socket.destroyed || wasTaken(socket) || socket.writableEnded || socket.writableLength > 0) return true
    return writtenTo(socket) !== this.#writtenBefore || socket.listenerCount('data') > 0 || socket.listenerCount('readable') > 0
  }
}

const guards = new WeakMap<Duplex, UpgradeGuard>()

/** Returns the number of octets written; `undefined` for a stream that does not count them: a server may be handed any duplex stream. */
function writtenTo(socket: Duplex & { readonly bytesWritten?: number }): number | undefined {
  return socket.bytesWritten
}

/** Ends the socket, because Node only reports some errors and leaves that to the listener. */
function endOnError(this: Duplex): void {
  this.destroy()
}
