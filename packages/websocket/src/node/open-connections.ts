import type { AddressInfo, Socket } from 'node:net'
import type { WebSocketServerProtocol } from '../classes/protocol.ts'
import type { WebSocketServerFactory } from '../classes/server-factory.ts'
import { State } from '../protocol/state.ts'
import type { Address } from '../protocol/transport-details.ts'
import { plainAddress } from './address-list.ts'
import { nodeRuntime } from './node-runtime.ts'
import { report } from './report.ts'
import { SocketByteStream } from './socket-byte-stream.ts'
import { transportOf } from './transport-of.ts'

/** The connections that came through one server, so that closing it can close them and no others of the same factory. */
export class OpenConnections {
  readonly #factory: WebSocketServerFactory
  readonly #unixPath: string | undefined
  readonly #protocols = new Map<Socket, WebSocketServerProtocol>()
  /** Through with TCP and not yet with TLS, by the peer's address. Node does not say which of them became which TLS socket. */
  readonly #inTls = new Map<string, Socket>()
  /** Below TLS, whatever became of them: on a Unix socket peers have no addresses to tell them apart. */
  readonly #belowTls = new Set<Socket>()
  #listensAt: Address | undefined
  #isClosing = false
  #whenEmpty: (() => void) | undefined

  /** One for all sockets, on which it is called. */
  readonly #forget: (this: Socket) => void

  constructor(factory: WebSocketServerFactory, unixPath: string | undefined) {
    this.#factory = factory
    this.#unixPath = unixPath
    const [protocols, emptied] = [this.#protocols, () => this.#whenEmpty?.()]
    this.#forget = function () {
      protocols.delete(this)
      if (protocols.size === 0) emptied()
    }
  }

  /** Connections that are not gone, those in the opening handshake included. */
  get size(): number {
    return this.#protocols.size
  }

  /** The server listens. At a wildcard, each socket has an address of its own. */
  listens(at: AddressInfo | string | null): void {
    if (at === null || typeof at === 'string' || wildcards.includes(at.address)) return
    this.#listensAt = { address: plainAddress(at.address), port: at.port }
  }

  /** A socket on which TLS begins. The factory does not know it yet, so its limit is watched here. */
  awaitTls(socket: Socket): void {
    const { maxConnections } = this.#factory.options
    const isFull = maxConnections > 0 && this.#factory.connectionCount + this.#inTls.size >= maxConnections + spareForTls
    if (isFull) {
      socket.destroy()
      return
    }
    const peer = peerOf(socket)
    this.#inTls.set(peer, socket)
    this.#belowTls.add(socket)
    socket.once('close', () => {
      this.#inTls.delete(peer)
      this.#belowTls.delete(socket)
    })
  }

  /** A socket that is ready for the opening handshake. */
  accept(socket: Socket): void {
    this.#inTls.delete(peerOf(socket))
    if (this.#isClosing) {
      socket.destroy()
      return
    }
    const stream = new SocketByteStream(socket, { noDelay: this.#factory.options.tcpNoDelay })
    const protocol = this.#factory.acceptStream(stream, transportOf(socket, { own: this.#unixPath }, this.#listensAt), nodeRuntime)
    if (protocol === undefined) return
    this.#protocols.set(socket, protocol)
    socket.on('close', this.#forget)
  }

  /** Resolves when the last one is gone: Node's server says it is closed a moment before its last socket does. Called once. */
  async empty(): Promise<void> {
    if (this.#protocols.size === 0) return
    await new Promise<void>(resolve => {
      this.#whenEmpty = resolve
    })
  }

  /** Starts the closing handshake where the connection is open and drops what has not come so far. */
  close(code: number, reason: string): void {
    this.#isClosing = true
    for (const socket of this.#inTls.values()) socket.destroy()
    for (const protocol of this.#protocols.values()) this.#end(protocol, code, reason)
  }

  drop(): void {
    for (const socket of this.#protocols.keys()) socket.destroy()
    for (const socket of this.#belowTls) socket.destroy()
  }

  /** What is called here an application may have overridden; one that throws must not keep the others from their end. */
  #end(protocol: WebSocketServerProtocol, code: number, reason: string): void {
    try {
      if (protocol.state === State.Connecting) protocol.dropConnection()
      else protocol.sendClose(code, reason)
    } catch (error) {
      report(this.#factory, error)
    }
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}

const wildcards: readonly string[] = ['0.0.0.0', '::']

/** So that clients beyond the limit still get through TLS and are answered 503, as without TLS. */
const spareForTls = 100
