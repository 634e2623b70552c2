import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../src/protocol/checks/nearest-name.ts'

const names = ['autoPingInterval', 'autoPingTimeout', 'noDelay', 'webStatus']

describe('nearestName', () => {
  for (const [misspelled, meant] of [
    ['autoPingIntervall', 'autoPingInterval'],
    ['autopinginterval', 'autoPingInterval'],
    ['autoPingTimout', 'autoPingTimeout'],
    ['nodelay', 'noDelay'],
    ['noDealy', 'noDelay'],
    ['webstatus', 'webStatus'],
    ['ebStatu', 'webStatus'],
    ['webSt', undefined],
    ['subNoDelay', 'noDelay'],
    ['no', undefined],
    ['length', undefined],
    ['', undefined],
  ] as const) {
    it(`takes ${JSON.stringify(misspelled)} for ${meant}`, () => {
      expect(nearestName(misspelled, names)).toBe(meant)
    })
  }

  it('takes the nearest of several', () => {
    expect(nearestName('abcd', ['abxx', 'abcx', 'axxx'])).toBe('abcx')
  })

  it('returns undefined for an empty list of names', () => {
    expect(nearestName('a', [])).toBeUndefined()
  })
})
