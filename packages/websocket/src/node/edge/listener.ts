import type { AddressInfo, Server } from 'node:net'
import type { ConnectionTotals } from '../../application/totals.ts'
import type { Clock } from '../../bytes/clock.ts'
import { formatAuthority } from '../../handshake/http/authority.ts'
import { checkCloseOptions, endConnections, type ListenerCloseOptions } from './end-connections.ts'
import type { OpenConnections } from './open-connections.ts'

/** A listening server and the connections that came through it. Made by `listenWS`. */
export class Listener {
  /** The IP address that the server listens at, or the path of the Unix socket. */
  readonly address: string
  /** The port, also where the option was 0; `undefined` for a Unix socket. */
  readonly port: number | undefined
  /** The URL that clients connect to: `ws://localhost:9000`, `wss://[::1]:9001`, `ws+unix:/run/app.sock`. */
  readonly url: string
  /** Resolves when the server no longer listens and all connections are gone. Never rejects. */
  readonly closed: Promise<void>
  readonly #server: Server
  readonly #connections: OpenConnections
  readonly #clock: Clock
  #isClosing = false

  /**
   * Takes over a listening server; `host` is the name that clients use.
   *
   * @internal
   */
  constructor(server: Server, connections: OpenConnections, host: string | undefined, isSecure: boolean, clock: Clock) {
    const address = server.address()
    const isTcp = typeof address === 'object' && address !== null
    this.address = isTcp ? address.address : String(address)
    this.port = isTcp ? address.port : undefined
    this.url = isTcp ? urlOf(address, host, isSecure) : `${isSecure ? 'wss' : 'ws'}+unix:${address}`
    this.closed = new Promise<void>(resolve => server.once('close', resolve)).then(() => connections.empty())
    this.#server = server
    this.#clock = clock
    this.#connections = connections
  }

  /** The connections that came through this listener and are not gone, including those in the opening handshake. */
  get connectionCount(): number {
    return this.#connections.size
  }

  /**
   * Counts of the connections that came through this listener since it began to listen, those that are gone included: how many were opened,
   * refused and closed, and their traffic. Sums the connections that are open each time that it is asked.
   */
  get totals(): ConnectionTotals {
    return this.#connections.totals
  }

  /**
   * Closes the server: takes no new connections, sends open ones a close frame, drops those in the opening handshake, and at the deadline
   * the rest. Resolves when all are gone.
   *
   * A second call waits for the same end. Rejects with `ApiMisuse`, before anything is closed, for options that contradict each other and
   * for a code or reason that may not be sent.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkCloseOptions(options)
    if (this.#isClosing) return this.closed
    this.#isClosing = true
    this.#server.close()
    await endConnections(this.#connections, options, this.#clock, this.closed)
  }

  /** Closes as `close()` does, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Returns the URL for clients. A wildcard address is replaced by `localhost`, because clients cannot connect to it. */
function urlOf({ address, port }: AddressInfo, host: string | undefined, isSecure: boolean): string {
  const name = host ?? address
  const authority = formatAuthority({ host: wildcards.has(name) ? 'localhost' : name, port })
  return `${isSecure ? 'wss' : 'ws'}://${authority}`
}

const wildcards: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])
