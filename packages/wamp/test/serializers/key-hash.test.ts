import { describe, expect, it } from 'vitest'
import { hashOfOctets, hashOfText, mix } from '../../src/serializers/key-hash.ts'

describe('the hashes of keys', () => {
  it('depend on the key alone, and not on its place', () => {
    expect(hashOfOctets(new Uint8Array([9, 1, 2]), 1, 3)).toBe(hashOfOctets(new Uint8Array([1, 2]), 0, 2))
    expect(hashOfText('xab', 1, 3)).toBe(hashOfText('aba', 0, 2))
  })

  it('depend on the order', () => {
    expect(hashOfOctets(new Uint8Array([1, 2]), 0, 2)).not.toBe(hashOfOctets(new Uint8Array([2, 1]), 0, 2))
    expect(hashOfText('ab', 0, 2)).not.toBe(hashOfText('ba', 0, 2))
  })

  it('are integers of 32 bits that differ for nearly all keys', () => {
    const hashes = Array.from({ length: 1000 }, (_, n) => hashOfText(`key${n}`, 0, `key${n}`.length))
    expect(new Set(hashes).size).toBeGreaterThan(990)
    expect(hashes.every(hash => (hash | 0) === hash)).toBe(true)
    expect(mix(1, 2)).not.toBe(mix(2, 2))
  })
})
