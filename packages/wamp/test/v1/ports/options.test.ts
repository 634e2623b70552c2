import { describe, expect, it } from 'vitest'
import { wampOptions } from '../../../src/v1/ports/options.ts'

describe('wampOptions', () => {
  it('has defaults that hold', () => {
    for (const rule of Object.values(wampOptions)) expect(rule.holds(rule.default)).toBe(true)
  })

  it('explains each option, its default and its values', () => {
    for (const { means, because, wanted } of Object.values(wampOptions)) expect([means, because, wanted]).not.toContain('')
  })

  it('refuses what does not fit', () => {
    for (const value of [0, -1, 1.5, '1', Number.NaN]) expect(wampOptions.maxSubscriptions.holds(value)).toBe(false)
    for (const value of [-1, 2_000_001, '1', Number.NaN]) expect(wampOptions.callTimeout.holds(value)).toBe(false)
    expect(wampOptions.slowSubscribers.holds('drop')).toBe(false)
  })
})
