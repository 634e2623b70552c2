import { EventEmitter } from 'node:events'
import * as http from 'node:http'
import type * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { NegotiatedExtension, SharedParts } from '@autobahn-ts/websocket/internals'
import { offeredSubprotocols } from '../wire/subprotocols.ts'
import { acceptFor } from './accept-key.ts'
import { type AcceptedDeflate, acceptedDeflate, type PerMessageDeflateOptions } from './per-message-deflate.ts'
import { type SharedPartsOptions, serverParts } from './shared-parts.ts'
import { refuse } from './upgrade-answer.ts'
import { accept, WebSocket } from './web-socket.ts'
import { withDefaults } from './with-defaults.ts'

/** The facts that `verifyClient` is given of a request. */
export interface ClientInfo {
  readonly origin: string | undefined
  readonly secure: boolean
  readonly req: http.IncomingMessage
}

export type Verdict = (isAccepted: boolean, status?: number, message?: string, headers?: http.OutgoingHttpHeaders) => void

/** The options of a server. One of `port`, `server` and `noServer` says where its requests come from. */
export interface ServerOptions extends Partial<SharedPartsOptions> {
  readonly host?: string | null | undefined
  readonly port?: number | null | undefined
  readonly backlog?: number | null | undefined
  readonly server?: http.Server | https.Server | null | undefined
  readonly noServer?: boolean | undefined
  readonly path?: string | null | undefined
  readonly verifyClient?: ((info: ClientInfo, verdict: Verdict) => boolean | void) | null | undefined
  readonly handleProtocols?: ((protocols: Set<string>, request: http.IncomingMessage) => string | false | undefined) | null | undefined
  readonly clientTracking?: boolean | undefined
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined
  readonly allowSynchronousEvents?: boolean | undefined
  readonly autoPong?: boolean | undefined
  readonly maxBufferedChunks?: number | undefined
  readonly WebSocket?: typeof WebSocket | undefined
}

export type UpgradeCallback = (socket: WebSocket, request: http.IncomingMessage) => void

/** A server with the interface of the class `WebSocketServer` of npm `ws`. */
export class WebSocketServer extends EventEmitter {
  readonly options: CompletedOptions
  /** The open connections; absent where `clientTracking` is off. */
  declare clients?: Set<WebSocket>
  readonly #parts: SharedParts
  readonly #deflate: PerMessageDeflateOptions | undefined
  #server: http.Server | https.Server | null | undefined
  #removeListeners: (() => void) | undefined
  #state: 0 | 1 | 2 = 0
  #closesWithLastClient = false

  /** Throws a `TypeError` where not exactly one of `port`, `server` and `noServer` is given. `callback` is called when it listens. */
  constructor(options: ServerOptions = {}, callback?: () => void) {
    super()
    const settings = withDefaults(serverDefaults, options)
    const { port, server, noServer, perMessageDeflate } = settings
    const hasPort = port !== null && port !== undefined
    if ([hasPort, Boolean(server), Boolean(noServer)].filter(Boolean).length !== 1)
      throw new TypeError('One and only one of the "port", "server", or "noServer" options must be specified')
    this.options = settings
    this.#deflate = perMessageDeflate === true ? {} : perMessageDeflate || undefined
    this.#parts = serverParts(settings)
    if (settings.clientTracking) this.clients = new Set()
    this.#server = hasPort ? http.createServer(upgradeRequired) : server
    if (this.#server) this.#listenTo(this.#server)
    if (hasPort) this.#server?.listen(port, settings.host as string, settings.backlog as number, callback)
  }

  /** The HTTP server that requests come from. */
  get _server(): http.Server | https.Server | null | undefined {
    return this.#server
  }

  get _state(): number {
    return this.#state
  }

  /** Returns where the server listens; `null` after `close`. */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new Error('The server is operating in "noServer" mode')
    return this.#server?.address() ?? null
  }

