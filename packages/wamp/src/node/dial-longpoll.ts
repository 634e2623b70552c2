import * as http from 'node:http'
import * as https from 'node:https'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket'
import { type HttpAnswer, type HttpPost, openLongPoll } from '../transports/longpoll-client.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { DialSettings } from './dial-options.ts'
import { transportClock } from './transport-clock.ts'

/** Opens a long-poll transport by HTTP or HTTPS. Resolves when the router has named it. */
export async function dialLongPoll(url: string, settings: DialSettings): Promise<MessageTransport> {
  const { connect, limits, spoken, websocket, onError } = settings
  for (const name of ['proxy', 'socket'] as const)
    if (connect[name] !== undefined && connect[name] !== false) throw new ApiMisuse(`the option ${name} is not for long-poll`)
  if (Object.keys(websocket).length > 0) throw new ApiMisuse('the option websocket is for WebSocket, and not for long-poll')
  const base = baseOf(url)
  const details = { kind: 'longpoll', peer: base.host, isSecure: base.protocol === 'https:', headers: {} } as const
  const clock = transportClock(connect.clock)
  return openLongPoll({ post: postTo(base, settings), spoken, details, limits, clock, onError }, connect.signal)
}

function baseOf(url: string): URL {
  let base: URL
  try {
    base = new URL(url)
  } catch {
    throw new ApiMisuse(`the URL of a router must be one, and not ${shownValue(url)}`)
  }
  if (base.username !== '' || base.password !== '') throw new ApiMisuse('a URL for long-poll has no user name: use the option headers')
  if (base.hash !== '' || base.search !== '') throw new ApiMisuse(`a URL for long-poll has no query and no fragment: ${url}`)
  return base
}

/** Makes requests below a URL, over connections that are kept for the next request. */
function postTo(base: URL, { connect, headers, limits }: DialSettings): HttpPost {
  const isSecure = base.protocol === 'https:'
  const kept = { keepAlive: true, timeout: keptFor }
  const agent = isSecure ? new https.Agent({ ...kept, ...connect.tls }) : new http.Agent(kept)
  const path = base.pathname.replace(/\/+$/, '')
  const { localAddress } = connect
  const place = {
    hostname: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port,
    agent,
    ...(localAddress !== undefined && { localAddress }),
  }
  const ending = new WeakSet<AbortSignal>()
  return (action, body, isBinary, signal) => {
    if (!ending.has(signal)) {
      ending.add(signal)
      signal.addEventListener('abort', () => agent.destroy(), { once: true })
    }
    const type = isBinary ? 'application/octet-stream' : 'application/json; charset=utf-8'
    const fields = { ...headers, 'Content-Type': type, 'Content-Length': String(body.length) }
    const options = { ...place, method: 'POST', path: `${path}${action}`, headers: fields, signal }
    return new Promise((resolve, reject) =>
      collect(isSecure ? https.request(options) : http.request(options), body, limits.maxMessageSize, resolve, reject),
    )
  }
}

/** Milliseconds that an idle connection is kept: less than servers keep it, so that no request meets one that is being closed. */
const keptFor = 3000

function collect(
  request: http.ClientRequest,
  body: Uint8Array,
  maxSize: number,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  request.on('error', reject)
  request.on('response', response => {
    const pieces: Buffer[] = []
    let size = 0
    response.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > maxSize) request.destroy(new Error(`an answer is larger than the limit of ${maxSize} octets`))
      else pieces.push(piece)
    })
    response.on('error', reject)
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: new Uint8Array(Buffer.concat(pieces)) }))
  })
  request.end(body)
}
