import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatExtension, parseExtensions } from '../../../src/handshake/http/extension-header.ts'

describe('parseExtensions', () => {
  it('takes the examples of RFC 6455 §9.1', () => {
    expect(shown('foo, bar; baz=2')).toEqual([
      ['foo', {}],
      ['bar', { baz: '2' }],
    ])
    expect(shown('deflate-stream')).toEqual([['deflate-stream', {}]])
    expect(shown('mux; max-channels=4; flow-control, deflate-stream')).toEqual([
      ['mux', { 'max-channels': '4', 'flow-control': true }],
      ['deflate-stream', {}],
    ])
    expect(shown('private-extension')).toEqual([['private-extension', {}]])
  })

  it('takes quoted values that are tokens', () => {
    expect(shown('a; b="c"; d="\\e\\f"')).toEqual([['a', { b: 'c', d: 'ef' }]])
  })

  it('takes spaces and tabs around everything, and empty elements', () => {
    expect(shown(' , \ta ; b = c\t,, d,')).toEqual([
      ['a', { b: 'c' }],
      ['d', {}],
    ])
  })

  it('takes an empty header as nothing', () => {
    expect(shown('')).toEqual([])
    expect(shown(' , ,')).toEqual([])
  })

  it('keeps names that objects inherit as they are', () => {
    const [first] = parseExtensions('constructor; __proto__=1; toString')
    expect(first?.name).toBe('constructor')
    expect([...first!.parameters]).toEqual([
      ['__proto__', '1'],
      ['toString', true],
    ])
  })

  it('leaves out an element with a repeated parameter, and only that', () => {
    expect(shown('a; b; b, a; b=1; c; b=2, a')).toEqual([['a', {}]])
  })

  it('refuses a repeated parameter where told to', () => {
    expect(() => parseExtensions('a; b; c; c; b', 'refuse')).toThrowError(malformed('parameter "c" of extension "a" is repeated'))
  })

  for (const [header, message] of [
    ['a b', 'extensions have "b" where a comma is due'],
    ['a; ', 'extensions have the end where a parameter is due'],
    ['a;;b', 'extensions have ";" where a parameter is due'],
    ['; a', 'extensions have ";" where an extension is due'],
    ['=', 'extensions have "=" where an extension is due'],
    ['a; b=', 'extensions have the end where a value is due'],
    ['a; b=,c', 'extensions have "," where a value is due'],
    ['a; b="c', 'quoted value without end in the extensions'],
    ['a; b="c\\', 'quoted value without end in the extensions'],
    ['a; b=""', 'extension value "" is not a token'],
    ['a; b="c d"', 'extension value "c d" is not a token'],
    ['a; b="c"d', 'extensions have "d" where a comma is due'],
    ['\xe4', 'extensions have "\\xe4" where an extension is due'],
  ] as const) {
    it(`refuses ${header}`, () => {
      expect(() => parseExtensions(header)).toThrowError(malformed(message))
    })
  }

  it('refuses hundreds of extensions and parameters', () => {
    expect(parseExtensions(Array(32).fill('a').join()).length).toBe(32)
    expect(() => parseExtensions(Array(33).fill('a').join())).toThrowError(malformed('more than 32 extensions', 431))
    const parameters = Array.from({ length: 33 }, (_, i) => `; p${i}`)
    expect(parseExtensions(`a${parameters.slice(1).join('')}`)[0]?.parameters.size).toBe(32)
    expect(() => parseExtensions(`a${parameters.join('')}`)).toThrowError(malformed('more than 32 parameters of extension "a"', 431))
  })

  for (const [what, header] of [
    ['a, a, a', 'a, '.repeat(1_000_000)],
    ['commas', ','.repeat(3_000_000)],
    ['spaces', `a${' '.repeat(3_000_000)}b`],
    ['an unclosed quote', `a; b="${'c'.repeat(3_000_000)}`],
    ['backslashes', `a; b="${'\\'.repeat(3_000_000)}`],
    ['backslashes and quotes', `a; b="${'\\"'.repeat(1_500_000)}`],
    ['semicolons', `a${';'.repeat(3_000_000)}`],
  ] as const) {
    it(`takes linear time for megabytes of ${what}`, () => {
      try {
        expect(parseExtensions(header).length).toBeLessThanOrEqual(32)
      } catch (error) {
        expect(error).toMatchObject({ name: 'MalformedHead' })
      }
    })
  }

  it('throws nothing but MalformedHead, whatever the text', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('a', ';', ',', '=', '"', '\\', ' ', 'b=c', '"d"'))
    fc.assert(
      fc.property(fc.array(part), parts => {
        try {
          parseExtensions(parts.join(''))
        } catch (error) {
          expect(error).toMatchObject({ name: 'MalformedHead' })
        }
      }),
    )
  })
})

describe('formatExtension', () => {
  it('is read back as it was', () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,10}$/)
    const parameters = fc
      .array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), { maxLength: 32 })
      .map(pairs => new Map(pairs))
    fc.assert(
      fc.property(fc.array(fc.record({ name: token, parameters }), { maxLength: 32 }), extensions => {
        const header = extensions.map(one => formatExtension(one.name, one.parameters)).join(', ')
        expect(parseExtensions(header)).toEqual(extensions)
      }),
    )
  })

  for (const [name, parameters] of [
    ['', new Map()],
    ['a b', new Map()],
    ['a', new Map([['b;', true]])],
    ['a', new Map([['b', '\r\n']])],
  ] as [string, Map<string, string | true>][]) {
    it(`refuses anything but tokens: ${JSON.stringify([name, ...parameters])}`, () => {
      expect(() => formatExtension(name, parameters)).toThrowError(expect.objectContaining({ name: 'ApiMisuse' }))
    })
  }
})

function shown(header: string): unknown[] {
  return parseExtensions(header).map(({ name, parameters }) => [name, Object.fromEntries(parameters)])
}

function malformed(message: string, status = 400): unknown {
  return expect.objectContaining({ name: 'MalformedHead', status, message })
}
