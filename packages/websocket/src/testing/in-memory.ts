import type { WebSocketClientProtocol, WebSocketServerProtocol } from '../application/protocol.ts'
import { memoryPair } from '../bytes/memory-pair.ts'
import type { Connection } from '../conversation/connection.ts'
import type { FakeClock } from './fake-clock.ts'
import { fakeRuntime } from './fake-runtime.ts'
import { type ClientFactory, clientOn } from './memory-client.ts'
import { type InMemoryOptions, MemoryListener, type Pair, type ServerSide } from './memory-listener.ts'
import { RawPeer } from './raw-peer.ts'

/**
 * Joins a server and a client in memory, on one fake clock. Either side may be of either style: the server a factory, a handler or handlers by
 * path, the client a factory or a URL.
 *
 * The connection is open when this returns, unless a hook of the opening handshake returned a promise or the connection has a latency: then
 * `await clock.settle()`.
 */
export function connectInMemory<S extends WebSocketServerProtocol, C extends WebSocketClientProtocol, Paths extends string = string>(
  server: ServerSide<S, Paths>,
  client: ClientFactory<C>,
  options?: InMemoryOptions,
): Pair<S, C>
export function connectInMemory<S extends WebSocketServerProtocol, Paths extends string = string>(
  server: ServerSide<S, Paths>,
  url: string | URL,
  options?: InMemoryOptions,
): Pair<S, Connection>
export function connectInMemory<S extends WebSocketServerProtocol>(
  server: ServerSide<S>,
  client: ClientFactory<WebSocketClientProtocol> | string | URL,
  options?: InMemoryOptions,
): Pair<S, WebSocketClientProtocol | Connection> {
  const listener = new MemoryListener(server, options)
  return typeof client === 'string' || client instanceof URL ? listener.connect(client) : listener.connect(client)
}

/** Makes a server in memory for several clients, raw peers, and a shutdown. */
export function listenInMemory<S extends WebSocketServerProtocol, Paths extends string = string>(
  server: ServerSide<S, Paths>,
  options?: InMemoryOptions,
): MemoryListener<S> {
  return new MemoryListener(server as ServerSide<S>, options)
}

/** Joins a client with a peer in the place of its server that the test writes octet by octet. The request has come when this returns. */
export function connectToRawPeer<C extends WebSocketClientProtocol>(client: ClientFactory<C>, options?: InMemoryOptions): RawServer<C>
export function connectToRawPeer(url: string | URL, options?: InMemoryOptions): RawServer<Connection>
export function connectToRawPeer(
  given: ClientFactory<WebSocketClientProtocol> | string | URL,
  options: InMemoryOptions = {},
): RawServer<WebSocketClientProtocol | Connection> {
  const { runtime = fakeRuntime() } = options
  const [ofClient, ofServer] = memoryPair(runtime.clock, options)
  const peer = new RawPeer(ofServer, runtime, false)
  const client = clientOn(given, ofClient, runtime, options.client)
  runtime.clock.flush()
  return { client, peer, clock: runtime.clock }
}

/** A client, and the raw peer in the place of its server. */
export interface RawServer<C> {
  /** The client's protocol, or its connection in function style. */
  readonly client: C
  readonly peer: RawPeer
  readonly clock: FakeClock
}
