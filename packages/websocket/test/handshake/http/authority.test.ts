import { describe, expect, it } from 'vitest'
import { formatAuthority, parseAuthority } from '../../../src/handshake/http/authority.ts'

describe('parseAuthority', () => {
  for (const [text, host, port] of [
    ['Example.COM', 'example.com', undefined],
    ['example.com:', 'example.com', undefined],
    ['example.com:0', 'example.com', 0],
    ['example.com:65535', 'example.com', 65535],
    ['a_b-c.d:080', 'a_b-c.d', 80],
    ['127.0.0.1:9000', '127.0.0.1', 9000],
    ['[::1]', '::1', undefined],
    ['[::1]:', '::1', undefined],
    ['[2001:DB8::1]:443', '2001:db8::1', 443],
  ] as const) {
    it(`takes ${text}`, () => {
      expect(parseAuthority(text)).toEqual({ host, port })
    })
  }

  const refused = [
    '',
    ':80',
    'a:65536',
    'a:100000',
    'a:-1',
    'a:+1',
    'a:1e1',
    'a:0x50',
    'a: 80',
    'a b',
    'a/b',
    'u:p@a',
    'u@a',
    'a%2fb',
    'a,b',
    'ä',
    '::1',
    '[::1',
    '[::1]80',
    '[::1]x',
    '[]',
    '[a]',
    '[1.2.3.4]',
    '[::1]:65536',
    'a:80:80',
    '*',
    'a\0',
  ]
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseAuthority(text)).toBeUndefined()
    })
  }

  it('refuses hosts longer than DNS has them', () => {
    expect(parseAuthority('a'.repeat(255))).toBeDefined()
    expect(parseAuthority('a'.repeat(256))).toBeUndefined()
  })
})

describe('formatAuthority', () => {
  it('puts IPv6 in brackets', () => {
    expect(formatAuthority({ host: '::1', port: 80 })).toBe('[::1]:80')
    expect(formatAuthority({ host: '::1', port: undefined })).toBe('[::1]')
    expect(formatAuthority({ host: 'a', port: 0 })).toBe('a:0')
  })
})