  /**
   * Stops accepting connections. The HTTP server is closed too where this object has made it. Open connections go on; `close` is emitted when
   * they and the server are gone.
   */
  close(callback?: (error?: Error) => void): void {
    if (this.#state === 2) {
      if (callback !== undefined) this.once('close', () => callback(new Error('The server is not running')))
      process.nextTick(() => this.#closed())
      return
    }
    if (callback !== undefined) this.once('close', callback)
    if (this.#state === 1) return
    this.#state = 1
    const server = this.#server
    this.#removeListeners?.()
    this.#server = null
    if (server && !this.options.server && !this.options.noServer) server.close(() => this.#closed())
    else if (this.clients !== undefined && this.clients.size > 0) this.#closesWithLastClient = true
    else process.nextTick(() => this.#closed())
  }

  /** Tells whether a request is for this server: by its path, where there is the option `path`. May be overridden. */
  shouldHandle(request: http.IncomingMessage): boolean {
    const { path } = this.options
    return !path || request.url?.split('?', 1)[0] === path
  }

  /** Answers an upgrade request, and calls back with the connection if it was accepted. */
  handleUpgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer, callback: UpgradeCallback): void {
    socket.on('error', destroyOnError)
    const { headers, method } = request
    const key = headers['sec-websocket-key']
    const version = Number(headers['sec-websocket-version'])
    if (method !== 'GET') return this.#refuse(request, socket, 405, 'Invalid HTTP method')
    if (headers.upgrade?.toLowerCase() !== 'websocket') return this.#refuse(request, socket, 400, 'Invalid Upgrade header')
    if (key === undefined || !keyPattern.test(key)) return this.#refuse(request, socket, 400, 'Missing or invalid Sec-WebSocket-Key header')
    if (version !== 13 && version !== 8)
      return this.#refuse(request, socket, 400, 'Missing or invalid Sec-WebSocket-Version header', { 'Sec-WebSocket-Version': '13, 8' })
    if (!this.shouldHandle(request)) return refuse(socket, 400)

    const offered = headers['sec-websocket-protocol']
    let protocols: Set<string>
    try {
      protocols = offered === undefined ? new Set() : offeredSubprotocols(offered)
    } catch {
      return this.#refuse(request, socket, 400, 'Invalid Sec-WebSocket-Protocol header')
    }
    let deflate: AcceptedDeflate | undefined
    try {
      deflate = this.#accepted(headers['sec-websocket-extensions'])
    } catch {
      return this.#refuse(request, socket, 400, 'Invalid or unacceptable Sec-WebSocket-Extensions header')
    }
    const complete = (): void => this.#complete({ request, socket, head, key, protocols, deflate }, callback)
    this.#verify(request, socket, version, complete)
  }

  #accepted(header: string | undefined): AcceptedDeflate | undefined {
    return this.#deflate === undefined || header === undefined ? undefined : acceptedDeflate(header, this.#deflate)
  }

  /** Asks `verifyClient`, which answers at once, or where it has two parameters by its callback. */
  #verify(request: http.IncomingMessage, socket: Duplex, version: number, complete: () => void): void {
    const { verifyClient } = this.options
    if (!verifyClient) return complete()
    const { headers } = request
    const origin = (version === 8 ? headers['sec-websocket-origin'] : headers.origin) as string | undefined
    const { authorized, encrypted } = request.socket as typeof request.socket & { authorized?: boolean; encrypted?: boolean }
    const info: ClientInfo = { origin, secure: Boolean(authorized || encrypted), req: request }
    const decided: Verdict = (isAccepted, status, message, more) => {
      if (isAccepted) complete()
      else refuse(socket, status || 401, message, more)
    }
    if (verifyClient.length === 2) verifyClient(info, decided)
    else if (verifyClient(info, decided)) complete()
    else refuse(socket, 401)
  }

  #complete({ request, socket, head, key, protocols, deflate }: Upgrade, callback: UpgradeCallback): void {
    // the client may have gone while `verifyClient` was asked
    if (!socket.readable || !socket.writable) return void socket.destroy()
    if (upgraded.has(socket))
      throw new Error('server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration')
    if (this.#state > 0) return refuse(socket, 503)
    upgraded.add(socket)
    const { handleProtocols, allowSynchronousEvents, autoPong, WebSocket: Class } = this.options
    const subprotocol =
      protocols.size === 0 ? '' : (handleProtocols ? handleProtocols(protocols, request) : protocols.values().next().value) || ''
    const headers = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${acceptFor(key)}`,
    ]
    if (subprotocol !== '') headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`)
    if (deflate !== undefined) headers.push(`Sec-WebSocket-Extensions: ${deflate.header}`)
    this.emit('headers', headers, request)
    socket.write(headers.concat('\r\n').join('\r\n'))
    socket.removeListener('error', destroyOnError)

    const client = new Class(null, undefined, { autoPong })
    const extensions: readonly NegotiatedExtension[] = deflate === undefined ? [] : [deflate.extension]
    const { clients } = this
    clients?.add(client)
    client[accept]({
      socket,
      head,
      parts: this.#parts,
      agreement: { subprotocol, extensions },
      allowSynchronousEvents,
      gone: () => this.#clientGone(client),
    })
    callback(client, request)
  }

