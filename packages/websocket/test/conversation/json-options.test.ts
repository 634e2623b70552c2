import { describe, expect, it } from 'vitest'
import { checkedJsonOptions } from '../../src/conversation/json-options.ts'

describe('checkedJsonOptions', () => {
  it('returns the options, and an empty object for none', () => {
    const options = { onRefused: () => undefined }
    expect(checkedJsonOptions(options)).toBe(options)
    expect(checkedJsonOptions()).toEqual({})
  })

  it('refuses names that do not exist, and values of the wrong type', () => {
    expect(() => checkedJsonOptions({ onRefuse: 1 } as never)).toThrow('there is no option onRefuse of json; did you mean onRefused?')
    expect(() => checkedJsonOptions({ onRefused: 1 } as never)).toThrow('option onRefused must be a function, and not 1')
    expect(() => checkedJsonOptions((() => undefined) as never)).toThrow('the options of json must be an object')
  })
})
