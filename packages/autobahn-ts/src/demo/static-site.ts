import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/**
 * Answers requests for the files of the page. Only the files listed here are served, and they are read once: a request is looked up in the
 * list and never becomes a path.
 */
export function staticSite(folder: URL = pageFolder): RequestListener {
  const pages = new Map(files.map(([path, name, type]) => [path, { type, octets: readFileSync(new URL(name, folder)) }]))
  return (request, response) => {
    const { method } = request
    if (method !== 'GET' && method !== 'HEAD')
      return answerText(request, response, 405, 'Only GET and HEAD are supported here.', { Allow: 'GET, HEAD' })
    const page = pages.get(pathOf(request))
    if (page === undefined) return answerText(request, response, 404, 'Not found. The page is at /')
    answer(request, response, 200, page.type, page.octets)
  }
}

function answerText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): void {
  answer(request, response, status, 'text/plain; charset=utf-8', Buffer.from(`${text}\n`), more)
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  octets: Uint8Array,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...safety, ...more, 'Content-Type': type, 'Content-Length': octets.length })
  response.end(request.method === 'HEAD' ? undefined : octets)
}

function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.split('?', 1)
  return path
}

/** The path is the same from `src` and from `dist`. */
const pageFolder = new URL('../../page/', import.meta.url)

const html = 'text/html; charset=utf-8'
const css = 'text/css; charset=utf-8'
const javascript = 'text/javascript; charset=utf-8'
const svg = 'image/svg+xml'
const text = 'text/plain; charset=utf-8'

const files: readonly (readonly [path: string, name: string, type: string])[] = [
  ['/', 'index.html', html],
  ['/icon.svg', 'icon.svg', svg],
  ['/style.css', 'style.css', css],
  ...['main', 'backoff', 'chat', 'close-words', 'echo', 'live-connection', 'quantities', 'round-trips', 'sparkline', 'upload'].map(
    name => [`/${name}.js`, `${name}.js`, javascript] as const,
  ),
  // shown as text: they run on Node
  ...['echo', 'chat', 'upload'].map(name => [`/programs/${name}.js`, `programs/${name}.js`, text] as const),
]

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
]

/**
 * Headers for safety. The two `Cross-Origin` ones isolate the page, which gives it a clock of 5 µs instead of 100; round trips here are
 * that short.
 */
const safety: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy.join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}
