import { browserClock } from '@autobahn-ts/websocket/browser'
import { type HttpPost, openLongPoll } from '../transports/longpoll-client.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { DialSettings } from './dial-transport.ts'

/** Opens a long-poll transport by `fetch`, with the cookies that the page has for the router. */
export function dialLongPoll(url: string, { connect, limits, spoken, onError }: DialSettings): Promise<MessageTransport> {
  const details = {
    kind: 'longpoll',
    peer: /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '',
    isSecure: /^https:/i.test(url),
    headers: {},
  } as const
  const post = postTo(url.replace(/\/+$/, ''), limits.maxMessageSize)
  return openLongPoll({ post, spoken, details, limits, clock: browserClock, onError }, connect.signal)
}

function postTo(base: string, maxSize: number): HttpPost {
  return async (path, body, isBinary, signal) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': isBinary ? 'application/octet-stream' : 'application/json; charset=utf-8' },
      body,
      credentials: 'include',
      cache: 'no-store',
      signal,
    })
    const octets = new Uint8Array(await response.arrayBuffer())
    if (octets.length > maxSize) throw new Error(`an answer of ${octets.length} octets is larger than the limit of ${maxSize}`)
    return { status: response.status, body: octets }
  }
}
