import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNewPrefix, PrefixMap } from '../../../src/v1/messages/prefix-map.ts'

describe('PrefixMap', () => {
  it('resolves what stands before the first colon', () => {
    const prefixes = mapOf({ e: 'http://e/', long: 'http://e/long#' })
    expect(prefixes.resolve('e:a:b')).toBe('http://e/a:b')
    expect(prefixes.resolve('e:')).toBe('http://e/')
    for (const unknown of ['x:a', ':a', 'e', '', 'http://e/']) {
      expect(prefixes.resolve(unknown)).toBe(undefined)
      expect(prefixes.resolveOrPass(unknown)).toBe(unknown)
    }
  })

  it('does not find names that objects inherit', () => {
    const prefixes = mapOf({ e: 'http://e/' })
    for (const name of ['__proto__', 'constructor', 'toString']) expect(prefixes.resolve(`${name}:x`)).toBe(undefined)
    prefixes.set('__proto__', 'http://p/')
    expect(prefixes.resolve('__proto__:x')).toBe('http://p/x')
    expect(prefixes.resolve('constructor:x')).toBe(undefined)
  })

  it('shrinks by the longest URI that fits', () => {
    const prefixes = mapOf({ e: 'http://e/', long: 'http://e/long#', short: 'h' })
    expect(prefixes.shrink('http://e/a')).toBe('e:a')
    expect(prefixes.shrink('http://e/long#a')).toBe('long:a')
    expect(prefixes.shrink('https://x')).toBe('https://x')
    expect(prefixes.shrink('')).toBe('')
  })

  it('never makes a CURIE of the empty prefix, which does not resolve', () => {
    expect(mapOf({ '': 'http://e/' }).shrink('http://e/a')).toBe('http://e/a')
  })

  it('resolves what it has shrunk', () => {
    const word = fc.stringMatching(/^[a-z]{1,4}$/)
    fc.assert(
      fc.property(fc.dictionary(word, fc.stringMatching(/^[a-z/#]{2,6}$/)), fc.stringMatching(/^[a-z/#]{0,12}$/), (entries, uri) => {
        const prefixes = mapOf(entries)
        expect(prefixes.resolveOrPass(prefixes.shrink(uri))).toBe(uri)
      }),
    )
  })
})

describe('isNewPrefix', () => {
  it('takes a prefix that could be resolved, once, and another URI for it never', () => {
    const prefixes = new PrefixMap()
    expect(isNewPrefix(prefixes, 'e', 'http://e/')).toBe(true)
    prefixes.set('e', 'http://e/')
    expect(isNewPrefix(prefixes, 'e', 'http://e/')).toBe(false)
    expect(() => isNewPrefix(prefixes, 'e', 'http://f/')).toThrow('the prefix e is defined already, as http://e/')
    for (const prefix of ['', ':', 'a:b']) expect(() => isNewPrefix(prefixes, prefix, 'u')).toThrow('could never be resolved')
  })
})

function mapOf(entries: Readonly<Record<string, string>>): PrefixMap {
  const prefixes = new PrefixMap()
  for (const [prefix, uri] of Object.entries(entries)) prefixes.set(prefix, uri)
  return prefixes
}
