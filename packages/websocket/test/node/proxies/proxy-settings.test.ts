import { describe, expect, it } from 'vitest'
import { isProxyOption, proxySettings } from '../../../src/node/proxies/proxy-settings.ts'

describe('proxySettings', () => {
  it('are the URL, or the object', () => {
    const url = new URL('http://proxy')
    expect([proxySettings('http://proxy'), proxySettings(url)]).toEqual([{ url: 'http://proxy' }, { url }])
    const settings = { url, tls: {}, headers: { A: 'b' } }
    expect(proxySettings(settings)).toBe(settings)
  })

  it('refuse what does not exist, and never show a URL', () => {
    for (const [settings, message] of [
      [{}, 'the option proxy has no url'],
      [{ uri: 'http://a:s3cret@proxy' }, 'there is no option uri of proxy; did you mean url?'],
      [{ url: 'http://a:s3cret@proxy', tls: 5 }, 'option tls must be an object of TLS options, and not 5'],
    ] as const)
      expect(() => proxySettings(settings as never)).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
  })
})

describe('isProxyOption', () => {
  it('tells options from other values', () => {
    for (const value of ['env', 'http://proxy', new URL('http://proxy'), false, { url: 'http://proxy' }])
      expect(isProxyOption(value)).toBe(true)
    for (const value of [true, 5, null, [], () => 1]) expect(isProxyOption(value)).toBe(false)
  })
})
