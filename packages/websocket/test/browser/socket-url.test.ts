import { afterEach, describe, expect, it, vi } from 'vitest'
import { plainUrl, socketUrl } from '../../src/browser/socket-url.ts'

afterEach(() => vi.unstubAllGlobals())

describe('socketUrl', () => {
  it('takes WebSocket and HTTP URLs', () => {
    expect(socketUrl('ws://test:9000/a?b=c')).toBe('ws://test:9000/a?b=c')
    expect(socketUrl('https://test/a')).toBe('wss://test/a')
  })

  it('is relative to the page', () => {
    vi.stubGlobal('location', { href: 'https://test:8443/shop/index.html' })
    expect(['/wamp', 'wamp', '?x'].map(socketUrl)).toEqual([
      'wss://test:8443/wamp',
      'wss://test:8443/shop/wamp',
      'wss://test:8443/shop/index.html?x',
    ])
  })

  it('is relative to the base of a page that has one, as every other URL of the page', () => {
    vi.stubGlobal('location', { href: 'https://test:8443/shop/index.html' })
    vi.stubGlobal('document', { baseURI: 'https://test:8443/app/' })
    expect(['/wamp', 'wamp'].map(socketUrl)).toEqual(['wss://test:8443/wamp', 'wss://test:8443/app/wamp'])
  })

  it('names what is wrong in a URL, on a page too', () => {
    vi.stubGlobal('location', { href: 'https://test:8443/shop/index.html' })
    for (const value of [5, null, undefined, {}]) expect(() => socketUrl(value as never)).toThrow(/ is not a URL$/)
    vi.unstubAllGlobals()
    expect(() => socketUrl('/wamp')).toThrow('/wamp is not a URL')
    expect(() => socketUrl('ftp://test/')).toThrow('the URL ftp://test/ must begin with ws:, wss:, http: or https:')
    expect(() => socketUrl('ws://test/#a')).toThrow('the URL ws://test/#a has a fragment, which WebSocket forbids')
  })
})

it('plainUrl is the same, and undefined for a URL that cannot be used', () => {
  expect(['http://test/a', 'ws://test#a', 'ftp://test', '//', 5 as never].map(plainUrl)).toEqual([
    'ws://test/a',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
