import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { Agreement, NegotiatedExtension } from '@autobahn-ts/websocket/internals'
import { areSubprotocols } from '../wire/subprotocols.ts'
import { acceptFor } from './accept-key.ts'
import { clientUrl, unixPaths, unixScheme } from './client-url.ts'
import { confirmedDeflate, offeredDeflate, type PerMessageDeflateOptions } from './per-message-deflate.ts'

/** The options of a client that concern its opening handshake; those of `https.request` are passed on. */
export interface OpeningOptions extends https.RequestOptions {
  readonly protocolVersion: number
  readonly perMessageDeflate: boolean | PerMessageDeflateOptions
  readonly followRedirects: boolean
  readonly maxRedirects: number
  readonly handshakeTimeout?: number | undefined
  readonly origin?: string | undefined
  readonly finishRequest?: ((request: http.ClientRequest, emitter: EventEmitter) => void) | undefined
}

/** The client of an opening handshake. */
export interface OpeningClient {
  /** Emits `redirect`, `upgrade` and `unexpected-response`. */
  readonly emitter: EventEmitter
  /** Takes the socket of a handshake that has succeeded. */
  opened(socket: Duplex, head: Buffer, agreement: Agreement): void
  /** Called when the handshake is given up, before `failed`. */
  closing(): void
  /** Called once, when there will be no connection, with all that this side had for one being gone. */
  failed(error: Error): void
}

/** The opening handshake of a client, by `http.request`: over redirects, to the socket of the connection. */
export class Opening {
  url: URL
  redirects = 0
  request: http.ClientRequest | null = null
  readonly #client: OpeningClient
  readonly #protocols: readonly string[]
  readonly #options: OpeningOptions
  readonly #first: { readonly isUnix: boolean; readonly isSecure: boolean; readonly place: string }
  /** The headers of the application. Where redirects are followed their names are in lower case, and those that a server must not get are left out. */
  readonly #ownHeaders: http.OutgoingHttpHeaders
  #isGivenUp = false

  /** Throws a `SyntaxError` or `RangeError` with the text of npm `ws` for what cannot be used. */
  constructor(address: string | URL, protocols: readonly unknown[], options: OpeningOptions, client: OpeningClient) {
    if (!versions.includes(options.protocolVersion))
      throw new RangeError(`Unsupported protocol version: ${options.protocolVersion} (supported versions: ${versions.join(', ')})`)
    this.url = clientUrl(address)
    if (!areSubprotocols(protocols)) throw new SyntaxError('An invalid or duplicated subprotocol was specified')
    this.#protocols = protocols
    this.#options = options
    this.#client = client
    this.#first = { isUnix: this.#isUnix, isSecure: this.#isSecure, place: this.#place }
    this.#ownHeaders = options.followRedirects ? lowerCased(options.headers) : { ...(options.headers as http.OutgoingHttpHeaders) }
  }

