import { ApiMisuse, shownValue } from '@autobahn-ts/websocket'
import type { MessageTransport } from '../transports/message-transport.ts'
import { dialLongPoll } from './dial-longpoll.ts'
import { type DialOptions, type DialSettings, dialSettings } from './dial-options.ts'
import { dialRawSocket } from './dial-rawsocket.ts'
import { dialWebSocket } from './dial-websocket.ts'

/**
 * Connects to a router, by the scheme of the URL, and resolves with the transport of a session.
 *
 * - `ws://host`, `wss://host`, `ws+unix:/path`, `wss+unix:/path`: WebSocket.
 * - `rs://host:port`, `rss://host:port` (with TLS), `unix:/path`: RawSocket.
 * - `http://host/path`, `https://host/path`: long-poll below that path, for networks that let nothing else pass.
 *
 * Rejects with `HandshakeFailed` where the router cannot be reached or refuses, with `ApiMisuse` for a URL or options that cannot be used, and
 * with the reason of the signal. No socket and no timer remains then.
 */
export async function dialTransport(url: string, options: DialOptions): Promise<MessageTransport> {
  const settings = dialSettings(options)
  return dialers(url)(url, settings)
}

type Dialer = (url: string, settings: DialSettings) => Promise<MessageTransport>

function dialers(url: string): Dialer {
  const scheme = typeof url === 'string' ? url.slice(0, Math.max(url.indexOf(':'), 0)).toLowerCase() : ''
  const dialer = Object.hasOwn(bySchemes, scheme) ? bySchemes[scheme] : undefined
  if (dialer !== undefined) return dialer
  throw new ApiMisuse(`a router's URL begins with one of ${Object.keys(bySchemes).join(', ')}, and not ${shownValue(url)}`)
}

const bySchemes: Readonly<Record<string, Dialer>> = {
  ws: dialWebSocket,
  wss: dialWebSocket,
  'ws+unix': dialWebSocket,
  'wss+unix': dialWebSocket,
  rs: dialRawSocket,
  rss: dialRawSocket,
  unix: dialRawSocket,
  http: dialLongPoll,
  https: dialLongPoll,
}
