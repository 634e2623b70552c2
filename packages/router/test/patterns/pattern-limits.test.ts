import { describe, expect, it } from 'vitest'
import { patternFault } from '../../src/patterns/pattern-limits.ts'

const limits = { maxUriLength: 20, maxComponents: 4, maxEmptyComponents: 1 }

describe('patternFault', () => {
  it('finds nothing within the limits', () => {
    expect(patternFault('a.b.c.d.e.f', 'exact', limits)).toBeUndefined()
    expect(patternFault('a..c.d', 'wildcard', limits)).toBeUndefined()
  })

  it.each([
    ['exact', 'x'.repeat(21), 'a URI has at most 20 characters, and this one has 21'],
    ['wildcard', 'a.b.c.d.e', 'a wildcard pattern has at most 4 components, and not 5'],
    ['wildcard', 'a..c.', 'a wildcard pattern has at most 1 empty components, and not 2'],
  ] as const)('names the limit that a pattern exceeds: %s %s', (match, uri, fault) => {
    expect(patternFault(uri, match, limits)).toBe(fault)
  })
})
