import { ApiMisuse, connectSocket, parseWsUrl, type SocketPlace } from '@autobahn-ts/websocket'
import type { MessageTransport } from '../transports/message-transport.ts'
import { connectRawSocket } from '../transports/rawsocket-opening.ts'
import type { DialSettings } from './dial-options.ts'
import { transportClock } from './transport-clock.ts'

/** Connects to a router by RawSocket, over TCP, TLS or a Unix socket. Resolves when the router has answered the handshake. */
export async function dialRawSocket(url: string, settings: DialSettings): Promise<MessageTransport> {
  const { connect, limits, spoken, headers, websocket, onError } = settings
  if (Object.keys(headers).length > 0) throw new ApiMisuse('the option headers is for HTTP requests, and RawSocket has none')
  if (Object.keys(websocket).length > 0) throw new ApiMisuse('the option websocket is for WebSocket, and not for RawSocket')
  const place = placeOf(url)
  const clock = transportClock(connect.clock)
  const tls = { ALPNProtocols: [], ...connect.tls }
  const { stream, transport: socket } = await connectSocket(place, place.isSecure ? { ...connect, tls } : connect, clock)
  return connectRawSocket({ stream, socket, clock, limits, onError }, spoken.serializers[0]!, connect.signal)
}

/** Reads `rs://host:port`, `rss://host:port` or `unix:/path`. Throws `ApiMisuse` for anything else. */
export function placeOf(url: string): SocketPlace {
  const [scheme = '', rest = ''] = splitAt(url, url.indexOf(':'))
  const isUnix = scheme.toLowerCase() === 'unix'
  const isSecure = scheme.toLowerCase() === 'rss'
  const { host, port, socketPath, resource } = parseWsUrl(`${isUnix ? 'ws+unix' : isSecure ? 'wss' : 'ws'}${rest}`)
  if (resource !== '/' && resource !== '') throw new ApiMisuse(`a RawSocket URL has no path: ${url}`)
  if (!isUnix && !/:\d+\/?$/.test(rest)) throw new ApiMisuse(`a RawSocket URL needs a port: ${url}`)
  return { host, port, socketPath, isSecure, options: { tcpNoDelay: true } }
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at)]
}
