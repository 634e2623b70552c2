import { joined, type Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { formatHead } from './http/head-writer.ts'
import { statusText } from './http/status-text.ts'

/**
 * Returns a response that tells the user of a browser what this endpoint is.
 *
 * The page is static: of the request only the resource has an effect on it, and is shown escaped. It has no scripts, loads nothing and does
 * not redirect (AutobahnPython's `redirect` parameter sends a visitor to any address that a link contains).
 */
export function statusPage(serverHeader: string, resource: string, text: Text): Octets {
  const body = text.encode(page(escapeHtml(serverHeader || 'WebSocket server'), escapeHtml(resource)))
  const head = formatHead(`HTTP/1.1 200 ${statusText(200)}`, [
    ['Server', serverHeader || undefined],
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Content-Length', String(body.length)],
    [
      'Content-Security-Policy',
      `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    ],
    ['X-Content-Type-Options', 'nosniff'],
    ['Cache-Control', 'no-store'],
    ['Connection', 'close'],
  ])
  return joined([head, body])
}

function page(server: string, resource: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WebSocket endpoint</title>
<style>${style}</style>
<main>
<h1>WebSocket endpoint</h1>
<p>This address speaks WebSocket (RFC 6455). A browser's page opens it with <code>new WebSocket(…)</code>; there is nothing to see here.</p>
<dl><dt>Resource</dt><dd><code>${resource}</code></dd><dt>Server</dt><dd>${server}</dd></dl>
</main>
</html>
`
}

function escapeHtml(text: string): string {
  return [...text].map(c => entities.get(c) ?? c).join('')
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

const style = `
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 34rem; padding: 2rem }
h1 { font-size: 1.4rem; font-weight: 600; margin: 0 0 .5rem }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1.5rem 0 0; opacity: .75 }
dd { margin: 0; overflow-wrap: anywhere }
code { font-family: ui-monospace, monospace }
`

/** The SHA-256 of `style`; after a change its test prints the new one. */
const styleHash = 'sha256-QNf11md6o71A8LFvQ0uMWhUa2N4X8EYbW87RI3GDQ/c='
