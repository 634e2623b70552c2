import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoosePattern, isReservedUri, isUri, isUriPattern, matchesUri } from '../../src/messages/uris.ts'

describe('isUri', () => {
  it.each(['a', 'com.example.add', 'Größe.x-y', '0.1', 'com.example.add-user!'])('takes %j by the loose rules', uri => {
    expect(isUri(uri)).toBe(true)
  })

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a#b', 'a.\tb', 'a.b\n', 'a\u00a0b'])('refuses %j by the loose rules', uri => {
    expect(isUri(uri)).toBe(false)
  })

  it('takes lower-case letters, digits and underscores by the strict rules', () => {
    expect(['a', 'com.example_2.add'].every(uri => isUri(uri, 'strict'))).toBe(true)
    expect(['', 'A', 'a-b', 'ä', 'a..b', 'a.'].some(uri => isUri(uri, 'strict'))).toBe(false)
  })
})

describe('isUriPattern', () => {
  it('is a URI for exact', () => {
    expect([isUriPattern('a.b'), isUriPattern('a..b')]).toEqual([true, false])
  })

  it('may end with a dot, or within a component, for prefix', () => {
    expect(['', 'a', 'a.', 'a.b'].every(pattern => isUriPattern(pattern, 'prefix'))).toBe(true)
    expect(['.a', 'a..b', 'a b', 'a#'].some(pattern => isUriPattern(pattern, 'prefix'))).toBe(false)
  })

  it('may have empty components for wildcard', () => {
    expect(['', 'a', 'a.', '.a', '..', 'a..b'].every(pattern => isUriPattern(pattern, 'wildcard'))).toBe(true)
    expect(['a .b', '#'].some(pattern => isUriPattern(pattern, 'wildcard'))).toBe(false)
  })

  it('agrees with the expressions of the specification', () => {
    const characters = fc.array(fc.constantFrom('a', 'b0', '_', '.', '..', 'A', '#', ' ', 'é', '-'), { maxLength: 8 })
    fc.assert(
      fc.property(characters, parts => {
        const uri = parts.join('')
        expect(isUri(uri)).toBe(/^([^\s.#]+\.)*([^\s.#]+)$/.test(uri))
        expect(isUriPattern(uri, 'wildcard')).toBe(/^(([^\s.#]+\.)|\.)*([^\s.#]+)?$/.test(uri))
        expect(isUri(uri, 'strict')).toBe(/^([0-9a-z_]+\.)*([0-9a-z_]+)$/.test(uri))
        expect(isUriPattern(uri, 'wildcard', 'strict')).toBe(/^(([0-9a-z_]+\.)|\.)*([0-9a-z_]+)?$/.test(uri))
        expect(isUriPattern(uri, 'prefix', 'strict')).toBe(/^([\da-z_]+\.)*([\da-z_]*)$/.test(uri))
      }),
    )
  })
})

describe('matchesUri', () => {
  it('compares whole URIs, characters, or components', () => {
    expect([matchesUri('a.b', 'exact', 'a.b'), matchesUri('a.b', 'exact', 'a.b.c')]).toEqual([true, false])
    expect(matchesUri('com.myapp.topic.emergency', 'prefix', 'com.myapp.topic.emergency-low')).toBe(true)
    expect(matchesUri('com.myapp.topic.emergency', 'prefix', 'com.myapp.topic.emerge')).toBe(false)
    expect(matchesUri('a..c', 'wildcard', 'a.b.c')).toBe(true)
    expect(['a.b.d', 'a.b.c.d', 'a.c'].some(uri => matchesUri('a..c', 'wildcard', uri))).toBe(false)
  })
})

describe('isReservedUri', () => {
  it('knows the names of the router by their first component', () => {
    expect(['wamp.session.count', 'wamp'].every(isReservedUri)).toBe(true)
    expect(['wampy.session', 'com.wamp.a', ''].some(isReservedUri)).toBe(false)
  })
})

it('isLoosePattern is isUriPattern with the loose rules', () => {
  for (const pattern of ['', 'a', 'a.', 'a..b', 'A-b', 'a b'])
    for (const match of [undefined, 'exact', 'prefix', 'wildcard'] as const)
      expect(isLoosePattern(pattern, match)).toBe(isUriPattern(pattern, match))
})
