import * as http from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { acceptRawSocket, type MessageTransport, rawSocketMagic } from '@autobahn-ts/wamp/protocol'
import { SocketByteStream, transportOf } from '@autobahn-ts/websocket'
import { asError, guarded } from '@autobahn-ts/websocket/portable'
import { ArrivalTurns } from './arrival-turns.ts'
import { whenFirstOctets } from './first-octets.ts'
import { Front } from './front.ts'
import { HttpDeadlines } from './http-deadlines.ts'
import type { Acceptor, FrontSettings, ListenOptions } from './listen-options.ts'
import type { ListenerConnections } from './router-listener.ts'

/**
 * The connections of one listener. The first octet says what a client speaks: 0x7F is RawSocket, anything else is HTTP, which is a server of
 * `node:http` that does not listen itself (decision 125).
 */
export class Connections implements ListenerConnections {
  readonly #acceptor: Acceptor
  readonly #settings: FrontSettings
  readonly #hasRawSocket: boolean
  readonly #request: ListenOptions['request']
  readonly #http: http.Server
  readonly #front: Front
  readonly #deadlines: HttpDeadlines
  readonly #arrivals: ArrivalTurns
  /** All sockets, without the TLS on them. */
  readonly #sockets = new Set<Socket>()
  readonly #rawSockets = new Set<MessageTransport>()
  /** The sockets of `#rawSockets`, which end by themselves. */
  readonly #isRaw = new WeakSet<Socket>()
  /** The listener of all sockets, on which it is called: one for each would weigh more than the rest of what a connection keeps here. */
  readonly #closed: (this: Socket) => void
  #isClosing = false
  #whenEmpty = (): void => {}

  constructor(acceptor: Acceptor, settings: FrontSettings, { rawSocket = true, request }: Pick<ListenOptions, 'rawSocket' | 'request'>) {
    this.#acceptor = acceptor
    this.#settings = settings
    this.#hasRawSocket = rawSocket
    this.#request = request
    this.#deadlines = new HttpDeadlines(settings.clock, settings.limits.handshakeTimeout)
    this.#arrivals = new ArrivalTurns(settings.clock)
    this.#http = http.createServer((incoming, response) => this.#requested(incoming, response))
    // its idle connections are closed by the deadlines
    this.#http.keepAliveTimeout = 0
    this.#front = new Front(acceptor, settings, this.#http, 'refuse')
    watchUpgrades(this.#http, socket => this.#deadlines.leave(socket))
    const connections = this
    this.#closed = function () {
      connections.#gone(this)
    }
  }

  get size(): number {
    return this.#sockets.size
  }

  /** Counts a socket, before TLS begins on it. Returns false where there are too many; the socket is destroyed then. */
  add(socket: Socket): boolean {
    if (this.#isClosing || this.#sockets.size >= this.#settings.maxConnections + spare) {
      socket.destroy()
      return false
    }
    this.#sockets.add(socket)
    socket.on('close', this.#closed)
    return true
  }

  /** Takes a connection on which the client may speak. */
  accept(socket: Socket | TLSSocket): void {
    const { clock, limits } = this.#settings
    whenFirstOctets(socket, clock, limits.handshakeTimeout, octets => {
      this.#arrivals.arrive(() => this.#enter(socket, octets))
    })
  }

  async close(timeout: number): Promise<void> {
    this.#isClosing = true
    const { clock } = this.#settings
    const isEmpty = new Promise<void>(resolve => {
      this.#whenEmpty = resolve
    })
    if (timeout === 0) this.#destroyAll()
    const deadline = clock.schedule(() => this.#destroyAll(), timeout * 1000)
    for (const transport of this.#rawSockets) transport.close()
    await this.#front.close(timeout)
    this.#http.closeAllConnections?.()
    for (const socket of this.#sockets) if (!this.#isRaw.has(socket)) socket.destroy()
    if (this.#sockets.size > 0) await isEmpty
    deadline.cancel()
  }

  #gone(socket: Socket): void {
    this.#sockets.delete(socket)
    if (this.#sockets.size === 0) this.#whenEmpty()
  }

  /** Hands a connection to what its client speaks. It may have ended while it waited for its turn. */
  #enter(socket: Socket | TLSSocket, first: Uint8Array): void {
    if (socket.destroyed) return
    if (first[0] === rawSocketMagic) this.#acceptRawSocket(socket, first)
    else this.#acceptHttp(socket, first)
  }

  #acceptRawSocket(socket: Socket, first: Uint8Array): void {
    if (!this.#hasRawSocket || this.#isClosing) {
      socket.destroy()
      return
    }
    const { spoken, clock, limits, maxConnections, onError } = this.#settings
    const stream = new SocketByteStream(socket, { noDelay: true })
    const ground = { stream, first, socket: transportOf(socket), clock, limits, onError }
    const isFull = (): boolean => this.#sockets.size > maxConnections
    acceptRawSocket(ground, { serializers: spoken.serializers, isFull }).then(
      transport => this.#opened(socket, transport),
      // the client has its refusal, and is of no further interest
      () => {},
    )
  }

  #opened(socket: Socket, transport: MessageTransport): void {
    this.#rawSockets.add(transport)
    this.#isRaw.add(socket)
    socket.once('close', () => this.#rawSockets.delete(transport))
    try {
      this.#acceptor.accept(transport)
    } catch (error) {
      this.#settings.onError(asError(error))
      transport.abort('internal error')
    }
    if (this.#isClosing) transport.close()
  }

  #acceptHttp(socket: Socket, first: Uint8Array): void {
    this.#deadlines.begin(socket)
    this.#http.emit('connection', socket)
    socket.unshift(first)
    socket.resume()
  }

  #requested(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.#deadlines.requested(request, response)
    guarded(
      () => this.#answer(request, response),
      error => {
        this.#settings.onError(asError(error))
        if (response.headersSent) response.destroy()
        else response.writeHead(500, { Connection: 'close' }).end()
      },
    )
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): unknown {
    if (this.#front.take(request, response)) return
    if (this.#request !== undefined) return this.#request(request, response)
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('there is nothing here: this is a WAMP router\n')
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Tells of upgrade requests. A listener of its own would count as one that may take them. */
function watchUpgrades(server: http.Server, told: (socket: Duplex) => void): void {
  const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean
  server.emit = (event: string, ...args: unknown[]): boolean => {
    if (event === 'upgrade') told(args[1] as Duplex)
    return emit(event, ...args)
  }
}

/** The number of connections above the limit that are answered with a refusal; those above it are dropped. */
const spare = 100
