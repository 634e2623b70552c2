import { describe, expect, it } from 'vitest'
import { shownValue } from '../../../src/protocol/faults/shown-value.ts'

describe('shownValue', () => {
  it('describes a value that cannot be inspected, and never throws', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const unnamed = Object.defineProperty(() => 1, 'name', {
      get: () => {
        throw new Error('no name')
      },
    })
    expect({ proxy: shownValue(proxy), unnamed: shownValue(unnamed), withoutPrototype: shownValue(Object.create(null)) }).toEqual({
      proxy: 'a broken object',
      unnamed: 'a broken function',
      withoutPrototype: '[object Object]',
    })
  })

  it('shows the first items of a list, and a list within it by its kind', () => {
    const itself: unknown[] = ['example.com', 5]
    itself.push(itself, {})
    expect([itself, [1, 2, 3, 4, 5, 6], []].map(shownValue)).toEqual([
      '["example.com", 5, [object Array], [object Object]]',
      '[1, 2, 3, 4, 5, …]',
      '[]',
    ])
  })

  it('shows strings in quotes, functions by name, objects by their kind', () => {
    expect(['a', 1n, undefined, Symbol('s'), () => {}, {}].map(shownValue)).toEqual([
      '"a"',
      '1n',
      'undefined',
      'Symbol(s)',
      'a function',
      '[object Object]',
    ])
  })
})