  #clientGone(client: WebSocket): void {
    if (this.clients === undefined) return
    this.clients.delete(client)
    if (this.#closesWithLastClient && this.clients.size === 0) process.nextTick(() => this.#closed())
  }

  #refuse(
    request: http.IncomingMessage,
    socket: Duplex,
    status: number,
    message: string,
    headers?: Readonly<Record<string, string>>,
  ): void {
    if (this.listenerCount('wsClientError') > 0) this.emit('wsClientError', new Error(message), socket, request)
    else refuse(socket, status, message, headers)
  }

  #listenTo(server: http.Server | https.Server): void {
    const listening = (): void => void this.emit('listening')
    const failed = (error: Error): void => void this.emit('error', error)
    const upgrade = (request: http.IncomingMessage, socket: Duplex, head: Buffer): void =>
      this.handleUpgrade(request, socket, head, (client, of) => this.emit('connection', client, of))
    server.on('listening', listening).on('error', failed).on('upgrade', upgrade)
    this.#removeListeners = () => void server.off('listening', listening).off('error', failed).off('upgrade', upgrade)
  }

  #closed(): void {
    this.#state = 2
    this.emit('close')
  }
}

/** The options that have a default, and the others as they were given. */
type CompletedOptions = ServerOptions & ServerDefaults

interface ServerDefaults extends SharedPartsOptions {
  readonly allowSynchronousEvents: boolean
  readonly autoPong: boolean
  readonly perMessageDeflate: boolean | PerMessageDeflateOptions
  readonly clientTracking: boolean
  readonly WebSocket: typeof WebSocket
}

interface Upgrade {
  readonly request: http.IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly key: string
  readonly protocols: Set<string>
  readonly deflate: AcceptedDeflate | undefined
}

function upgradeRequired(_request: http.IncomingMessage, response: http.ServerResponse): void {
  const body = http.STATUS_CODES[426]!
  response.writeHead(426, { 'Content-Length': body.length, 'Content-Type': 'text/plain' })
  response.end(body)
}

function destroyOnError(this: Duplex): void {
  this.destroy()
}

/** Sixteen octets in base64, RFC 6455 §4.1. */
const keyPattern = /^[+/0-9A-Za-z]{22}==$/

/** The sockets of connections that were accepted. */
const upgraded = new WeakSet<Duplex>()

const serverDefaults: ServerOptions & ServerDefaults = {
  allowSynchronousEvents: true,
  autoPong: true,
  maxFragments: 16 * 1024,
  maxPayload: 100 * 1024 * 1024,
  skipUTF8Validation: false,
  perMessageDeflate: false,
  handleProtocols: null,
  clientTracking: true,
  closeTimeout: 30_000,
  verifyClient: null,
  noServer: false,
  backlog: null,
  server: null,
  host: null,
  path: null,
  port: null,
  WebSocket,
}
