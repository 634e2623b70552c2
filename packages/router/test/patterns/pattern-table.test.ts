import type { MatchPolicy } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { PatternTable } from '../../src/patterns/pattern-table.ts'

describe('PatternTable.best', () => {
  const table = tableOf(
    ['exact', 'a1.b2.c3.d4.e55'],
    ['prefix', 'a1.b2.c3'],
    ['prefix', 'a1.b2.c3.d4'],
    ['wildcard', 'a1.b2..d4.e5'],
    ['wildcard', 'a1.b2.c33..e5'],
    ['wildcard', 'a1.b2..d4.e5..g7'],
    ['wildcard', 'a1.b2..d4..f6.g7'],
  )

  // The table of examples of WAMP, "Pattern-based Registrations", but for one row: decision 132.
  it.each([
    ['a1.b2.c3.d4.e55', 'exact a1.b2.c3.d4.e55'],
    ['a1.b2.c3.d98.e74', 'prefix a1.b2.c3'],
    ['a1.b2.c3.d4.e325', 'prefix a1.b2.c3.d4'],
    ['a1.b2.c55.d4.e5', 'wildcard a1.b2..d4.e5'],
    ['a1.b2.c33.d4.e5', 'prefix a1.b2.c3'],
    ['a1.b2.c88.d4.e5.f6.g7', 'wildcard a1.b2..d4.e5..g7'],
    ['a2.b2.c2.d2.e2', undefined],
  ])('finds for %s: %s', (uri, winner) => {
    expect(table.best(uri)).toBe(winner)
  })

  it('finds the wildcard of that row where no prefix stands before it', () => {
    expect(tableOf(['wildcard', 'a1.b2..d4.e5'], ['wildcard', 'a1.b2.c33..e5']).best('a1.b2.c33.d4.e5')).toBe('wildcard a1.b2.c33..e5')
  })

  it.each<[MatchPolicy, string, boolean]>([
    ['prefix', '', false],
    ['prefix', 'wam', false],
    ['prefix', 'wamp', true],
    ['prefix', 'wamp.session', true],
    ['wildcard', '..', false],
    ['wildcard', '.session.', false],
    ['wildcard', 'wamp..', true],
    ['exact', 'wamp.session.count', true],
  ])('gives names of the router only to patterns that spell the first component: %s %j: %s', (match, uri, isFound) => {
    const found: string[] = []
    const one = tableOf([match, uri])
    one.collect('wamp.session.count', found)
    expect(found).toHaveLength(isFound ? 1 : 0)
    expect(one.best('wamp.session.count') !== undefined).toBe(isFound)
  })
})

describe('PatternTable', () => {
  it('has one entry for each pair of URI and policy', () => {
    const table = tableOf(['exact', 'a'], ['prefix', 'a'], ['wildcard', 'a'])
    const found: string[] = []
    table.collect('a', found)
    expect(found).toEqual(['exact a', 'prefix a', 'wildcard a'])
    for (const match of ['exact', 'prefix', 'wildcard'] as const) {
      expect(table.get(match, 'a')).toBe(`${match} a`)
      table.delete(match, 'a')
      expect(table.get(match, 'a')).toBeUndefined()
    }
    expect(table.best('a')).toBeUndefined()
  })
})

function tableOf(...entries: readonly [MatchPolicy, string][]): PatternTable<string> {
  const table = new PatternTable<string>()
  for (const [match, uri] of entries) table.add(match, uri, `${match} ${uri}`)
  return table
}
