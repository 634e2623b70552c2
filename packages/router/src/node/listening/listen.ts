import * as net from 'node:net'
import * as tls from 'node:tls'
import { ApiMisuse } from '@autobahn-ts/websocket'
import { Connections } from './connections.ts'
import { type Acceptor, checkListenOptions, frontSettings, type ListenOptions } from './listen-options.ts'
import { RouterListener } from './router-listener.ts'
import { withTlsOptions } from './with-tls-options.ts'

/**
 * Listens for the clients of a router: RawSocket, WebSocket and long-poll on one port, with TLS where the option says so. A router may have
 * any number of listeners.
 *
 * Rejects with the system's error where the address cannot be listened on, with `ApiMisuse` for options that cannot be used, and with the
 * reason of the signal.
 */
export async function listen(router: Acceptor, options: ListenOptions = {}): Promise<RouterListener> {
  if (typeof router?.accept !== 'function') throw new ApiMisuse('listen needs a router, which has the method accept')
  checkListenOptions(options)
  const { signal, host = '127.0.0.1', port = 8080, socketPath, backlog, tls: secure, rawSocket = true } = options
  signal?.throwIfAborted()
  const settings = frontSettings(options)
  const connections = new Connections(router, settings, options)
  const server = secure === undefined ? plainServer(connections) : secureServer(connections, secure, settings.limits.handshakeTimeout)
  const place = socketPath === undefined ? { host, port } : { path: socketPath }
  await listening(server, { ...place, ...(backlog !== undefined && { backlog }) })
  server.on('error', settings.onError)
  const { longPoll } = settings
  const path = typeof settings.path === 'string' ? settings.path : undefined
  const served = { isSecure: secure !== undefined, hasRawSocket: rawSocket, longPoll, path, host }
  const listener = new RouterListener(server, connections, served)
  if (signal?.aborted) {
    await listener.close({ timeout: 0 })
    throw signal.reason
  }
  if (signal !== undefined) closeOnAbort(listener, signal)
  return listener
}

function closeOnAbort(listener: RouterListener, signal: AbortSignal): void {
  const close = (): void => void listener.close()
  signal.addEventListener('abort', close, { once: true })
  void listener.closed.then(() => signal.removeEventListener('abort', close))
}

function plainServer(connections: Connections): net.Server {
  return net.createServer({ allowHalfOpen: true }, socket => {
    if (connections.add(socket)) connections.accept(socket)
  })
}

/** Makes a server for TLS. A client that fails in the TLS handshake is not an error of this server, so it is not reported. */
function secureServer(connections: Connections, given: tls.TlsOptions, handshakeTimeout: number): tls.Server {
  const timeout = handshakeTimeout === 0 ? longestDelay : handshakeTimeout * 1000
  const server = withTlsOptions(() => tls.createServer({ handshakeTimeout: timeout, ...given, allowHalfOpen: false }), given)
  server.on('connection', (socket: net.Socket) => void connections.add(socket))
  server.on('secureConnection', socket => connections.accept(socket))
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return server
}

function listening(server: net.Server, place: net.ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** The longest time of a timer, which has 32 bits, in milliseconds. */
const longestDelay = 0x7fff_ffff
