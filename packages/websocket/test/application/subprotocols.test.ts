import { describe, expect, it } from 'vitest'
import { checkedSubprotocols } from '../../src/application/subprotocols.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'

describe('checkedSubprotocols', () => {
  it('gives the list back, and an empty one for nothing', () => {
    expect(checkedSubprotocols(['a', 'b'])).toEqual(['a', 'b'])
    expect(checkedSubprotocols(undefined)).toEqual([])
  })

  for (const [wrong, message] of [
    ['chat', 'protocols must be a list of subprotocols, and not "chat"'],
    [5, 'protocols must be a list of subprotocols, and not 5'],
    [['a', 'b c'], 'subprotocol "b c" is not a valid token'],
    [[''], 'subprotocol "" is not a valid token'],
    [[5], 'subprotocol "5" is not a valid token'],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      expect(() => checkedSubprotocols(wrong as unknown as string[])).toThrowError(new ApiMisuse(message))
    })
  }
})
