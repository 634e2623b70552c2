import { afterEach, describe, expect, it, vi } from 'vitest'
import { syntaxError, urlRecord } from '../../src/whatwg/url-record.ts'

describe('urlRecord', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each([
    ['ws://example.com', 'ws://example.com/'],
    ['WSS://EXAMPLE.com:443/a?b', 'wss://example.com/a?b'],
    ['http://example.com/x', 'ws://example.com/x'],
    ['https://example.com:444/http', 'wss://example.com:444/http'],
    ['ws://example.com:80/', 'ws://example.com/'],
    ['ws://exämple.com/ö', 'ws://xn--exmple-cua.com/%C3%B6'],
  ])('reads %s', (given, href) => {
    expect(urlRecord(given).href).toBe(href)
  })

  it('reads a URL object', () => {
    expect(urlRecord(new URL('https://a/b')).href).toBe('wss://a/b')
  })

  it.each(['example.com', 'ws://foo bar.com/', 'ftp://a/', 'mailto:a@b', 'about:blank', 'ws://a/#', 'ws://a/#x', '#x', '', '/echo'])(
    'refuses: %s',
    given => {
      expect(() => urlRecord(given)).toThrow(expect.objectContaining({ name: 'SyntaxError', constructor: DOMException }))
    },
  )

  it('reads a relative URL where the runtime has a location', () => {
    vi.stubGlobal('location', { href: 'https://example.com/a/page.html' })
    expect(urlRecord('../chat').href).toBe('wss://example.com/chat')
  })
})

it('syntaxError makes a DOMException', () => {
  expect(syntaxError('why')).toMatchObject({ name: 'SyntaxError', message: 'why', code: 12 })
})
