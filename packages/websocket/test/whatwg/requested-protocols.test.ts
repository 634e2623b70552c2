import { describe, expect, it } from 'vitest'
import { checkedProtocols, requestedProtocols } from '../../src/whatwg/requested-protocols.ts'

describe('requestedProtocols', () => {
  it('takes nothing, one, or a list', () => {
    expect([
      requestedProtocols(undefined),
      requestedProtocols('a'),
      requestedProtocols(['a', 'b']),
      requestedProtocols(new Set(['c'])),
    ]).toEqual([[], ['a'], ['a', 'b'], ['c']])
  })

  it.each([[''], ['a b'], ['a,b'], ['ä'], [{}], [['a', 'a']], [['echo', 'eCho']], [['a', '']]])('refuses: %j', given => {
    expect(() => requestedProtocols(given)).toThrow(expect.objectContaining({ name: 'SyntaxError', constructor: DOMException }))
  })
})

it('checkedProtocols says which one is wrong', () => {
  expect(() => checkedProtocols(['ok', 'a b'])).toThrow('subprotocol "a b" is not a valid token')
  expect(() => checkedProtocols(['a', 'A'])).toThrow('a subprotocol comes twice: a, A')
})
