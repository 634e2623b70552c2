import * as net from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { Clock } from '../../bytes/clock.ts'
import { whenAborted } from '../../bytes/when-aborted.ts'
import { formatAuthority } from '../../handshake/http/authority.ts'
import { asError } from '../../protocol/faults/as-error.ts'
import { ApiMisuse, HandshakeFailed } from '../../protocol/faults/errors.ts'
import { reasonOf } from '../sockets/reason-of.ts'
import { httpConnect } from './http-connect.ts'
import { proxyFromEnv, type Target } from './proxy-from-env.ts'
import { ProxyRefused } from './proxy-refused.ts'
import { type ProxyServer, proxyOf } from './proxy-server.ts'
import { type ProxyOption, proxySettings } from './proxy-settings.ts'
import { socks5Connect } from './socks5.ts'

/** The bounds of connecting to a proxy. */
export interface Attempt {
  /** The number of seconds for TCP, TLS and the proxy's answer; 0 for no limit. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
  readonly localAddress?: string | undefined
  readonly clock: Clock
}

/**
 * Returns a socket that leads to the server through a proxy; `undefined` where the environment names none for it.
 *
 * Rejects with `ApiMisuse` for an option that does not name a proxy, with `HandshakeFailed` where the proxy cannot be reached or does not
 * lead to the server, and with the signal's reason. No error has the proxy's password.
 */
export async function socketThroughProxy(
  option: Exclude<ProxyOption, false>,
  target: Target,
  attempt: Attempt,
): Promise<Duplex | undefined> {
  const proxy = option === 'env' ? proxyFromEnv(target) : proxyOf(proxySettings(option))
  return proxy === undefined ? undefined : tunnel(proxy, target, attempt)
}

async function tunnel(proxy: ProxyServer, target: Target, { timeout, signal, localAddress, clock }: Attempt): Promise<Duplex> {
  signal?.throwIfAborted()
  const socket = open(proxy, localAddress)
  // errors between two readers must not end the process; each reader has a listener of its own
  socket.on('error', ignore)
  let giveUp: (reason: unknown) => void = ignore
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  const deadline = timeout > 0 ? clock.schedule(() => giveUp(new Error(`no connection within ${timeout} s`)), timeout * 1000) : undefined
  const offAbort = signal && whenAborted(signal, () => giveUp(signal.reason))
  try {
    await Promise.race([established(socket, proxy, target), givenUp])
    return socket
  } catch (error) {
    socket.destroy()
    if (error instanceof ApiMisuse || (signal?.aborted && error === signal.reason)) throw error
    throw cannotConnect(proxy, target, error)
  } finally {
    deadline?.cancel()
    offAbort?.()
  }
}

function open({ protocol, host, port, tls: options }: ProxyServer, localAddress: string | undefined): Duplex {
  const place = { host, port, ...(localAddress !== undefined && { localAddress }) }
  if (protocol !== 'https') return net.connect({ ...place, allowHalfOpen: true })
  try {
    return tls.connect({ ALPNProtocols: ['http/1.1'], ...(net.isIP(host) === 0 && { servername: host }), ...options, ...place })
  } catch (cause) {
    throw new ApiMisuse(`the option tls of the proxy cannot be used: ${asError(cause).message}`, { cause })
  }
}

async function established(socket: Duplex, proxy: ProxyServer, target: Target): Promise<void> {
  await connected(socket, proxy.protocol === 'https' ? 'secureConnect' : 'connect')
  if (proxy.protocol === 'socks5') await socks5Connect(socket, target, proxy.credentials)
  else await httpConnect(socket, target, proxy)
}

function connected(socket: Duplex, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('it ended the connection')))
  })
}

/** A proxy's answer is told by its status and headers, as a server's is; everything else by the cause. */
function cannotConnect({ name }: ProxyServer, target: Target, cause: unknown): HandshakeFailed {
  const what = `cannot connect to ${formatAuthority(target)} through the proxy ${name}: ${reasonOf(cause, 'http:')}`
  const { status, headers } = cause instanceof ProxyRefused ? cause : { status: undefined, headers: undefined }
  return new HandshakeFailed(what, status, { cause, headers })
}

function ignore(): void {}
