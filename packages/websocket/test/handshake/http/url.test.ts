import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWsUrl, hostHeader, parseWsUrl } from '../../../src/handshake/http/url.ts'

describe('createWsUrl', () => {
  for (const [given, url] of [
    [['h'], 'ws://h:80/'],
    [['h', undefined, true], 'wss://h:443/'],
    [['h', 9000, true, 'a b', { x: '1 2' }], 'wss://h:9000/a%20b?x=1+2'],
    [['H.example', 0, false, '/ä/%?#'], 'ws://h.example:0/%C3%A4/%25%3F%23'],
    [['::1', 65535], 'ws://[::1]:65535/'],
    [['[::1]', 80], 'ws://[::1]:80/'],
    [['h', 80, false, '/', {}], 'ws://h:80/'],
    [['h', 80, false, '/', new Map([['a', ['1', '2']]])], 'ws://h:80/?a=1&a=2'],
  ] as [Parameters<typeof createWsUrl>, string][]) {
    it(`makes ${url}`, () => {
      expect(createWsUrl(...given)).toBe(url)
    })
  }

  it('makes what parseWsUrl takes apart', () => {
    const host = fc.oneof(
      fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/),
      fc.ipV6().map(v6 => v6.toLowerCase()),
    )
    const text = fc.string({ unit: 'binary' })
    const path = text.map(t => `/${t}`)
    const params = fc
      .uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1 })), { selector: ([name]) => name })
      .map(pairs => new Map(pairs))
    fc.assert(
      fc.property(host, fc.nat(65535), fc.boolean(), path, params, (hostname, port, isSecure, given, pairs) => {
        const parsed = parseWsUrl(createWsUrl(hostname, port, isSecure, given, pairs))
        expect(parsed).toMatchObject({ host: hostname, port, isSecure, path: given })
        expect(parsed.params).toEqual(pairs)
      }),
    )
  })

  for (const [why, given, message] of [
    ['an empty host', [''], '"" is not a host name'],
    ['a host with a port', ['[::1]:80'], '"[::1]:80" is not a host name'],
    ['a host that is not an IPv6 address', ['h:80'], '"h:80" is not a host name'],
    ['a host with a path', ['h/x'], '"h/x" is not a host name'],
    ['a host with a line break', ['h\r\nX'], '"h\\x0d\\x0aX" is not a host name'],
    ['a host with credentials', ['u@h'], '"u@h" is not a host name'],
    ['port 65536', ['h', 65536], 'port 65536 is not between 0 and 65535'],
    ['port -1', ['h', -1], 'port -1 is not between 0 and 65535'],
    ['port 80.5', ['h', 80.5], 'port 80.5 is not between 0 and 65535'],
    ['port NaN', ['h', Number.NaN], 'port NaN is not between 0 and 65535'],
    ['a lone surrogate in the path', ['h', 80, false, '\ud800'], 'path or params have a lone surrogate'],
    ['a lone surrogate in the parameters', ['h', 80, false, '/', { a: '\ud800' }], 'path or params have a lone surrogate'],
  ] as [string, Parameters<typeof createWsUrl>, string][]) {
    it(`refuses ${why}`, () => {
      expect(() => createWsUrl(...given)).toThrowError(misuse(message))
    })
  }
})

