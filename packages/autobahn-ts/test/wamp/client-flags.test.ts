import { describe, expect, it } from 'vitest'
import { keywordFrom } from '../../src/wamp/client-flags.ts'

describe('a keyword argument', () => {
  it('is name=value, of which there may be several', () => {
    expect(keywordFrom('b=x=y', keywordFrom('a=1'))).toEqual({ a: 1, b: 'x=y' })
  })

  for (const text of ['a', '=1', '']) it(`is not ${JSON.stringify(text)}`, () => expect(() => keywordFrom(text)).toThrow('name=value'))
})
