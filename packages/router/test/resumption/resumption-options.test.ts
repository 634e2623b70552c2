import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { resumptionOptions } from '../../src/resumption/resumption-options.ts'
import { memoryRouter } from '../../src/testing/memory-router.ts'

describe('the options of resumption', () => {
  it('have defaults that they allow', () => {
    for (const { default: value, holds } of Object.values(resumptionOptions)) expect(holds(value)).toBe(true)
  })

  it.each([
    [{ second: 5 }, 'seconds'],
    [{ seconds: 0 }, 'a whole number from 1 to 86400'],
    [{ seconds: 90_000 }, 'a whole number from 1 to 86400'],
    [{ sessions: 1.5 }, 'a whole number from 1 on'],
    [5, 'true, false, or an object'],
  ])('refuse %j', (resumption, message) => {
    const clock = new FakeClock()
    expect(() => memoryRouter({ clock, realms: { realm1: { resumption: resumption as never } } })).toThrow(message)
  })
})
