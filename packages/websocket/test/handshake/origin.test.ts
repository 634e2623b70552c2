import { describe, expect, it } from 'vitest'
import { type Authority, parseAuthority } from '../../src/handshake/http/authority.ts'
import { isOriginAllowed } from '../../src/handshake/origin.ts'
import type { AllowedOrigins } from '../../src/protocol/options/options.ts'

describe('isOriginAllowed', () => {
  it("allows a request without origin: it is not a browser's", () => {
    expect(allowed(undefined, [])).toBe(true)
  })

  describe('with *', () => {
    for (const origin of ['https://evil.com', 'null', 'file://', 'nonsense', '']) {
      it(`allows ${JSON.stringify(origin)}`, () => {
        expect(allowed(origin, '*')).toBe(true)
        expect(allowed(origin, ['https://a.com', '*'])).toBe(true)
      })
    }
  })

  describe('without a name', () => {
    for (const origin of ['null', 'file://', 'FILE:///home']) {
      it(`leaves ${origin} to allowNullOrigin`, () => {
        expect(isOriginAllowed(origin, at('h'), false, { allowedOrigins: [/.*/], allowNullOrigin: false })).toBe(false)
        expect(isOriginAllowed(origin, at('h'), false, { allowedOrigins: [], allowNullOrigin: true })).toBe(true)
      })
    }
  })

  describe('for the same origin', () => {
    for (const [origin, host, isSecure, answer] of [
      ['http://example.com', 'example.com', false, true],
      ['http://EXAMPLE.com', 'example.COM:80', false, true],
      ['http://example.com:80', 'example.com', false, true],
      ['http://example.com:8080', 'example.com:8080', false, true],
      ['http://example.com:8080', 'example.com', false, false],
      ['http://example.com', 'example.com:8080', false, false],
      ['http://example.com', 'www.example.com', false, false],
      ['http://[::1]:8080', '[::1]:8080', false, true],
      // TLS ends at a proxy: the browser wrote no port, and meant 443.
      ['https://example.com', 'example.com', false, true],
      ['https://example.com', 'example.com:443', false, true],
      ['https://example.com', 'example.com', true, true],
      ['https://example.com', 'example.com:443', true, true],
      // an attacker between browser and server can write the http page
      ['http://example.com', 'example.com', true, false],
      ['http://example.com:443', 'example.com', true, false],
      ['chrome-extension://example.com', 'example.com', false, false],
    ] as const) {
      it(`${answer ? 'allows' : 'refuses'} ${origin} at ${host}${isSecure ? ' with TLS' : ''}`, () => {
        expect(isOriginAllowed(origin, at(host), isSecure, { allowedOrigins: ['same-origin'], allowNullOrigin: true })).toBe(answer)
      })
    }
  })

  describe('for a listed origin', () => {
    for (const [origin, entry, answer] of [
      ['https://good.com', 'https://good.com', true],
      ['HTTPS://Good.COM:443', 'https://good.com', true],
      ['https://good.com', 'https://GOOD.com:443', true],
      ['https://xn--bcher-kva.example', 'https://xn--bcher-kva.example', true],
      ['https://good.com:8443', 'https://good.com', false],
      ['http://good.com', 'https://good.com', false],
      ['https://good.com.evil.com', 'https://good.com', false],
      ['https://evilgood.com', 'https://good.com', false],
      ['https://good.com@evil.com', 'https://good.com', false],
      ['https://good.com/x', 'https://good.com', false],
      ['https://good.com ', 'https://good.com', false],
      ['https://good.com', 'good.com', false],
      ['good.com', 'good.com', false],
      ['://good.com', '://good.com', false],
      ['ht~tp://good.com', 'ht~tp://good.com', false],
      ['moz-extension://a-b-c', 'moz-extension://a-b-c', true],
    ] as const) {
      it(`${answer ? 'allows' : 'refuses'} ${origin} by ${entry}`, () => {
        expect(allowed(origin, [entry])).toBe(answer)
      })
    }
  })

  describe('for a pattern', () => {
    for (const [origin, pattern, answer] of [
      ['https://a.good.com', 'https://*.good.com', true],
      ['https://a.b.good.com', 'https://*.Good.com', true],
      ['https://good.com', 'https://*.good.com', false],
      ['https://evilgood.com', 'https://*.good.com', false],
      ['https://a.good.com.evil.com', 'https://*.good.com', false],
      ['https://a.good.com:8443', 'https://*.good.com', false],
      ['http://a.good.com', 'https://*.good.com', false],
      ['http://a.good.com', '*://*.good.com', true],
      ['https://good.com:8443', 'https://good.com:*', true],
      ['https://good.com', 'https://good.com:*', true],
      ['http://good.com', 'http*://good.com', true],
      ['https://good.com', 'http*://good.com', true],
      ['https://evil.com', 'http*good.com', false],
      ['https://anything', 'https://*', true],
      ['https://anything:8443', 'https://*', false],
      ['https://anything:8443', 'https://*:*', true],
      ['moz-extension://x', 'moz-extension://*', true],
      ['moz-extension://x', 'moz-extension://*:*', false],
      ['https://a.x.b.x.c', 'https://*.x.c', true],
      ['https://a.x.b.x.c', 'https://a*b*', true],
      ['https://a', 'https://a**', true],
    ] as const) {
      it(`${answer ? 'allows' : 'refuses'} ${origin} by ${pattern}`, () => {
        expect(allowed(origin, [pattern])).toBe(answer)
      })
    }

    it('takes no more than the product of both lengths', () => {
      expect(allowed(`https://${'a'.repeat(255)}`, [`https://${'*a'.repeat(100)}b`])).toBe(false)
    })
  })

  describe('for a regular expression', () => {
    for (const [origin, expression, answer] of [
      ['https://good.com', /https:\/\/good\.com/, true],
      ['HTTPS://Good.com:443', /https:\/\/good\.com/, true],
      ['https://good.com.evil.com', /https:\/\/good\.com/, false],
      ['https://a.good.com', /good\.com/, false],
      ['https://ab', /https:\/\/a|https:\/\/ab/, true],
      ['https://good.com', /HTTPS:\/\/GOOD\.COM/i, true],
    ] as const) {
      it(`${answer ? 'allows' : 'refuses'} ${origin} by ${expression}`, () => {
        expect(allowed(origin, [expression])).toBe(answer)
      })
    }

    it('answers the same each time, also with the flags g and y', () => {
      const expressions = [/https:\/\/a/g, /https:\/\/a/y, /https:\/\/a/m]
      for (const expression of expressions) expect([1, 2, 3].map(() => allowed('https://a', [expression]))).toEqual([true, true, true])
    })
  })
})

function allowed(origin: string | undefined, allowedOrigins: AllowedOrigins): boolean {
  return isOriginAllowed(origin, at('server.example'), false, { allowedOrigins, allowNullOrigin: false })
}

function at(host: string): Authority {
  return parseAuthority(host)!
}
