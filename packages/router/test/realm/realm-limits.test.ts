import { ApiMisuse, resolveOptions } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { defaultRealmLimits, realmLimits } from '../../src/realm/realm-limits.ts'

it('every limit is on by default, has a meaning and a reason, and takes its own default', () => {
  for (const [name, rule] of Object.entries(realmLimits)) {
    expect(rule.means, name).toMatch(/\.$/)
    expect(rule.because, name).toMatch(/\.$/)
    expect(rule.holds(rule.default), name).toBe(true)
    if (typeof rule.default === 'number') expect(rule.default, name).toBeGreaterThan(0)
  }
})

it.each([
  { maxUriLength: -1 },
  { maxUriLength: '9' },
  { uriRules: 'tight' },
  { allowDiscloseMe: 1 },
  { holdPublishers: 'yes' },
  { holdPublisher: true },
  { closeTimeout: -1 },
  { maxUriLenght: 9 },
])('wrong values and names are refused: %j', options => {
  expect(() => resolveOptions(realmLimits, defaultRealmLimits, options as object)).toThrow(ApiMisuse)
})
