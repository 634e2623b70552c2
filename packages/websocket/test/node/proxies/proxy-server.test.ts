import { describe, expect, it } from 'vitest'
import { proxyOf } from '../../../src/node/proxies/proxy-server.ts'

describe('proxyOf', () => {
  for (const [url, proxy] of [
    ['http://proxy.example:3128', { protocol: 'http', host: 'proxy.example', port: 3128, name: 'http://proxy.example:3128' }],
    ['http://PROXY.example/', { protocol: 'http', host: 'proxy.example', port: 80, name: 'http://proxy.example:80' }],
    ['https://proxy.example', { protocol: 'https', host: 'proxy.example', port: 443 }],
    ['https://[::1]:8443', { protocol: 'https', host: '::1', port: 8443, name: 'https://[::1]:8443' }],
    ['socks5://proxy.example', { protocol: 'socks5', host: 'proxy.example', port: 1080 }],
    ['socks5h://127.0.0.1:9050', { protocol: 'socks5', host: '127.0.0.1', port: 9050, name: 'socks5://127.0.0.1:9050' }],
  ] as const) {
    it(`reads ${url}, as a string and as a URL`, () => {
      expect(proxyOf({ url })).toMatchObject({ ...proxy, credentials: undefined })
      expect(proxyOf({ url: new URL(url) })).toEqual(proxyOf({ url }))
    })
  }

  it('decodes credentials, and keeps them out of its name', () => {
    const proxy = proxyOf({ url: 'http://al%69ce:p%40ss%3Aw%C3%B6rd@proxy.example:1' })
    expect(proxy).toMatchObject({ credentials: { username: 'alice', password: 'p@ss:w\u00f6rd' }, name: 'http://proxy.example:1' })
    expect(proxyOf({ url: 'http://token@proxy.example' }).credentials).toEqual({ username: 'token', password: '' })
  })

  for (const [url, message] of [
    ['proxy.example:s3cret', 'the option proxy has the scheme proxy.example:, and not http:, https:, socks5: or socks5h:'],
    ['s3cret', 'the option proxy is not a URL: write it with its scheme, as in http://proxy.example:3128'],
    ['ftp://s3cret@proxy', 'the option proxy has the scheme ftp:, and not http:, https:, socks5: or socks5h:'],
    ['socks4://s3cret@proxy', 'the option proxy has the scheme socks4:, and not http:, https:, socks5: or socks5h:'],
    ['http://:s3cret@', 'the option proxy is not a URL: write it with its scheme, as in http://proxy.example:3128'],
    ['socks5://s3cret@pro%0d%0axy', 'the option proxy has no host, or one that is not a host name'],
    ['http://s3cret@proxy/path', 'the option proxy has a path, a query or a fragment: a proxy is named by its host and port alone'],
    ['http://s3cret@proxy/?a', 'the option proxy has a path, a query or a fragment: a proxy is named by its host and port alone'],
    ['http://s3cret%ff@proxy', 'the option proxy has a user name or a password that is not percent-encoded'],
  ] as const) {
    it(`refuses, and does not show, ${url}`, () => {
      expect(() => proxyOf({ url })).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
      expect(message).not.toContain('s3cret')
    })
  }

  it('refuses headers for a proxy that has none, and names another place where it is asked to', () => {
    expect(() => proxyOf({ url: 'socks5://proxy', headers: { A: 'b' } })).toThrow(
      'the option proxy has headers, and socks5://proxy:1080 is not an HTTP proxy',
    )
    expect(() => proxyOf({ url: 'x' }, 'the environment variable all_proxy')).toThrow('the environment variable all_proxy is not a URL')
  })
})
