import { describe, expect, it } from 'vitest'
import { checkedValue, HeaderFields, lastingHeaders } from '../../../src/handshake/http/header-fields.ts'
import type { HeadersInput } from '../../../src/handshake/http/http-exception.ts'

describe('HeaderFields', () => {
  it('finds a name in any case', () => {
    const fields = HeaderFields.from({ 'X-One': '1' })
    expect(fields.get('x-ONE')).toBe('1')
    expect(fields.has('X-one')).toBe(true)
    expect(fields.all('X-one')).toEqual(['1'])
  })

  it('takes no other characters for letters in another case', () => {
    const fields = new HeaderFields()
    for (const name of ['X^', 'X~', 'X\x40']) fields.append(name, name)
    expect(['x^', 'x~', 'x@', 'x\x60', 'x\x1e'].map(name => fields.get(name))).toEqual(['X^', 'X~', 'X@', undefined, undefined])
  })

  it('knows nothing of a header that is not there, nor of what objects inherit', () => {
    for (const name of ['x', 'constructor', '__proto__', 'toString']) {
      expect(new HeaderFields().get(name)).toBeUndefined()
      expect(new HeaderFields().all(name)).toEqual([])
      expect(new HeaderFields().has(name)).toBe(false)
    }
  })

  it('keeps repeated headers apart and joins them on demand', () => {
    const fields = new HeaderFields()
    fields.append('A', '1')
    fields.append('b', '2')
    fields.append('a', '3')
    expect(fields.get('a')).toBe('1, 3')
    expect(fields.all('A')).toEqual(['1', '3'])
    expect(fields.size).toBe(3)
    expect([...fields]).toEqual([
      ['A', '1'],
      ['b', '2'],
      ['a', '3'],
    ])
  })

  it('stores names that objects inherit like any other', () => {
    const fields = new HeaderFields()
    fields.append('__proto__', 'x')
    expect([...fields]).toEqual([['__proto__', 'x']])
    expect(fields.get('__PROTO__')).toBe('x')
  })
})

describe('HeaderFields.from', () => {
  for (const [what, input] of [
    ['an object', { a: '1', b: ['2', '3'] }],
    [
      'pairs',
      [
        ['a', '1'],
        ['b', ['2', '3']],
      ],
    ],
    [
      'a Map',
      new Map<string, string | string[]>([
        ['a', '1'],
        ['b', ['2', '3']],
      ]),
    ],
    ['other header fields', HeaderFields.from({ a: '1', b: ['2', '3'] })],
  ] as [string, HeadersInput][]) {
    it(`takes ${what}`, () => {
      expect([...HeaderFields.from(input)]).toEqual([
        ['a', '1'],
        ['b', '2'],
        ['b', '3'],
      ])
    })
  }

  it("takes the platform's Headers", () => {
    expect([...HeaderFields.from(new Headers({ 'X-A': '1' }))]).toEqual([['x-a', '1']])
  })

  it('takes values with tabs and Latin-1', () => {
    expect(HeaderFields.from({ a: '\xe4\tb' }).get('a')).toBe('\xe4\tb')
  })

  for (const name of ['', 'a b', 'a:', 'a\r\nb', 'ä']) {
    it(`refuses the name ${JSON.stringify(name)}`, () => {
      expect(() => HeaderFields.from([[name, 'x']])).toThrowError(
        expect.objectContaining({ name: 'ApiMisuse', message: expect.stringMatching(/^header name "[ -~]*" is not a token$/) }),
      )
    })
  }

  for (const value of ['a\r\nSet-Cookie: x', 'a\n', '\0', '\u0100', '\x1b']) {
    it(`refuses the value ${JSON.stringify(value)} and does not repeat it`, () => {
      expect(() => HeaderFields.from({ 'X-A': value })).toThrowError(misuse('header "X-A" has a character that HTTP cannot carry'))
    })
  }

  it('refuses anything but a string', () => {
    expect(() => HeaderFields.from({ a: 5 as never })).toThrowError(misuse('header "a" must be a string, and not number'))
    expect(() => HeaderFields.from([[5 as never, 'x']])).toThrowError(misuse('header name "5" is not a token'))
    expect(() => checkedValue('a', undefined as never)).toThrowError(misuse('header "a" must be a string, and not undefined'))
  })
})

describe('lastingHeaders', () => {
  it('can be read for each connection, also where the pairs came from an iterator', () => {
    const pairs = new Map([['a', '1']])
    for (const given of [pairs, pairs.entries(), [...pairs], { a: '1' }, { next: 'x', a: '1' }]) {
      const headers = lastingHeaders(given as HeadersInput)
      for (let i = 0; i < 2; i++) expect(HeaderFields.from(headers).get('a')).toBe('1')
    }
  })
})

function misuse(message: string): unknown {
  return expect.objectContaining({ name: 'ApiMisuse', message })
}
