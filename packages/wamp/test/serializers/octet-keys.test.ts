import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/serializers/limits.ts'
import { hashOf, type KeysSoFar, OctetKeys } from '../../src/serializers/octet-keys.ts'
import { Parts } from '../../src/serializers/parts.ts'

describe('OctetKeys', () => {
  it.each([2, 16, 17, 40])('finds a key that is repeated among %i', count => {
    expect(() => add(Array.from({ length: count }, (_, n) => `k${n}`))).not.toThrow()
    expect(() => add([...Array.from({ length: count - 1 }, (_, n) => `k${n}`), 'k0'])).toThrow('a key twice')
  })

  it('does not take a key for another one that begins or ends alike', () => {
    expect(() => add(['ab', 'abc', 'bc', '', 'a'])).not.toThrow()
    expect(() => add(['', ''])).toThrow('a key twice')
  })
})

describe('hashOf', () => {
  it('depends on the octets alone', () => {
    expect(hashOf(new Uint8Array([9, 1, 2]), 1, 3)).toBe(hashOf(new Uint8Array([1, 2]), 0, 2))
    expect(hashOf(new Uint8Array([1, 2]), 0, 2)).not.toBe(hashOf(new Uint8Array([2, 1]), 0, 2))
  })
})

/** Adds keys to one dictionary. */
function add(names: readonly string[]): void {
  const parts = new Parts(defaultLimits)
  const keys = new OctetKeys(parts)
  keys.begin(new TextEncoder().encode(names.join('')))
  const base = parts.enter()
  let before: KeysSoFar
  let at = 0
  for (const name of names) {
    before = keys.add(base, at, at + name.length, before)
    at += name.length
  }
}
