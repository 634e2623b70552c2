import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/serializers/limits.ts'
import { Parts } from '../../src/serializers/parts.ts'
import { type KeysSoFar, RepeatedKeys } from '../../src/serializers/repeated-keys.ts'

describe('RepeatedKeys', () => {
  it.each([2, 16, 17, 40])('finds a key that is repeated among %i', count => {
    expect(() => add(Array.from({ length: count }, (_, n) => `k${n}`))).not.toThrow()
    expect(() => add([...Array.from({ length: count - 1 }, (_, n) => `k${n}`), 'k0'])).toThrow('a key twice')
  })

  it('does not take a key for another one with the same hash', () => {
    expect(() => add(['a', 'b', 'ab', ''], () => 7)).not.toThrow()
    expect(() => add(['a', 'b', 'ab', '', 'ab'], () => 7)).toThrow('a key twice')
  })
})

/** Adds keys to one dictionary. */
function add(names: readonly string[], hashOf: (name: string) => number = name => Number.parseInt(name.slice(1), 10)): void {
  const whole = names.join('')
  const parts = new Parts(defaultLimits)
  const keys = new RepeatedKeys(parts, (start, end) => whole.slice(start, end))
  const base = parts.enter()
  let before: KeysSoFar
  let at = 0
  for (const name of names) {
    before = keys.add(base, hashOf(name), at, at + name.length, before)
    at += name.length
  }
}
