import type { WebSocketClientProtocol, WebSocketServerProtocol } from '../application/protocol.ts'
import type { WebSocketServerFactory } from '../application/server-factory.ts'
import type { ByteStream } from '../bytes/byte-stream.ts'
import { type MemoryPairOptions, memoryPair } from '../bytes/memory-pair.ts'
import type { Connection } from '../conversation/connection.ts'
import { handlersOf } from '../conversation/create-handlers.ts'
import type { ConversationOptions } from '../conversation/function-factories.ts'
import type { Routes } from '../conversation/route.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { State } from '../protocol/life/state.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { FakeClock } from './fake-clock.ts'
import { type FakeRuntime, fakeRuntime } from './fake-runtime.ts'
import { type ClientFactory, clientOn } from './memory-client.ts'
import { RawPeer } from './raw-peer.ts'

/** The transport between the two sides, and their runtime. */
export interface InMemoryOptions extends MemoryPairOptions {
  /** The runtime of both sides. Default: a new `fakeRuntime()`. */
  readonly runtime?: FakeRuntime
  /** Parts of the transport's details that the server sees, such as the address of the peer. */
  readonly transport?: Partial<TransportDetails>
  /** Options of a client that is given as a URL, as `connect` takes them: subprotocols, headers. */
  readonly client?: ConversationOptions
}

/** The server's side: a factory of either style (`createHandlers` makes one with options), a handler, or handlers by path. */
export type ServerSide<S extends WebSocketServerProtocol, Paths extends string = string> =
  | (WebSocketServerFactory & { buildProtocol(transport: TransportDetails): S })
  | Routes<undefined, Paths>

/** A server and a client that are joined in memory. */
export interface Pair<S, C> {
  /** The server's protocol. */
  readonly server: S
  /** The client's protocol, or its connection in function style. */
  readonly client: C
  readonly clock: FakeClock
}

/** A server, and the raw peer in the place of its client. */
export interface RawClient<S> {
  /** The server's protocol. */
  readonly server: S
  readonly peer: RawPeer
  readonly clock: FakeClock
}

/** A server in memory, as `listenWS` and `serve` make one on a network. Made by `listenInMemory`. */
export class MemoryListener<S extends WebSocketServerProtocol = WebSocketServerProtocol> {
  readonly clock: FakeClock
  readonly runtime: FakeRuntime
  readonly #factory: WebSocketServerFactory
  readonly #options: InMemoryOptions
  readonly #protocols = new Set<S>()
  #closed: Promise<void> | undefined

  constructor(server: ServerSide<S>, options: InMemoryOptions = {}) {
    this.runtime = options.runtime ?? fakeRuntime()
    this.clock = this.runtime.clock
    this.#options = options
    this.#factory = isFactory(server) ? server : handlersOf({}, server as Routes, 'listenInMemory')
  }

  /** The number of connections that are not gone, including those in the opening handshake. */
  get connectionCount(): number {
    return this.#protocols.size
  }

  /**
   * Connects a client. Octets travel before this returns, so the connection is open then, unless a hook of the opening handshake returned a
   * promise or the connection has a latency: `await clock.settle()` lets those go on. Throws where the server's factory has dropped the
   * transport; the reason has gone to its `onError`.
   */
  connect<C extends WebSocketClientProtocol>(client: ClientFactory<C>): Pair<S, C>
  connect(url: string | URL): Pair<S, Connection>
  connect(given: ClientFactory<WebSocketClientProtocol> | string | URL): Pair<S, WebSocketClientProtocol | Connection> {
    const [ofClient, ofServer] = memoryPair(this.clock, this.#options)
    const server = this.#accept(ofServer)
    const client = clientOn(given, ofClient, this.runtime, this.#options.client)
    this.clock.flush()
    return { server, client, clock: this.clock }
  }

  /** Connects a peer in the place of a client that the test writes octet by octet. */
  connectRaw(): RawClient<S> {
    const [ofClient, ofServer] = memoryPair(this.clock, this.#options)
    const peer = new RawPeer(ofClient, this.runtime, true)
    return { server: this.#accept(ofServer), peer, clock: this.clock }
  }

  /**
   * Closes the server: takes no new connections, sends open ones a close frame with 1001, drops those in the opening handshake, and the
   * rest after `timeout` seconds of the clock. Resolves when all are gone; await `clock.settle()` beside it.
   */
  close({ code = CloseCode.GoingAway, reason = '', timeout = 5 }: MemoryCloseOptions = {}): Promise<void> {
    this.#closed ??= this.#end(code, reason, timeout)
    return this.#closed
  }

  async #end(code: number, reason: string, timeout: number): Promise<void> {
    const protocols = [...this.#protocols]
    for (const protocol of protocols) {
      if (protocol.state === State.Connecting) protocol.dropConnection()
      else protocol.sendClose(code, reason)
    }
    const deadline = this.clock.schedule(() => {
      for (const protocol of protocols) protocol.dropConnection({ abort: true })
    }, timeout * 1000)
    await Promise.all(protocols.map(protocol => protocol.closed))
    deadline.cancel()
  }

  #accept(stream: ByteStream): S {
    if (this.#closed !== undefined) throw new Error('the listener is closed')
    const protocol = this.#factory.acceptStream(stream, { ...nowhere, ...this.#options.transport }, this.runtime)
    if (protocol === undefined) throw new Error("the server's factory has dropped the transport; onError has the reason")
    // the factory has made it with buildProtocol
    const made = protocol as S
    this.#protocols.add(made)
    void made.closed.then(() => this.#protocols.delete(made))
    return made
  }
}

/** The way in which a listener in memory closes its connections. */
export interface MemoryCloseOptions {
  /** The close code for open connections. Default: 1001, going away. */
  readonly code?: number
  /** The close reason. Default: empty. */
  readonly reason?: string
  /** The number of seconds after which remaining connections are dropped. Default: 5. */
  readonly timeout?: number
}

function isFactory(server: object): server is WebSocketServerFactory {
  return typeof server === 'object' && 'acceptStream' in server
}

const nobody = { address: '', port: undefined }
const nowhere: TransportDetails = { peer: nobody, own: nobody, isSecure: false }
