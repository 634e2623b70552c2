import { browserClock } from '@autobahn-ts/websocket/browser'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import { type HttpPost, openLongPoll } from '../transports/longpoll-client.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import { responseBody } from '../transports/response-body.ts'
import type { DialSettings } from './dial-transport.ts'

/** Opens a long-poll transport by `fetch`, with the cookies that the page has for the router. Redirects are refused. */
export async function dialLongPoll(url: string, { connect, limits, spoken, onError }: DialSettings): Promise<MessageTransport> {
  const base = baseOf(url)
  const details = { kind: 'longpoll', peer: base.host, isSecure: base.protocol === 'https:', headers: {} } as const
  const post = postTo(`${base.origin}${base.pathname.replace(/\/+$/, '')}`, limits.maxMessageSize)
  return openLongPoll({ post, spoken, details, limits, clock: browserClock, onError }, connect.signal)
}

function baseOf(url: string): URL {
  let base: URL
  try {
    base = new URL(url)
  } catch {
    throw new ApiMisuse(`the URL of a router must be one, and not ${shownValue(url)}`)
  }
  if (base.username !== '' || base.password !== '') throw new ApiMisuse('a URL for long-poll has no user name and no password')
  if (base.hash !== '' || base.search !== '') throw new ApiMisuse(`a URL for long-poll has no query and no fragment: ${url}`)
  return base
}

function postTo(base: string, maxSize: number): HttpPost {
  return async (path, body, isBinary, signal) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': isBinary ? 'application/octet-stream' : 'application/json; charset=utf-8' },
      body,
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      signal,
    })
    return { status: response.status, body: await responseBody(response.body, maxSize) }
  }
}
