import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocketServerProtocol } from '../../application/protocol.ts'
import type { WebSocketServerFactory } from '../../application/server-factory.ts'
import { type ConnectionTotals, Totals } from '../../application/totals.ts'
import type { Timer } from '../../bytes/clock.ts'
import type { ObservedRuntime } from '../../protocol/connection/observer.ts'
import { State } from '../../protocol/life/state.ts'
import type { Address } from '../../protocol/life/transport-details.ts'
import { nodeRuntime } from '../runtime/node-runtime.ts'
import { plainAddress } from '../sockets/address-list.ts'
import { SocketByteStream, type StreamOwner } from '../sockets/socket-byte-stream.ts'
import { socketBelow } from '../sockets/socket-internals.ts'
import { transportOf } from '../sockets/transport-of.ts'
import { report } from './report.ts'

/** The connections that came through one server, so that closing it closes them and no others of the same factory. */
export class OpenConnections implements StreamOwner {
  readonly #factory: WebSocketServerFactory
  readonly #unixPath: string | undefined
  readonly #runtime: ObservedRuntime
  readonly #protocols = new Map<Duplex, WebSocketServerProtocol>()
  /** Transports in the TLS handshake, each with the deadline of that handshake; `undefined` where there is none. */
  readonly #inTls = new Map<Socket, Timer | undefined>()
  readonly #totals = new Totals()
  #listensAt: Address | undefined
  /** The listener that all sockets share whose stream does not know of this object; it is called on the socket. */
  readonly #forget: (this: Duplex) => void
  #isClosing = false
  #whenEmpty: (() => void) | undefined

  constructor(factory: WebSocketServerFactory, unixPath: string | undefined, runtime: ObservedRuntime = nodeRuntime) {
    this.#factory = factory
    this.#unixPath = unixPath
    this.#runtime = runtime
    const streamGone = (socket: Duplex): void => this.streamGone(socket)
    this.#forget = function () {
      streamGone(this)
    }
  }

  /** The connections that are not gone, including those in the opening handshake. */
  get size(): number {
    return this.#protocols.size
  }

  /** Counts of the connections that came through the server, those that are gone included. */
  get totals(): ConnectionTotals {
    return this.#totals.with(this.#protocols.values())
  }

  /** Notes the address that the server listens at. At a wildcard, each socket has an address of its own. */
  listens(at: AddressInfo | string | null): void {
    if (at === null || typeof at === 'string' || wildcards.includes(at.address)) return
    this.#listensAt = { address: plainAddress(at.address), port: at.port }
  }

  /**
   * Watches a socket on which TLS begins. The factory does not have it yet, so `maxConnections` and `openHandshakeTimeout` are enforced
   * here, with the values that the factory's options have at this moment.
   */
  awaitTls(socket: Socket): void {
    const { maxConnections, openHandshakeTimeout } = this.#factory.options
    const isFull = maxConnections > 0 && this.#factory.connectionCount + this.#inTls.size >= maxConnections + spareForTls
    if (isFull || this.#isClosing) {
      socket.destroy()
      return
    }
    const isLimited = openHandshakeTimeout > 0
    const deadline = isLimited ? this.#runtime.clock.schedule(() => socket.destroy(), openHandshakeTimeout * 1000) : undefined
    this.#inTls.set(socket, deadline)
    socket.once('close', () => this.#leaveTls(socket))
  }

  /** Takes a socket that is ready for the opening handshake. */
  accept(socket: Socket): void {
    if (this.#inTls.size > 0) this.#leaveTls(socketBelow(socket, this.#inTls))
    if (this.#isClosing) {
      socket.destroy()
      return
    }
    const stream = new SocketByteStream(socket, { noDelay: this.#factory.options.tcpNoDelay, owner: this })
    const protocol = this.#factory.acceptStream(stream, transportOf(socket, { own: this.#unixPath }, this.#listensAt), this.#runtime)
    this.#keep(socket, protocol)
  }

  /**
   * Adds the connection that a factory has made on a socket; `undefined` is one that it has dropped. Its stream does not know of this
   * object.
   */
  add(socket: Duplex, protocol: WebSocketServerProtocol | undefined): void {
    this.#keep(socket, protocol)
    if (protocol !== undefined) socket.on('close', this.#forget)
  }

  /** Forgets a connection that is gone. */
  streamGone(socket: Duplex): void {
    const protocol = this.#protocols.get(socket)
    if (protocol === undefined) return
    this.#protocols.delete(socket)
    this.#totals.ended(protocol)
    if (this.#protocols.size === 0) this.#whenEmpty?.()
  }

  /** Resolves when the last connection is gone: Node's server emits `close` a moment before its last socket does. Called once. */
  async empty(): Promise<void> {
    if (this.#protocols.size === 0) return
    await new Promise<void>(resolve => {
      this.#whenEmpty = resolve
    })
  }

  /** Starts the closing handshake of open connections, and drops those in the opening handshake. Takes no more connections. */
  close(code: number, reason: string): void {
    this.#endAll(protocol => {
      if (protocol.state === State.Connecting) protocol.dropConnection()
      else protocol.sendClose(code, reason)
    })
  }

  /** Ends TCP under all connections without a close frame; messages that were sent before still go out. Takes no more connections. */
  hangUp(): void {
    this.#endAll(protocol => protocol.dropConnection())
  }

  /** Destroys every socket, even those with unsent octets. */
  drop(): void {
    this.#isClosing = true
    for (const socket of this.#inTls.keys()) socket.destroy()
    for (const socket of this.#protocols.keys()) socket.destroy()
  }

  #keep(socket: Duplex, protocol: WebSocketServerProtocol | undefined): void {
    if (protocol === undefined) this.#totals.dropped()
    else this.#protocols.set(socket, protocol)
  }

  #leaveTls(socket: Socket | undefined): void {
    if (socket === undefined) return
    this.#inTls.get(socket)?.cancel()
    this.#inTls.delete(socket)
  }

  /** Calls a method of each connection. Where an override of the application throws, the other connections still have to end. */
  #endAll(end: (protocol: WebSocketServerProtocol) => void): void {
    this.#isClosing = true
    for (const socket of this.#inTls.keys()) socket.destroy()
    for (const protocol of this.#protocols.values()) {
      try {
        end(protocol)
      } catch (error) {
        report(this.#factory, error)
      }
    }
  }
}

const wildcards: readonly string[] = ['0.0.0.0', '::']

/** The number of connections above the limit that may pass the TLS handshake, so that they are answered 503 as without TLS. */
const spareForTls = 100
