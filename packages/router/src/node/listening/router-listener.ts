import type { AddressInfo, Server } from 'node:net'
import { type SecureContextOptions, Server as TlsServer } from 'node:tls'
import { checkOptions, optionCheck } from '@autobahn-ts/websocket'

/** The way in which a listener closes its connections. */
export interface ListenerCloseOptions {
  /** The number of seconds after which connections that are left are dropped; 0 drops at once. Default: 5. */
  readonly timeout?: number
}

/** The connections of a listener, as it closes them. */
export interface ListenerConnections {
  readonly size: number
  /** Closes all transports properly, and drops what is left after the time. Resolves when all connections are gone. */
  close(timeout: number): Promise<void>
}

/** A router that listens, and the connections that came through this listener. Made by `listen`. */
export class RouterListener {
  /** The IP address that it listens at, or the path of the Unix socket. */
  readonly address: string
  /** The port, also where the option was 0; `undefined` for a Unix socket. */
  readonly port: number | undefined
  /** The URLs that clients connect to, by kind of transport; a kind that is not served has none. */
  readonly urls: { readonly webSocket: string; readonly rawSocket: string | undefined; readonly longPoll: string | undefined }
  /** Resolves when it no longer listens and all connections are gone. Never rejects. */
  readonly closed: Promise<void>
  readonly #server: Server
  readonly #connections: ListenerConnections
  #ended = (): void => {}
  #isClosing = false

  /** Made by `listen` and `attach`. */
  constructor(server: Server, connections: ListenerConnections, served: ServedKinds) {
    const address = server.address()
    const isTcp = typeof address === 'object' && address !== null
    this.address = isTcp ? address.address : String(address)
    this.port = isTcp ? address.port : undefined
    this.urls = isTcp ? urlsOf(address, served) : unixUrls(this.address, served)
    this.closed = new Promise<void>(resolve => {
      this.#ended = resolve
    })
    this.#server = server
    this.#connections = connections
  }

  /** The URL of WebSocket, which most clients use. */
  get url(): string {
    return this.urls.webSocket
  }

  /** The number of connections, those included that have not yet said what they speak. */
  get connectionCount(): number {
    return this.#connections.size
  }

  /** Uses another certificate for connections that come from now on. Does nothing without TLS. Throws what Node throws for one that it cannot use. */
  renewTls(options: SecureContextOptions | undefined): void {
    if (options !== undefined && this.#server instanceof TlsServer) this.#server.setSecureContext(options)
  }

  /**
   * Listens no more, and closes the transports that came through this listener. Resolves when all connections are gone.
   *
   * Sessions are not told: close the router first, which says GOODBYE to them. A second call waits for the same end. Rejects with `ApiMisuse`
   * for options that do not exist or have wrong values.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkOptions<ListenerCloseOptions>(options, { timeout: seconds }, 'close')
    if (this.#isClosing) return this.closed
    this.#isClosing = true
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    await this.#connections.close(options.timeout ?? 5)
    await closed
    this.#ended()
  }

  /** Closes as `close()` does, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** The kinds of transports that a listener serves. */
export interface ServedKinds {
  readonly isSecure: boolean
  readonly hasRawSocket: boolean
  /** The path of long-poll, if there is one. */
  readonly longPoll: string | undefined
  /** The path of WebSocket, where it is one alone; `undefined` stands for every path and for a pattern. */
  readonly path: string | undefined
  /** The name that clients use. */
  readonly host: string
}

/** Makes the URLs for clients. A wildcard address is replaced by `localhost`, because clients cannot connect to it. */
function urlsOf({ port }: AddressInfo, { isSecure, hasRawSocket, longPoll, path = '', host }: ServedKinds): RouterListener['urls'] {
  const name = wildcards.has(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  const s = isSecure ? 's' : ''
  return {
    webSocket: `ws${s}://${name}:${port}${path}`,
    rawSocket: hasRawSocket ? `rs${s}://${name}:${port}` : undefined,
    longPoll: longPoll === undefined ? undefined : `http${s}://${name}:${port}${longPoll}`,
  }
}

/** RawSocket over a Unix socket has a URL without TLS alone, and HTTP has none. */
function unixUrls(socket: string, { isSecure, hasRawSocket, path }: ServedKinds): RouterListener['urls'] {
  return {
    webSocket: `ws${isSecure ? 's' : ''}+unix:${socket}${path === undefined ? '' : `:${path}`}`,
    rawSocket: hasRawSocket && !isSecure ? `unix:${socket}` : undefined,
    longPoll: undefined,
  }
}

const wildcards: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])
const seconds = optionCheck('a number of seconds from 0', value => typeof value === 'number' && value >= 0)
