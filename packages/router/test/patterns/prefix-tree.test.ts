import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PrefixTree } from '../../src/patterns/prefix-tree.ts'

describe('PrefixTree', () => {
  it('finds the longest prefix, by characters and not by components', () => {
    const tree = treeOf('com.app', 'com.app.topic', '')
    expect(tree.longest('com.apple', 0)).toBe('com.app')
    expect(tree.longest('com.app.topic.emergency-low', 0)).toBe('com.app.topic')
    expect(tree.longest('org', 0)).toBe('')
  })

  it('leaves out prefixes that are shorter than asked for', () => {
    const tree = treeOf('', 'wa', 'wamp')
    expect(tree.longest('wamp.session', 4)).toBe('wamp')
    expect(collected(tree, 'wamp.session', 4)).toEqual(['wamp'])
    expect(tree.longest('wa', 4)).toBeUndefined()
  })

  it('finds what a list of all prefixes has, after any additions and removals', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ isAdded: fc.boolean(), prefix: name })), fc.array(name), (steps, uris) => {
        const tree = new PrefixTree<string>()
        const all = new Set<string>()
        for (const { isAdded, prefix } of steps) {
          if (isAdded) tree.set(prefix, prefix)
          else tree.delete(prefix)
          if (isAdded) all.add(prefix)
          else all.delete(prefix)
        }
        for (const uri of [...uris, ...all]) {
          const matching = [...all].filter(prefix => uri.startsWith(prefix)).sort((a, b) => a.length - b.length)
          expect(collected(tree, uri, 0)).toEqual(matching)
          expect(tree.longest(uri, 0)).toBe(matching.at(-1))
          expect(tree.get(uri)).toBe(all.has(uri) ? uri : undefined)
        }
      }),
    )
  })
})

const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })

function treeOf(...prefixes: readonly string[]): PrefixTree<string> {
  const tree = new PrefixTree<string>()
  for (const prefix of prefixes) tree.set(prefix, prefix)
  return tree
}

function collected(tree: PrefixTree<string>, uri: string, least: number): string[] {
  const found: string[] = []
  tree.collect(uri, least, found)
  return found
}
