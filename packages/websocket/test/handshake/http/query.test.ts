import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatQuery, parseQuery, percentDecoded } from '../../../src/handshake/http/query.ts'

describe('parseQuery', () => {
  it('keeps repeated names in order and empty values', () => {
    expect([...parseQuery('x=1&y&x=2&e=&&=z')]).toEqual([
      ['x', ['1', '2']],
      ['y', ['']],
      ['e', ['']],
      ['', ['z']],
    ])
  })

  it('decodes plus signs and UTF-8', () => {
    expect([...parseQuery('a+b=c%20d%2B=%C3%A4')]).toEqual([['a b', ['c d+=ä']]])
  })

  it('leaves broken escapes as they are', () => {
    expect([...parseQuery('a=%zz&b=%ff&%=1')]).toEqual([
      ['a', ['%zz']],
      ['b', ['%ff']],
      ['%', ['1']],
    ])
  })

  it('keeps names that objects inherit', () => {
    expect(parseQuery('__proto__=1').get('__proto__')).toEqual(['1'])
    expect(parseQuery('').get('constructor')).toBeUndefined()
  })

  it('takes linear time for megabytes of separators', () => {
    expect(parseQuery('&'.repeat(1_000_000)).size).toBe(0)
    expect(parseQuery('='.repeat(1_000_000)).size).toBe(1)
  })
})

describe('formatQuery', () => {
  it('writes what parseQuery reads', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1 })), { selector: ([name]) => name }), params => {
        expect([...parseQuery(formatQuery(params))]).toEqual(params)
      }),
    )
  })

  it('takes objects and single values', () => {
    expect(formatQuery({ x: '1 2', y: ['a&b', ''] })).toBe('x=1+2&y=a%26b&y=')
  })
})

describe('percentDecoded', () => {
  it('resolves escapes, all of them or none', () => {
    expect([percentDecoded('/a%20b'), percentDecoded('/a%20%ff')]).toEqual(['/a b', '/a%20%ff'])
  })
})
