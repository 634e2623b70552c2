import { describe, expect, it } from 'vitest'
import { areSubprotocols, offeredSubprotocols } from '../../src/wire/subprotocols.ts'

describe('offeredSubprotocols', () => {
  it('reads the list in its order, without spaces', () => {
    expect([...offeredSubprotocols('foo,bar ,\tbaz')]).toEqual(['foo', 'bar', 'baz'])
  })

  it.each(['', 'foo,', ',foo', 'foo,,bar', 'foo;bar', 'foo,foo', 'föö', 'foo bar'])('refuses %j', header => {
    expect(() => offeredSubprotocols(header)).toThrow(SyntaxError)
  })
})

describe('areSubprotocols', () => {
  it('wants different tokens', () => {
    expect([[], ['a', 'b'], ['a', 'a'], [''], [null], ['a,b']].map(areSubprotocols)).toEqual([true, true, false, false, false, false])
  })
})
