import type { WebSocketServerFactory } from '../../application/server-factory.ts'
import type { ConnectionTotals } from '../../application/totals.ts'
import type { ObservedRuntime } from '../../protocol/connection/observer.ts'
import { checkCloseOptions, endConnections, type ListenerCloseOptions } from './end-connections.ts'
import { OpenConnections } from './open-connections.ts'

/** The upgrade requests that one attachment takes, and what happens to those that none takes. */
export interface AttachedPlace {
  readonly factory: WebSocketServerFactory
  readonly runtime: ObservedRuntime
  readonly unmatched: 'ignore' | 'refuse' | undefined
  /** Seconds; 0 waits for ever. */
  readonly unclaimedTimeout: number
  isMatch(path: string): boolean
  /** The paths as they were written, by what they match. Those that a function decides about are not known. */
  readonly claims: ReadonlyMap<string, string>
}

/** A factory on an HTTP server, and the connections that came through it there. Made by `attachWS`. */
export class Attachment {
  /** @internal */
  readonly place: AttachedPlace
  /** @internal */
  readonly connections: OpenConnections
  /** Stops taking requests; open connections stay. It may be called on its own: `const { detach } = attachWS(…)`. */
  readonly detach: () => void
  #closed: Promise<void> | undefined

  /** `remove` makes the HTTP server forget the attachment. */
  constructor(place: AttachedPlace, remove: (attachment: Attachment) => void) {
    this.place = place
    this.connections = new OpenConnections(place.factory, undefined, place.runtime)
    this.detach = () => remove(this)
  }

  /** The connections that came through this attachment and are not gone, including those in the opening handshake. */
  get connectionCount(): number {
    return this.connections.size
  }

  /** Counts of the connections that came through this attachment, those that are gone included: as `totals` of a listener. */
  get totals(): ConnectionTotals {
    return this.connections.totals
  }

  /** Whether `close` was called. Requests are answered 503 then. */
  get isClosing(): boolean {
    return this.#closed !== undefined
  }

  /**
   * Closes the connections that came through this attachment: sends open ones a close frame, drops those in the opening handshake, and at
   * the deadline the rest. Requests that come meanwhile are answered 503. Resolves when all are gone, and is detached then.
   *
   * The HTTP server goes on. Its own `close()` waits for WebSocket connections without closing them, so call both, the server's first:
   * `server.close(); await attachment.close()`.
   *
   * A second call waits for the same end. Rejects with `ApiMisuse`, before anything is closed, for options that contradict each other and
   * for a code or reason that may not be sent.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkCloseOptions(options)
    this.#closed ??= this.#end(options)
    return this.#closed
  }

  /** Closes as `close()` does, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #end(options: ListenerCloseOptions): Promise<void> {
    await endConnections(this.connections, options, this.place.runtime.clock, this.connections.empty())
    this.detach()
  }
}
