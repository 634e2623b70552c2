import { constants } from 'node:crypto'
import * as net from 'node:net'
import * as tls from 'node:tls'
import { checkServerFactory, type WebSocketServerFactory } from '../../application/server-factory.ts'
import { whenAborted } from '../../bytes/when-aborted.ts'
import { checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { abortSignal, someText, trueOrFalse, wholeNumber } from '../../protocol/checks/option-values.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { type DeadlineClock, deadlineClock, runtimeOn } from '../runtime/node-runtime.ts'
import { checkSocketPath } from './check-socket-path.ts'
import { checkTls, hasCertificate, tlsOptions, withTlsOptions } from './check-tls.ts'
import { Listener } from './listener.ts'
import { OpenConnections } from './open-connections.ts'
import { report } from './report.ts'

/** Options of listening. */
export interface ListenOptions {
  /** The address or name to listen at. Default: the host of the factory's URL; without a URL all addresses. */
  readonly host?: string
  /** The port. 0 takes any free one, which the listener has as `port`. Default: the port of the factory's URL. */
  readonly port?: number
  /** The path of a Unix socket, in place of host and port. */
  readonly socketPath?: string
  /** Another name of `socketPath`. It is not the path of URLs: those are the routes of `serve`, and `request.path`. */
  readonly path?: string
  /** Certificate, key, and other options of `tls.createServer`. Required for `wss:`, and misuse for `ws:`. */
  readonly tls?: tls.TlsOptions
  /** The number of connections that may wait to be accepted. Default: 511. */
  readonly backlog?: number
  /** Whether a worker of `node:cluster` keeps the port to itself. Default: false. */
  readonly exclusive?: boolean
  /** Lets several processes listen on one port, where the runtime (Node 22.12, 23.1) and the system support it; misuse elsewhere. */
  readonly reusePort?: boolean
  /**
   * A signal. Aborted before the server listens, it makes `listenWS` reject with its reason; aborted later, it closes as `Listener.close()`
   * does.
   */
  readonly signal?: AbortSignal
  /**
   * The clock of all deadlines, for example a `FakeClock` of `@autobahn-ts/websocket/testing`. Octets move in real time all the same.
   * Default: the time of the global timers, also where a test framework has replaced them.
   */
  readonly clock?: DeadlineClock
}

/** The checks of `ListenOptions`, by name. */
export const listenOptions: OptionChecks<ListenOptions> = {
  host: someText,
  port: optionCheck('a port from 0 to 65535', value => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535),
  socketPath: someText,
  path: someText,
  tls: tlsOptions,
  backlog: wholeNumber,
  exclusive: trueOrFalse,
  reusePort: trueOrFalse,
  signal: abortSignal,
  clock: deadlineClock,
}

/**
 * Listens for WebSocket connections, and passes each to the factory.
 *
 * Rejects with the system's error where the address cannot be listened on, and with `ApiMisuse` where options contradict each other. Later
 * errors of the server go to `factory.onError`.
 */
export async function listenWS(factory: WebSocketServerFactory, options: ListenOptions = {}): Promise<Listener> {
  checkServerFactory(factory)
  checkOptions<ListenOptions>(options, listenOptions, 'listenWS')
  const { signal } = options
  signal?.throwIfAborted()
  const isSecure = checkSecurity(factory, options)
  const address = addressOf(factory, options)
  const runtime = runtimeOn(options.clock)
  const connections = new OpenConnections(factory, address.path, runtime)
  const server = isSecure ? tlsServer(connections, options.tls ?? {}) : tcpServer(connections)
  server.on('error', error => {
    if (server.listening) report(factory, error)
  })
  await listening(server, address, signal)
  connections.listens(server.address())
  const listener = new Listener(server, connections, address.host, isSecure, runtime.clock)
  closeOnAbort(listener, signal)
  return listener
}

function tcpServer(connections: OpenConnections): net.Server {
  return net.createServer({ allowHalfOpen: true }, socket => connections.accept(socket))
}

/**
 * Makes a server for TLS. A client that fails in the TLS handshake is not an error of this server, so it is not reported.
 *
 * Sockets may not be half-open before TLS is done: a client that ends its side then is gone, and Node would keep the socket. Node's own
 * `handshakeTimeout` cannot be switched off and is fixed when the server is made, so `OpenConnections` has the deadline.
 */
function tlsServer(connections: OpenConnections, options: tls.TlsOptions): tls.Server {
  const secureOptions = (options.secureOptions ?? 0) | noRenegotiation
  const given = { ALPNProtocols: ['http/1.1'], handshakeTimeout: longestDelay, ...options }
  const server = withTlsOptions(() => tls.createServer({ ...given, secureOptions, allowHalfOpen: false }), given)
  server.on('connection', (socket: net.Socket) => connections.awaitTls(socket))
  server.on('secureConnection', socket => connections.accept(socket))
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return server
}

/**
 * The option that switches renegotiation off: in TLS 1.2 each costs the server a private-key operation, and WebSocket needs none. Missing
 * in runtimes that never renegotiate.
 */
const noRenegotiation = constants.SSL_OP_NO_RENEGOTIATION ?? 0

/** The longest time of a timer, which has 32 bits, in milliseconds. */
const longestDelay = 0x7fff_ffff

/** Tells whether to use TLS. Without a URL the options decide. */
function checkSecurity(factory: WebSocketServerFactory, options: ListenOptions): boolean {
  const hasTls = options.tls !== undefined
  if (hasTls) {
    if (!hasCertificate(options.tls)) throw new ApiMisuse('the option tls has no certificate: give cert and key, pfx, or SNICallback')
    checkTls(options.tls)
  }
  if (factory.url === undefined) return hasTls
  if (factory.isSecure && !hasTls) throw new ApiMisuse(`${factory.url} needs the option tls, with a certificate and a key`)
  if (!factory.isSecure && hasTls) throw new ApiMisuse(`${factory.url} is not for TLS; its scheme must be wss`)
  return hasTls
}

function addressOf(factory: WebSocketServerFactory, options: ListenOptions): net.ListenOptions {
  const { backlog, exclusive = false, reusePort = false } = options
  if (reusePort && !canReusePort()) throw new ApiMisuse(`reusePort needs Node 22.12 or 23.1, and this is ${process.version}`)
  return { ...placeOf(factory, options), exclusive, ...(backlog !== undefined && { backlog }), ...(reusePort && { reusePort }) }
}

function placeOf(factory: WebSocketServerFactory, options: ListenOptions): net.ListenOptions {
  const wantsTcp = options.host !== undefined || options.port !== undefined
  const path = socketPathOf(options, wantsTcp) ?? (wantsTcp ? undefined : factory.socketPath)
  if (path !== undefined) {
    checkSocketPath(path)
    return { path }
  }
  const port = options.port ?? factory.port
  const host = options.host ?? factory.host
  if (port === undefined) throw new ApiMisuse('there is no port to listen on: set the option port, or give the factory a URL')
  return { port, ...(host !== undefined && { host }) }
}

/** Returns the path of a Unix socket by either of its names. Throws `ApiMisuse` for one that contradicts the other options. */
function socketPathOf({ socketPath, path }: ListenOptions, wantsTcp: boolean): string | undefined {
  if (socketPath !== undefined && path !== undefined) throw new ApiMisuse('the options socketPath and path are two names for one thing')
  if (path !== undefined && wantsTcp)
    throw new ApiMisuse(
      `the option path excludes host and port: it is another name of socketPath, the path of a Unix socket. A path of URLs is a route, as in serve({ port }, { ${JSON.stringify(path)}: handler })`,
    )
  if (socketPath !== undefined && wantsTcp) throw new ApiMisuse('the option socketPath excludes host and port')
  return socketPath ?? path
}

/** Tells whether this Node supports `reusePort`; older versions silently ignore it. */
function canReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)
}

function listening(server: net.Server, address: net.ListenOptions, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      // while the host's name is resolved there is nothing to close yet
      server.on('listening', () => server.close())
      server.close()
      settle(() => reject(signal?.reason))
    }
    const fail = (error: Error): void => settle(() => reject(error))
    const succeed = (): void => settle(resolve)
    const settle = (outcome: () => void): void => {
      offAbort?.()
      server.off('error', fail)
      server.off('listening', succeed)
      outcome()
    }
    const offAbort = signal && whenAborted(signal, abort)
    server.on('error', fail)
    server.on('listening', succeed)
    server.listen(address)
  })
}

function closeOnAbort(listener: Listener, signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  const close = (): void => {
    void listener.close()
  }
  if (signal.aborted) return close()
  void listener.closed.then(whenAborted(signal, close))
}
