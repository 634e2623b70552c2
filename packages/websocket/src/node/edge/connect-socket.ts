import * as net from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { Clock } from '../../bytes/clock.ts'
import { whenAborted } from '../../bytes/when-aborted.ts'
import { formatAuthority } from '../../handshake/http/authority.ts'
import { ApiMisuse, HandshakeFailed } from '../../protocol/faults/errors.ts'
import type { TransportDetails } from '../../protocol/life/transport-details.ts'
import type { ProxyOption } from '../proxies/proxy-settings.ts'
import { nodeClock } from '../runtime/node-clock.ts'
import { reasonOf } from '../sockets/reason-of.ts'
import { SocketByteStream } from '../sockets/socket-byte-stream.ts'
import { transportOf } from '../sockets/transport-of.ts'
import { checkSocketPath } from './check-socket-path.ts'
import { checkTls, withTlsOptions } from './check-tls.ts'
import type { ConnectOptions } from './connect-options.ts'

/** A server to connect to. A `WebSocketClientFactory` is one. */
export interface SocketPlace {
  readonly host: string
  readonly port: number
  /** The path of a Unix socket, in place of host and port. */
  readonly socketPath: string | undefined
  /** Whether to speak TLS. */
  readonly isSecure: boolean
  readonly options: { readonly tcpNoDelay: boolean }
}

/** A connection that no protocol is spoken on yet. */
export interface ConnectedSocket {
  readonly stream: SocketByteStream
  readonly transport: TransportDetails
}

/**
 * Makes the transport for `connectWS`, or for another protocol over the same connections: TCP, perhaps through a proxy, a Unix socket, or the
 * given stream, with TLS where the place demands it. TLS offers HTTP unless `options.tls` has other `ALPNProtocols`.
 *
 * Rejects with `HandshakeFailed`, whose `cause` is the system's error; with `ApiMisuse` for options that cannot be used; and with the
 * signal's reason. No socket or timer remains then.
 */
export async function connectSocket(place: SocketPlace, options: ConnectOptions, clock: Clock = nodeClock): Promise<ConnectedSocket> {
  const { proxy = false } = options
  return proxy === false ? connectOver(place, options, clock) : connectThrough(proxy, place, options, clock)
}

/** Connects through a proxy. The code for proxies is loaded when the first one is used. */
async function connectThrough(
  proxy: Exclude<ProxyOption, false>,
  place: SocketPlace,
  options: ConnectOptions,
  clock: Clock,
): Promise<ConnectedSocket> {
  if (options.socket !== undefined) {
    options.socket.destroy()
    throw new ApiMisuse('the options proxy and socket exclude each other: socket is used in place of any connection')
  }
  if (place.socketPath !== undefined) {
    if (proxy === 'env') return connectOver(place, options, clock)
    throw new ApiMisuse(`a Unix socket is not reached through a proxy: ${place.socketPath}`)
  }
  const { timeout = defaultTimeout, signal, localAddress } = options
  const begun = clock.now()
  const { socketThroughProxy } = await import('../proxies/socket-through-proxy.ts')
  const { host, port, isSecure } = place
  const socket = await socketThroughProxy(proxy, { host, port, isSecure }, { timeout, signal, localAddress, clock })
  if (socket === undefined) return connectOver(place, options, clock)
  const left = timeout === 0 ? 0 : Math.max(timeout - (clock.now() - begun) / 1000, leastTime)
  return connectOver(place, { ...options, socket, timeout: left }, clock)
}

async function connectOver(place: SocketPlace, options: ConnectOptions, clock: Clock): Promise<ConnectedSocket> {
  const { signal, timeout = defaultTimeout } = options
  if (signal?.aborted) {
    options.socket?.destroy()
    throw signal.reason
  }
  if (place.socketPath !== undefined && options.socket === undefined) checkSocketPath(place.socketPath)
  const socket = openOrThrow(place, options)
  return new Promise((resolve, reject) => {
    const readyEvent = eventBefore(socket, options)
    const deadline = timeout > 0 ? clock.schedule(() => fail(new Error(`no connection within ${timeout} s`)), timeout * 1000) : undefined
    const succeed = (): void => {
      settle()
      // made here, within the event, so that errors of the socket have a listener at every moment
      const stream = new SocketByteStream(socket, { noDelay: place.options.tcpNoDelay })
      resolve({ stream, transport: transportOf(socket, { peer: place.socketPath }) })
    }
    const fail = (cause: Error): void => giveUp(cannotConnect(place, cause))
    const close = (): void => fail(new Error('connection closed'))
    const abort = (): void => giveUp(signal?.reason)
    const giveUp = (reason: unknown): void => {
      settle()
      socket.on('error', ignore)
      socket.destroy()
      options.socket?.destroy()
      reject(reason)
    }
    const settle = (): void => {
      deadline?.cancel()
      offAbort?.()
      if (readyEvent !== undefined) socket.off(readyEvent, succeed)
      socket.off('error', fail)
      socket.off('close', close)
    }
    const offAbort = signal && whenAborted(signal, abort)
    socket.on('error', fail)
    socket.on('close', close)
    if (readyEvent !== undefined) socket.on(readyEvent, succeed)
    else if (socket.destroyed) close()
    else succeed()
  })
}

/** Checks TLS options. Throws `ApiMisuse` for those that cannot be used. */
function openOrThrow(place: SocketPlace, options: ConnectOptions): Duplex {
  try {
    if (!place.isSecure) return open(place, options)
    checkTls(options.tls ?? {})
    return withTlsOptions(() => open(place, options), options.tls ?? {})
  } catch (error) {
    options.socket?.destroy()
    throw error
  }
}

function open(place: SocketPlace, options: ConnectOptions): Duplex {
  if (!place.isSecure) return options.socket ?? net.connect({ ...placeOf(place, options), allowHalfOpen: true })
  const { host } = place
  return tls.connect({
    ALPNProtocols: ['http/1.1'],
    // RFC 6066 §3: no addresses in SNI, and names without their root dot. The certificate is checked against `host` all the same.
    ...(net.isIP(host) === 0 && { servername: host.endsWith('.') ? host.slice(0, -1) : host }),
    ...given(options.tls),
    ...(options.socket === undefined ? placeOf(place, options) : { socket: options.socket, host }),
  })
}

function placeOf({ host, port, socketPath }: SocketPlace, { localAddress }: ConnectOptions): net.NetConnectOpts {
  if (socketPath !== undefined) return { path: socketPath }
  return { host, port, ...(localAddress !== undefined && { localAddress }) }
}

/**
 * Returns the options that have a value: `tls.connect` throws later for some that are there and `undefined`, such as `checkServerIdentity`.
 */
function given(options: tls.ConnectionOptions = {}): tls.ConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** Returns the event to wait for; `undefined` for a given stream that is connected already. */
function eventBefore(socket: Duplex, given: ConnectOptions): 'secureConnect' | 'connect' | undefined {
  const isConnected = socket === given.socket && !(socket instanceof net.Socket && socket.connecting)
  if (isConnected) return undefined
  return socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect'
}

function cannotConnect(place: SocketPlace, cause: Error): HandshakeFailed {
  const where = place.socketPath ?? formatAuthority(place)
  return new HandshakeFailed(`cannot connect to ${where}: ${reasonOf(cause, 'ws:')}`, undefined, { cause })
}

function ignore(): void {}

/** Seconds. */
const defaultTimeout = 30

/** Seconds that TLS has at least after a proxy has taken its time: 0 would be no limit. */
const leastTime = 0.001
