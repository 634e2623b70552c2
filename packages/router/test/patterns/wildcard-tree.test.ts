import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countComponents, WildcardTree } from '../../src/patterns/wildcard-tree.ts'

describe('WildcardTree', () => {
  it('matches an empty component with any one, and never with none or two', () => {
    const tree = treeOf('com..save')
    expect(tree.best('com.app.save', false)).toBe('com..save')
    expect(tree.best('com.save', false)).toBeUndefined()
    expect(tree.best('com.app.new.save', false)).toBeUndefined()
  })

  it('finds the pattern whose runs of spelled components are the longest, as sorting all of them would', () => {
    fc.assert(
      fc.property(fc.uniqueArray(pattern), uri, (patterns, uri) => {
        const tree = treeOf(...patterns)
        const sorted = patterns.filter(each => matches(each, uri)).sort((a, b) => compareRuns(runsOf(b), runsOf(a)))
        expect(tree.best(uri, false)).toBe(sorted[0])
        const found: string[] = []
        tree.collect(uri, false, found)
        expect(found).toEqual(sorted)
      }),
      { numRuns: 2000 },
    )
  })

  it('finds only patterns that spell the first component of a reserved name', () => {
    const tree = treeOf('.session.count', 'wamp..count', '..')
    const found: string[] = []
    tree.collect('wamp.session.count', true, found)
    expect(found).toEqual(['wamp..count'])
    expect(tree.best('wamp.session.count', true)).toBe('wamp..count')
    expect(treeOf('..').best('wamp.session.count', true)).toBeUndefined()
  })

  it('has no entries left once all patterns are removed, however often some were', () => {
    fc.assert(
      fc.property(fc.array(pattern), fc.array(pattern), uri, (patterns, others, uri) => {
        const tree = treeOf(...patterns)
        for (const each of others) tree.delete(each)
        for (const each of patterns) expect(tree.get(each)).toBe(others.includes(each) ? undefined : each)
        for (const each of patterns) tree.delete(each)
        expect(tree.best(uri, false)).toBeUndefined()
      }),
    )
  })
})

describe('countComponents', () => {
  it.each([
    ['', 1],
    ['a', 1],
    ['a.b', 2],
    ['..', 3],
  ])('counts as split does: %j has %i', (uri, count) => {
    expect(countComponents(uri)).toBe(count)
    expect(uri.split('.')).toHaveLength(count)
  })
})

const component = fc.constantFrom('a', 'b')
const uri = fc.array(component, { minLength: 1, maxLength: 5 }).map(components => components.join('.'))
const pattern = fc.array(fc.oneof(component, fc.constant('')), { minLength: 1, maxLength: 5 }).map(components => components.join('.'))

function treeOf(...patterns: readonly string[]): WildcardTree<string> {
  const tree = new WildcardTree<string>()
  for (const each of patterns) tree.set(each, each)
  return tree
}

function matches(pattern: string, uri: string): boolean {
  const wanted = pattern.split('.')
  const given = uri.split('.')
  return wanted.length === given.length && wanted.every((each, n) => each === '' || each === given[n])
}

/** Returns the lengths of the runs of spelled components, from the left. */
function runsOf(pattern: string): number[] {
  const runs = [0]
  for (const each of pattern.split('.')) {
    if (each === '') runs.push(0)
    else runs[runs.length - 1]!++
  }
  return runs
}

function compareRuns(a: readonly number[], b: readonly number[]): number {
  for (let n = 0; n < Math.max(a.length, b.length); n++) {
    const difference = (a[n] ?? 0) - (b[n] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
