import { describe, expect, it } from 'vitest'
import { refusedPage } from '../../src/fuzzing/page-rule.ts'

const isAllowed = (host: string, origin: string | undefined, allowed: readonly string[] = [], at = '127.0.0.1'): boolean => {
  const fields: [string, string][] = [['host', host], ...(origin === undefined ? [] : [['origin', origin] as [string, string]])]
  return refusedPage({ text: '', startLine: '', fields }, at, allowed) === undefined
}

describe('refusedPage', () => {
  it('allows clients that are not browsers', () => {
    expect(isAllowed('evil.example', undefined)).toBe(true)
  })

  it('allows pages of the same origin under a name of this machine', () => {
    for (const host of ['127.0.0.1:9001', 'localhost:9001', 'app.localhost', '[::1]:9001', 'LOCALHOST:9001']) {
      expect(isAllowed(host, `http://${host}`), host).toBe(true)
    }
  })

  it('refuses pages of other origins, and names the flag that allows them', () => {
    for (const origin of [
      'http://evil.example',
      'http://localhost:8080',
      'https://localhost.evil.example',
      'null',
      'file://',
      'nonsense',
      '',
    ]) {
      expect(isAllowed('localhost:9001', origin), origin).toBe(false)
    }
    const head = { text: '', startLine: '', fields: [['origin', 'http://evil.example'] as const] }
    expect(refusedPage(head, '127.0.0.1', [])).toContain('--allow-origin')
  })

  it('refuses a page of another host name that resolves to this machine', () => {
    for (const at of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(isAllowed('evil.example', 'http://evil.example', [], at), at).toBe(false)
  })

  it('compares only origins at other addresses', () => {
    expect(isAllowed('app.example', 'http://app.example', [], '10.0.0.1')).toBe(true)
    expect(isAllowed('app.example', 'http://evil.example', [], '10.0.0.1')).toBe(false)
  })

  it('allows the listed origins in any spelling, and all by *', () => {
    expect(isAllowed('localhost', 'https://app.example', ['https://APP.example:443'])).toBe(true)
    expect(isAllowed('localhost', 'https://other.example', ['https://app.example'])).toBe(false)
    expect(isAllowed('evil.example', 'null', ['*'])).toBe(true)
  })
})
