import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contains, intersection, type UriSet, uriSet } from '../../src/auth/uri-set.ts'

/** All URIs of up to three components, each of up to two letters of three. The letter z occurs in no pattern, as most names do. */
const texts = ['a', 'b', 'z', 'aa', 'ab', 'az', 'ba', 'bz', 'zz']
const uris = texts.flatMap(one => [one, ...texts.flatMap(two => [`${one}.${two}`, ...texts.map(three => `${one}.${two}.${three}`)])])

const component = fc.constantFrom('', 'a', 'b', 'ab')
const wildcards = fc.array(component, { minLength: 1, maxLength: 3 }).map(parts => uriSet(parts.join('.'), 'wildcard'))
const prefixes = fc.array(component, { minLength: 1, maxLength: 2 }).map(parts => uriSet(parts.join('.'), 'prefix'))
const exacts = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 }).map(parts => uriSet(parts.join('.'), 'exact'))
const sets = fc.oneof(wildcards, prefixes, exacts)

function has(set: UriSet, uri: string): boolean {
  if ('begins' in set) return uri.startsWith(set.begins)
  const parts = uri.split('.')
  return (
    parts.length === set.components.length &&
    set.components.every((wanted, i) => ('is' in wanted ? wanted.is === parts[i] : String(parts[i]).startsWith(wanted.begins)))
  )
}

describe('a set of URIs', () => {
  it('is what a pattern matches', () => {
    expect(uriSet('com.a', 'prefix')).toEqual({ begins: 'com.a' })
    expect(uriSet('com..a', 'wildcard')).toEqual({ components: [{ is: 'com' }, { begins: '' }, { is: 'a' }] })
    expect(uriSet('com.a', 'exact')).toEqual({ components: [{ is: 'com' }, { is: 'a' }] })
  })

  it('has with another the URIs that are in both', () => {
    fc.assert(
      fc.property(sets, sets, (one, other) => {
        const both = intersection(one, other)
        for (const uri of uris) expect(both !== undefined && has(both, uri)).toBe(has(one, uri) && has(other, uri))
      }),
    )
  })

  it('contains another exactly if it has all of its URIs', () => {
    fc.assert(
      fc.property(sets, sets, (outer, inner) => {
        const those = uris.filter(uri => has(inner, uri))
        // patterns such as a..: without a URI among those that are listed here
        fc.pre(those.length > 0)
        // sets without end go on beyond the three components of the list
        const goesOn = 'begins' in inner && !('begins' in outer)
        expect(contains(outer, inner)).toBe(!goesOn && those.every(uri => has(outer, uri)))
      }),
    )
  })
})
