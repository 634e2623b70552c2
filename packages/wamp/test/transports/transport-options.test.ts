import { expect, it } from 'vitest'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { transportSettings } from '../../src/transports/transport-settings.ts'

it('has a meaning, and a reason for the default, of every option', () => {
  expect(Object.keys(transportOptions)).toEqual(Object.keys(transportSettings))
  for (const { means, because } of Object.values(transportOptions)) {
    expect(means).toMatch(/^[A-Z].*\.$/)
    expect(because).toMatch(/^[A-Z].*\.$/)
  }
})
