import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { type StaticFiles, staticFiles } from '../node/files/static-files.ts'
import type { Realm } from '../realm/realm.ts'
import { metricsOf } from './metrics.ts'
import { statusOf } from './status.ts'
import { statusPage } from './status-page.ts'

/** The state of the program, as its pages tell it. */
export interface PagesPorts {
  realms(): Iterable<Realm>
  /** Whether clients may join: it listens, and does not close. */
  isReady(): boolean
  /** Whether `/metrics` answers, or the page; `undefined`: to this machine alone. It is asked for each request, because the config may change. */
  isOpen(name: 'metrics' | 'page'): boolean | undefined
  /** Folders of files by URL path; the longest path that fits counts, and they go before the page at `/`. */
  readonly folders?: Readonly<Record<string, string>> | undefined
}

type Answer = readonly [status: number, type: string, body: string]

/** Makes the function that answers HTTP requests to a router which are not the beginning of a transport. */
export function httpPages(ports: PagesPorts): (request: IncomingMessage, response: ServerResponse) => void {
  const folders = foldersOf(ports.folders ?? {})
  return (request, response) => {
    if (!ownPaths.has(request.url?.split('?')[0] ?? '') && folders.some(serve => serve(request, response))) return
    const [status, type, body] = answerTo(request, ports)
    if (status === 405) response.setHeader('allow', 'GET, HEAD')
    response
      .writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...safe })
      .end(request.method === 'HEAD' ? '' : body)
  }
}

function foldersOf(folders: Readonly<Record<string, string>>): StaticFiles[] {
  const paths = Object.keys(folders).toSorted((one, other) => other.length - one.length)
  return paths.map(path => staticFiles(folders[path] as string, { path }))
}

function answerTo(request: IncomingMessage, ports: PagesPorts): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET and HEAD are answered here')
  switch (request.url?.split('?')[0]) {
    case '/health':
      return text(200, 'the router runs')
    case '/ready':
      return ports.isReady() ? text(200, 'clients may join') : text(503, 'clients cannot join now')
    case '/metrics':
      return mayBeSeen(request, ports.isOpen('metrics'))
        ? [200, 'text/plain; version=0.0.4; charset=utf-8', metricsOf(ports.realms())]
        : nothing
    case '/':
      return mayBeSeen(request, ports.isOpen('page')) ? [200, 'text/html; charset=utf-8', statusPage] : nothing
    case '/status.json':
      return mayBeSeen(request, ports.isOpen('page')) && request.headers['x-status'] === '1'
        ? [200, 'application/json; charset=utf-8', JSON.stringify(statusOf(ports.realms()))]
        : nothing
    default:
      return nothing
  }
}

/**
 * Whether a request may see what the router knows about its clients: everybody where the config says so, nobody where it says no, and else
 * those on this machine who reached it under a loopback name. That keeps out pages of other sites whose name points here, and clients of a proxy on this
 * machine that says for whom it asks.
 */
function mayBeSeen({ socket, headers }: IncomingMessage, isOpen: boolean | undefined): boolean {
  if (isOpen !== undefined) return isOpen
  const isForwarded = proxyFields.some(name => headers[name] !== undefined)
  return !isForwarded && isLoopback(socket.remoteAddress ?? '') && isLocalName(headers.host ?? '')
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '')
  // a Unix socket has no address
  return plain === '' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

function isLocalName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

function text(status: number, body: string): Answer {
  return [status, 'text/plain; charset=utf-8', `${body}\n`]
}

/** The header fields by which proxies say that they ask for others. */
const proxyFields = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const

/** Paths that a folder at `/` does not take away. */
const ownPaths: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics', '/status.json'])

const nothing: Answer = text(404, 'there is nothing here')

/** Header fields of every answer: no page of another site may show or read it. */
const safe = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; frame-ancestors 'none'",
} as const
