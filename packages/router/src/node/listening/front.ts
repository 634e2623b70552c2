import type { IncomingMessage, ServerResponse } from 'node:http'
import { type CookieIssuer, LongPollServer, type TransportServerProtocol, webSocketServerFactory } from '@autobahn-ts/wamp/protocol'
import { type Attachment, attachWS, type WebSocketServerFactory } from '@autobahn-ts/websocket'
import type { Acceptor, FrontSettings } from './listen-options.ts'
import { LongPollHttp } from './long-poll-http.ts'

/** A server of `node:http` or `node:https`, whose requests may become transports. */
export type HttpServer = Parameters<typeof attachWS>[1]

/** The HTTP side of a router: WebSocket and long-poll, on one server. */
export class Front {
  readonly factory: WebSocketServerFactory<TransportServerProtocol>
  readonly #attachment: Attachment
  readonly #longPolls: LongPollServer
  readonly #http: LongPollHttp | undefined
  #isClosing = false

  /** Takes the upgrade requests of the server. Plain requests have to be offered by `take`. */
  constructor(acceptor: Acceptor, settings: FrontSettings, server: HttpServer, unmatched?: 'refuse') {
    const { spoken, limits, clock, path, longPoll, maxConnections, websocket, deadlines, onError } = settings
    const accept = acceptor.accept.bind(acceptor)
    const cookies = (): CookieIssuer | undefined => acceptor.cookies
    this.factory = webSocketServerFactory({ spoken, limits, clock, accept, onError, cookies, websocket: { maxConnections, ...websocket } })
    this.#longPolls = new LongPollServer({ spoken, limits, clock, maxTransports: maxConnections, accept, onError })
    this.#http =
      longPoll === undefined
        ? undefined
        : new LongPollHttp({
            server: this.#longPolls,
            base: longPoll,
            rules: () => this.factory.options,
            maxMessageSize: limits.maxMessageSize,
            handshakeTimeout: limits.handshakeTimeout,
            clock,
            onError,
            cookies,
          })
    this.#attachment = attachWS(this.factory, server, {
      ...(path !== undefined && { path }),
      ...(unmatched !== undefined && { unmatched }),
      ...(deadlines !== undefined && { clock: deadlines }),
    })
  }

  /** The number of WebSocket connections and of long-poll transports. */
  get size(): number {
    return this.#attachment.connectionCount + this.#longPolls.size
  }

  /** Takes a plain request where it is one of long-poll. Returns false for all others. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#http === undefined) return false
    if (!this.#isClosing || !request.url?.includes('/open')) return this.#http.take(request, response)
    response.writeHead(503, { Connection: 'close' }).end()
    return true
  }

  /** Closes all transports: WebSocket by 1001, and what is left after the time in seconds by force. Resolves when they are gone. */
  async close(timeout: number): Promise<void> {
    this.#isClosing = true
    this.#longPolls.close()
    await this.#attachment.close({ timeout })
    this.#longPolls.abort('this router is closing')
  }
}