  /** Sends the request. */
  start(): void {
    const key = randomBytes(16).toString('base64')
    this.#tellCredentials()
    const given = this.#requestOptions(key)
    const request = (this.#isSecure ? https : http).request(given)
    this.request = request
    if (given.timeout) request.on('timeout', () => this.#abort(request, 'Opening handshake has timed out'))
    request.on('error', error => this.#requestFailed(request, error))
    request.on('response', response => this.#responded(request, response))
    request.on('upgrade', (response, socket, head) => this.#upgraded(request, response, socket, head, key))
    if (this.redirects > 0) this.#client.emitter.emit('redirect', this.url.href, request)
    if (this.#options.finishRequest !== undefined) this.#options.finishRequest(request, this.#client.emitter)
    else request.end()
  }

  /** Gives the handshake up, because the application has closed the connection. */
  giveUp(): void {
    const message = 'WebSocket was closed before the connection was established'
    this.#isGivenUp = true
    this.#client.closing()
    if (this.request !== null) return this.#abort(this.request, message)
    process.nextTick(() => this.#client.failed(new Error(message)))
  }

  get #isUnix(): boolean {
    return this.url.protocol === unixScheme
  }

  get #isSecure(): boolean {
    return this.url.protocol === 'wss:'
  }

  /** The server, as far as two URLs that agree in it are of one. */
  get #place(): string {
    return this.#isUnix ? unixPaths(this.url).socketPath : this.url.host
  }

  #requestOptions(key: string): https.RequestOptions {
    const { protocolVersion, perMessageDeflate, origin, handshakeTimeout, createConnection } = this.#options
    const { url } = this
    const headers: http.OutgoingHttpHeaders = {
      ...this.#ownHeaders,
      'Sec-WebSocket-Version': protocolVersion,
      'Sec-WebSocket-Key': key,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
    }
    if (perMessageDeflate) headers['Sec-WebSocket-Extensions'] = offeredDeflate(perMessageDeflate === true ? {} : perMessageDeflate)
    if (this.#protocols.length > 0) headers['Sec-WebSocket-Protocol'] = this.#protocols.join(',')
    if (origin) headers[protocolVersion < 13 ? 'Sec-WebSocket-Origin' : 'Origin'] = origin
    const defaultPort = this.#isSecure ? 443 : 80
    return {
      ...this.#options,
      method: 'GET',
      headers,
      auth: undefined,
      timeout: handshakeTimeout,
      host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
      hostname: undefined,
      protocol: undefined,
      defaultPort,
      port: url.port || defaultPort,
      socketPath: undefined,
      path: `${url.pathname}${url.search}`,
      createConnection: createConnection ?? (this.#isSecure ? connectSecure : connectPlain),
      ...(this.#isUnix && unixPaths(url)),
    } as https.RequestOptions
  }

  #requestFailed(request: http.ClientRequest, error: Error): void {
    if (this.request !== request || this.#isGivenUp) return
    this.request = null
    this.#fail(error)
  }

  #responded(request: http.ClientRequest, response: http.IncomingMessage): void {
    const { location } = response.headers
    const { statusCode = 0 } = response
    if (location && this.#options.followRedirects && statusCode >= 300 && statusCode < 400) return this.#redirected(request, location)
    const isHandled = this.#client.emitter.emit('unexpected-response', request, response)
    if (!isHandled) this.#abort(request, `Unexpected server response: ${statusCode}`)
  }

  #redirected(request: http.ClientRequest, location: string): void {
    if (++this.redirects > this.#options.maxRedirects) return this.#abort(request, 'Maximum redirects exceeded')
    this.request = null
    request.destroy()
    try {
      this.url = clientUrl(location, this.url)
    } catch (error) {
      return this.#fail(error as Error)
    }
    this.start()
  }

  /** Puts the user of the URL or of the options into the headers, unless they name one. A redirect may not take them to another server. */
  #tellCredentials(): void {
    const headers = this.#ownHeaders
    if (!this.#mayBeTold()) {
      for (const name of ['authorization', 'cookie']) delete headers[name]
      if (!this.#isSameHost) delete headers.host
      return
    }
    const { username, password } = this.url
    const auth = username || password ? `${username}:${password}` : this.#options.auth
    const isNamed = Object.keys(headers).some(name => name.toLowerCase() === 'authorization')
    if (auth && !isNamed) headers.authorization = `Basic ${Buffer.from(auth).toString('base64')}`
  }

  /** Tells whether the server may get what the application has for the first one. It looks at redirects itself, if it listens for them. */
  #mayBeTold(): boolean {
    if (this.redirects === 0 || this.#client.emitter.listenerCount('redirect') > 0) return true
    return this.#isSameHost && (this.#isSecure || !this.#first.isSecure)
  }

  get #isSameHost(): boolean {
    return this.#isUnix === this.#first.isUnix && this.#place === this.#first.place
  }

  #upgraded(request: http.ClientRequest, response: http.IncomingMessage, socket: Duplex, head: Buffer, key: string): void {
    this.#client.emitter.emit('upgrade', response)
    if (this.#isGivenUp) return
    if (this.request === request) this.request = null
    let agreement: Agreement
    try {
      agreement = this.#agreed(response, key)
    } catch (error) {
      return this.#refuse(socket, error as Error)
    }
    this.#client.opened(socket, head, agreement)
  }

  /** Checks the response. Throws an error with the text of npm `ws`. */
  #agreed({ headers }: http.IncomingMessage, key: string): Agreement {
    if (headers.upgrade === undefined || headers.upgrade.toLowerCase() !== 'websocket') throw new Error('Invalid Upgrade header')
    if (headers['sec-websocket-accept'] !== acceptFor(key)) throw new Error('Invalid Sec-WebSocket-Accept header')
    const subprotocol = headers['sec-websocket-protocol']
    if (subprotocol === undefined && this.#protocols.length > 0) throw new Error('Server sent no subprotocol')
    if (subprotocol !== undefined && this.#protocols.length === 0) throw new Error('Server sent a subprotocol but none was requested')
    if (subprotocol !== undefined && !this.#protocols.includes(subprotocol)) throw new Error('Server sent an invalid subprotocol')
    return { subprotocol: subprotocol ?? '', extensions: this.#extensions(headers['sec-websocket-extensions']) }
  }

  #extensions(header: string | undefined): readonly NegotiatedExtension[] {
    const { perMessageDeflate } = this.#options
    if (header === undefined) return []
    if (!perMessageDeflate) throw new Error('Server sent a Sec-WebSocket-Extensions header but no extension was requested')
    const extension = confirmedDeflate(header, perMessageDeflate === true ? {} : perMessageDeflate)
    return extension === undefined ? [] : [extension]
  }

  /** Gives up a handshake whose response is wrong: the error and the end follow when the socket is closed. */
  #refuse(socket: Duplex, error: Error): void {
    this.#isGivenUp = true
    this.#client.closing()
    socket.on('error', () => {})
    socket.once('close', () => this.#client.failed(error))
    socket.destroy()
  }

  #abort(request: http.ClientRequest, message: string): void {
    this.#isGivenUp = true
    this.#client.closing()
    request.destroy()
    // a request that is given up after its response was read would leave the socket to the agent
    if (request.socket !== null && !request.socket.destroyed) request.socket.destroy()
    const error = new Error(message)
    process.nextTick(() => this.#client.failed(error))
  }

  #fail(error: Error): void {
    this.#isGivenUp = true
    this.#client.closing()
    this.#client.failed(error)
  }
}

function connectPlain(options: net.NetConnectOpts & { socketPath?: string; path?: string }): net.Socket {
  options.path = options.socketPath as string
  return net.connect(options)
}

function connectSecure(options: tls.ConnectionOptions & { path?: string | undefined }): tls.TLSSocket {
  options.path = undefined as never
  if (!options.servername && options.servername !== '') options.servername = net.isIP(options.host ?? '') ? '' : (options.host as string)
  return tls.connect(options)
}

/** Returns headers with their names in lower case, so that one can be found and left out. */
function lowerCased(headers: OpeningOptions['headers']): http.OutgoingHttpHeaders {
  const entries = Object.entries((headers ?? {}) as http.OutgoingHttpHeaders)
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))
}

const versions: readonly number[] = [8, 13]
