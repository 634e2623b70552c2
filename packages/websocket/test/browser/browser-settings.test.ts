import { expect, it } from 'vitest'
import { browserSettings } from '../../src/browser/browser-settings.ts'

it('takes its own defaults, and no negative numbers', () => {
  for (const [name, { default: value, holds }] of Object.entries(browserSettings)) {
    expect({ name, takesDefault: holds(value), takesNegative: holds(-1) }).toEqual({ name, takesDefault: true, takesNegative: false })
  }
})