describe('parseWsUrl', () => {
  it('takes a URL apart', () => {
    expect(parseWsUrl('wss://Host:8443/a%20b?x=1&x=2&e=')).toEqual({
      isSecure: true,
      host: 'host',
      port: 8443,
      resource: '/a%20b?x=1&x=2&e=',
      path: '/a b',
      params: new Map([
        ['x', ['1', '2']],
        ['e', ['']],
      ]),
    })
  })

  for (const [url, parts] of [
    ['ws://h', { isSecure: false, host: 'h', port: 80, resource: '/', path: '/' }],
    ['WSS://h', { isSecure: true, host: 'h', port: 443, resource: '/', path: '/' }],
    ['ws://h:', { host: 'h', port: 80 }],
    ['ws://h:0', { host: 'h', port: 0 }],
    ['ws://h:65535/', { host: 'h', port: 65535 }],
    ['ws://h?a=b/c', { host: 'h', resource: '/?a=b/c', path: '/', params: new Map([['a', ['b/c']]]) }],
    ['ws://h/a?b?c', { resource: '/a?b?c', path: '/a', params: new Map([['b?c', ['']]]) }],
    ['ws://[::1]:9000/a', { host: '::1', port: 9000, resource: '/a' }],
    ['ws://[2001:DB8::1]', { host: '2001:db8::1', port: 80 }],
    ['ws://h/a/../b//c', { resource: '/a/../b//c', path: '/a/../b//c' }],
    ['ws://h/%ff%zz', { resource: '/%ff%zz', path: '/%ff%zz' }],
    ['ws://h/a@b:c', { host: 'h', resource: '/a@b:c' }],
    ['ws+unix:/tmp/a.sock', { isSecure: false, socketPath: '/tmp/a.sock', host: 'localhost', port: 80, resource: '/', path: '/' }],
    ['ws+unix:/tmp/a.sock:', { socketPath: '/tmp/a.sock', resource: '/' }],
    ['ws+unix:/tmp/a.sock:/b?c=d:e', { socketPath: '/tmp/a.sock', resource: '/b?c=d:e', params: new Map([['c', ['d:e']]]) }],
    ['ws+unix:/tmp/a.sock:?c', { socketPath: '/tmp/a.sock', resource: '/?c' }],
    ['ws+unix:///tmp/a%20b%3A.sock:/', { socketPath: '/tmp/a b:.sock', resource: '/' }],
    ['wss+unix:/tmp/a.sock:/b', { isSecure: true, socketPath: '/tmp/a.sock', port: 443, resource: '/b' }],
  ] as const) {
    it(`takes ${url}`, () => {
      expect(parseWsUrl(url)).toMatchObject(parts)
    })
  }

  it('has a socket path for Unix sockets only', () => {
    expect(parseWsUrl('ws://h').socketPath).toBeUndefined()
  })

  for (const [why, url, message] of [
    ['a path alone', '/a?token=secret', 'URL "/a" has no host, which only a page adds: write "ws://host/a"'],
    ['no scheme', 'localhost:9000/a?token=secret', 'URL "localhost:9000/a" has no scheme: write "ws://localhost:9000/a"'],
    ['a name alone', 'example.com', 'URL "example.com" has no scheme: write "ws://example.com"'],
    ['nothing', '', 'URL "" has no scheme: write "ws://host/"'],
    ['http', 'http://h', 'URL has the scheme "http", and not ws, wss, ws+unix or wss+unix: write ws'],
    ['https', 'https://h', 'URL has the scheme "https", and not ws, wss, ws+unix or wss+unix: write wss'],
    ['a scheme that objects inherit', 'constructor://h', 'URL has the scheme "constructor", and not ws, wss, ws+unix or wss+unix'],
    ['no slashes', 'ws:h', 'URL has no host'],
    ['no host', 'ws://', 'URL has no host'],
    ['a path without host', 'ws:///a', 'URL has no host'],
    ['a port without host', 'ws://:80/', 'URL has no host'],
    ['a query without host', 'ws://?a', 'URL has no host'],
    ['port 65536', 'ws://h:65536', 'URL has "h:65536" in place of a host with or without a port'],
    ['a port that is not a number', 'ws://h:1e3', 'URL has "h:1e3" in place of a host with or without a port'],
    ['a host with an escape', 'ws://h%2e', 'URL has "h%2e" in place of a host with or without a port'],
    ['IPv6 without brackets', 'ws://::1/', 'URL has no host'],
    ['a broken IPv6 address', 'ws://[::g]/', 'URL has "[::g]" in place of a host with or without a port'],
    ['a user', 'ws://user@h/', 'URL has credentials'],
    ['a password', 'ws://user:secret@h/', 'URL has credentials'],
    ['a fragment', 'ws://h/#a', 'URL has a fragment, which WebSocket forbids: leave out # and what is behind it'],
    ['an empty fragment', 'ws://h/#', 'URL has a fragment, which WebSocket forbids: leave out # and what is behind it'],
    ['a space', 'ws://h/a b', 'URL has a character that must be escaped'],
    ['a line break', 'ws://h/\r\nX: y', 'URL has a character that must be escaped'],
    ['a tab', 'ws://h\t/', 'URL has a character that must be escaped'],
    ['NUL', 'ws://h/\0', 'URL has a character that must be escaped'],
    ['what is not ASCII', 'ws://hä/', 'URL has a character that must be escaped'],
    ['a backslash, which browsers take for a slash', 'ws://good\\@evil/', 'URL has a character that must be escaped'],
    ['a relative socket path', 'ws+unix:tmp/a.sock', 'URL has no absolute path of a Unix socket'],
    ['a socket path with NUL', 'ws+unix:/tmp/a%00.sock', 'URL has no absolute path of a Unix socket'],
    ['no socket path', 'ws+unix:', 'URL has no absolute path of a Unix socket'],
    ['a socket with a relative resource', 'ws+unix:/tmp/a.sock:b', 'URL has the resource "b", and it must begin with a slash'],
  ] as const) {
    it(`refuses ${why}, and never shows a password`, () => {
      expect(() => parseWsUrl(url)).toThrowError(misuse(message))
      expect(message).not.toContain('secret')
    })
  }

  it('refuses options in place of the URL, and says where they stand', () => {
    expect(() => parseWsUrl({ protocols: ['chat'] } as never)).toThrowError(
      misuse('a URL must be a string, and not object: options are the second argument'),
    )
    expect(() => parseWsUrl(9000 as never)).toThrowError(misuse('a URL must be a string, and not 9000'))
  })

  it('throws nothing but ApiMisuse, whatever the text', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('ws://', 'h', ':', '/', '?', '[::1]', '%', '@', 'ws+unix:'))
    fc.assert(
      fc.property(fc.array(part), parts => {
        try {
          parseWsUrl(parts.join(''))
        } catch (error) {
          expect(error).toMatchObject({ name: 'ApiMisuse' })
        }
      }),
    )
  })
})

describe('hostHeader', () => {
  for (const [url, header] of [
    ['ws://h', 'h'],
    ['ws://h:80', 'h'],
    ['ws://h:443', 'h:443'],
    ['wss://h:443', 'h'],
    ['wss://h:80', 'h:80'],
    ['ws://[::1]', '[::1]'],
    ['ws://[::1]:9000', '[::1]:9000'],
  ] as const) {
    it(`is ${header} for ${url}`, () => {
      expect(hostHeader(parseWsUrl(url))).toBe(header)
    })
  }
})

function misuse(message: string): unknown {
  return expect.objectContaining({ name: 'ApiMisuse', message })
}
