import type { Duplex } from 'node:stream'
import { nodeClock } from '../runtime/node-clock.ts'
import { wasTaken } from './handle-upgrade.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

/**
 * Watches the socket of an upgrade request from the first moment. `node:http` has let go of it, so an error that nobody listens to would
 * end the process, and a socket that nobody takes would stay for as long as its client likes.
 */
export class UpgradeGuard {
  readonly #socket: Duplex
  /** Octets of the answers to earlier requests on the same connection. */
  readonly #writtenBefore: number | undefined
  #isWaiting = false

  private constructor(socket: Duplex) {
    this.#socket = socket
    this.#writtenBefore = writtenTo(socket)
    socket.on('error', endOnError)
  }

  /** Begins to watch a socket; gives the same guard each time. To be called before other listeners write to the socket. */
  static of(socket: Duplex): UpgradeGuard {
    const known = guards.get(socket)
    if (known !== undefined) return known
    const guard = new UpgradeGuard(socket)
    guards.set(socket, guard)
    return guard
  }

  /** Lets go of the socket: whoever has it from now on listens for its errors. */
  release(): void {
    this.#socket.off('error', endOnError)
    guards.delete(this.#socket)
  }

  /** Answers 404 and closes after so many seconds, unless the socket was claimed meanwhile; 0 waits for ever. */
  endUnlessClaimed(seconds: number): void {
    const socket = this.#socket
    if (this.#isWaiting || seconds === 0 || socket.destroyed) return
    this.#isWaiting = true
    const deadline = nodeClock.schedule(() => {
      if (!this.#isClaimed) refuseUpgrade(socket, 404, 'Not Found')
    }, seconds * 1000)
    socket.once('close', () => deadline.cancel())
  }

  /** Whether somebody has written to the socket or reads from it; a pipe reads by `data`, asynchronous iteration by `readable`. */
  get #isClaimed(): boolean {
    const socket = this.#socket
    if (socket.destroyed || wasTaken(socket) || socket.writableEnded || socket.writableLength > 0) return true
    return writtenTo(socket) !== this.#writtenBefore || socket.listenerCount('data') > 0 || socket.listenerCount('readable') > 0
  }
}

const guards = new WeakMap<Duplex, UpgradeGuard>()

/** `undefined` for a stream that does not count: a server may be handed any duplex stream. */
function writtenTo(socket: Duplex & { readonly bytesWritten?: number }): number | undefined {
  return socket.bytesWritten
}

/** Node only reports some errors and leaves it to the listener to end the socket. */
function endOnError(this: Duplex): void {
  this.destroy()
}
