import { describe, expect, it } from 'vitest'
import { dividedOptions } from '../../src/application/factory-options.ts'

describe('dividedOptions', () => {
  it('divides by the names that the session parameters have', () => {
    const given = { url: 'ws://a', autoPingInterval: 1, nonsense: 2 }
    expect(dividedOptions<{ url: string }, { autoPingInterval: number }>(given, { url: '' })).toEqual({
      session: { url: 'ws://a' },
      options: { autoPingInterval: 1, nonsense: 2 },
    })
  })

  it('uses own properties only', () => {
    const given = Object.assign(Object.create({ url: 'inherited' }), { constructor: 1 })
    expect(dividedOptions<{ url: string }, object>(given, { url: '' })).toEqual({ session: {}, options: { constructor: 1 } })
  })
})
