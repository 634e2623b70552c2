import { inspect } from 'node:util'
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
    expect(() => HeaderFields.from(['a: b'] as never)).toThrowError(
      misuse("headers must be an object or pairs, such as { 'X-A': 'b' }, and not a list of lines"),
    )
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

describe('printed headers', () => {
  const fields = (): HeaderFields => {
    const made = HeaderFields.from({ Host: 'a.example', 'X-Tag': ['1', '2'], Authorization: 'Bearer s3cret', Cookie: 'sid=s3cret' })
    made.append('set-COOKIE', 'sid=s3cret')
    made.append('Proxy-Authorization', 'Basic s3cret')
    return made
  }

  it('are their lines as a string', () => {
    expect(String(fields())).toBe(
      'Host: a.example\nX-Tag: 1\nX-Tag: 2\nAuthorization: (hidden)\nCookie: (hidden)\nset-COOKIE: (hidden)\nProxy-Authorization: (hidden)',
    )
  })

  it('are an object in JSON, with lists for repeated names, also in other case', () => {
    const made = HeaderFields.from({ Host: 'a.example', 'X-Tag': '1' })
    made.append('x-tag', '2')
    made.append('__proto__', 'x')
    expect(JSON.stringify({ headers: made })).toBe('{"headers":{"Host":"a.example","X-Tag":["1","2"],"__proto__":"x"}}')
  })

  it('are readable by console.log, nested too', () => {
    expect(inspect(HeaderFields.from({ Host: 'a.example' }))).toBe("HeaderFields { Host: 'a.example' }")
    expect(inspect({ headers: HeaderFields.from({ Host: 'a.example' }) })).toBe("{ headers: HeaderFields { Host: 'a.example' } }")
  })

  it('are an object for runtimes that pass no function to print with', () => {
    const print = Reflect.get(new HeaderFields(), Symbol.for('nodejs.util.inspect.custom')) as (depth: number, options: object) => unknown
    expect(print.call(HeaderFields.from({ A: 'b' }), 2, {})).toEqual({ A: 'b' })
  })

  it('never show credentials, which can be asked for by name', () => {
    const printed = [String(fields()), JSON.stringify(fields()), inspect(fields(), { showHidden: true }), `${fields()}`]
    for (const text of printed) expect(text).not.toContain('s3cret')
    expect(fields().get('authorization')).toBe('Bearer s3cret')
    expect([...fields()]).toContainEqual(['Cookie', 'sid=s3cret'])
  })
})
