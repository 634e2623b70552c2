import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type CookieIssuer,
  type LongPollAnswer,
  type LongPollServer,
  peerText,
  type TransportCookie,
  type TransportDetails,
} from '@autobahn-ts/wamp/protocol'
import { type Clock, checkPage, HttpException, type PageRules } from '@autobahn-ts/websocket'
import { BodyRefused, readBody } from './read-body.ts'

/** Everything that long-poll needs of HTTP. */
export interface LongPollHttpSetup {
  readonly server: LongPollServer
  /** The path below which long-poll is served, without a slash at its end. */
  readonly base: string
  /** The rules for pages, which are those of WebSocket. Asked for each request, because options may change. */
  readonly rules: () => PageRules
  readonly maxMessageSize: number
  readonly handshakeTimeout: number
  readonly clock: Clock
  readonly onError: (error: Error) => void
  /** Returns what knows clients by cookies, where the router does. */
  readonly cookies?: () => CookieIssuer | undefined
}

/** Long-poll over `node:http`: origins, bodies, and answers that did not arrive. */
export class LongPollHttp {
  readonly #setup: LongPollHttpSetup

  constructor(setup: LongPollHttpSetup) {
    this.#setup = setup
  }

  /** Takes a request. Returns false where its path is not one of long-poll; then nothing has happened. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const [path = ''] = (request.url ?? '').split('?', 1)
    const { base, onError } = this.#setup
    if (!path.startsWith(`${base}/`)) return false
    this.#answer(request, response, path.slice(base.length)).catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error(String(error)))
      response.destroy()
    })
    return true
  }

  async #answer(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const { server, rules, maxMessageSize, handshakeTimeout, clock, cookies } = this.#setup
    let transport: ReturnType<typeof checkPage>
    try {
      transport = checkPage(request, rules())
    } catch (error) {
      if (!(error instanceof HttpException)) throw error
      return refuse(response, error.status, error.reason)
    }
    allowPage(request, response)
    if (request.method === 'OPTIONS') return allowMethods(request, response)
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST, OPTIONS')
      return refuse(response, 405, 'long-poll takes POST requests only')
    }
    let body: Uint8Array
    try {
      body = await readBody(request, maxMessageSize, clock, handshakeTimeout)
    } catch (error) {
      if (!(error instanceof BodyRefused)) return
      if (error.status === 413) server.tooLarge(target)
      return refuse(response, error.status, error.message)
    }
    const meeting = target === '/open' ? cookies?.()?.meet(request.headers.cookie ?? '', transport.isSecure) : undefined
    const answer = await server.answer(target, body, detailsOf(request, transport, meeting?.cookie))
    if (answer.status === 200 && meeting?.setCookie !== undefined) response.setHeader('Set-Cookie', meeting.setCookie)
    send(response, answer)
  }
}

function send(response: ServerResponse, { status, body, isBinary, lost }: LongPollAnswer): void {
  if (response.destroyed || response.closed) {
    lost?.()
    return
  }
  response.on('close', () => {
    if (!response.writableFinished) lost?.()
  })
  response.setHeader('Cache-Control', 'no-store')
  if (status === 200) response.setHeader('Content-Type', isBinary ? 'application/octet-stream' : 'application/json; charset=utf-8')
  if (status !== 204) response.setHeader('Content-Length', body.length)
  response.writeHead(status).end(body)
}

/** Refuses a request. The connection ends, because the rest of a body may be on its way. */
function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(`${reason}\n`)
}

/** Allows a page, whose origin is allowed, to read the answer. */
function allowPage({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Vary', 'Origin')
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Credentials', 'true')
}

/** Answers the question of a browser before its first request. */
function allowMethods(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers']
  response.setHeader('Access-Control-Allow-Methods', 'POST')
  if (typeof asked === 'string') response.setHeader('Access-Control-Allow-Headers', asked)
  response.setHeader('Access-Control-Max-Age', '600')
  response.writeHead(204).end()
}

function detailsOf(request: IncomingMessage, transport: ReturnType<typeof checkPage>, cookie?: TransportCookie): TransportDetails {
  const fields = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')])
  return {
    kind: 'longpoll',
    peer: peerText(transport.peer),
    isSecure: transport.isSecure,
    headers: Object.fromEntries(fields) as Readonly<Record<string, string>>,
    certificate: transport.tls?.peerCertificateFingerprint,
    cookie,
  }
}
