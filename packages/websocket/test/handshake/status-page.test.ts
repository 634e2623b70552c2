import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'
import { parseResponseHead } from '../../src/handshake/http/http1-head.ts'
import { statusPage } from '../../src/handshake/status-page.ts'

describe('statusPage', () => {
  it('is a whole response', () => {
    const { head, body } = split(statusPage('S/1', '/chat', webText))
    expect(head.status).toBe(200)
    expect(head.headers.get('server')).toBe('S/1')
    expect(head.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(head.headers.get('content-length')).toBe(String(body.length))
    expect(head.headers.get('connection')).toBe('close')
    expect(body.toString()).toContain('<code>/chat</code>')
    expect(body.toString()).toContain('S/1')
  })

  it('allows nothing but its own style', () => {
    const { head, body } = split(statusPage('S', '/', webText))
    const style = /<style>([\s\S]*)<\/style>/.exec(body.toString())![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    expect(head.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  })

  it('escapes what a request and an option can say', () => {
    const html = split(statusPage('<b>&', "/\"><script>alert('1')</script>", webText)).body.toString()
    expect(html).toContain('<code>/&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;</code>')
    expect(html).toContain('&lt;b&gt;&amp;')
    expect(html).not.toContain('<script')
  })

  it('redirects nobody', () => {
    const { head, body } = split(statusPage('S', '/?redirect=https://evil.com&after=1', webText))
    expect(head.headers.has('location')).toBe(false)
    expect(head.headers.has('refresh')).toBe(false)
    expect(body.toString()).not.toMatch(/http-equiv|href/)
  })

  it('has no Server header where there is no name', () => {
    const { head, body } = split(statusPage('', '/', webText))
    expect(head.headers.has('server')).toBe(false)
    expect(body.toString()).toContain('WebSocket server')
  })

  it('refuses line breaks in the name', () => {
    expect(() => statusPage('a\r\nb', '/', webText)).toThrowError(expect.objectContaining({ name: 'ApiMisuse' }))
  })
})

function split(octets: Uint8Array): { head: ReturnType<typeof parseResponseHead>; body: Buffer } {
  const whole = Buffer.from(octets)
  const end = whole.indexOf('\r\n\r\n') + 4
  return { head: parseResponseHead(whole.toString('latin1', 0, end)), body: whole.subarray(end) }
}
