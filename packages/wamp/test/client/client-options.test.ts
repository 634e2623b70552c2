import { describe, expect, it } from 'vitest'
import { clientChecks, clientOptions, clientSettings } from '../../src/client/client-options.ts'

describe('clientOptions', () => {
  it('explains each option, whose default it takes itself', () => {
    expect(Object.keys(clientOptions)).toEqual(Object.keys(clientSettings))
    for (const [name, option] of Object.entries(clientOptions)) {
      expect(option.holds(option.default), name).toBe(true)
      expect(option.means, name).toMatch(/\.$/)
      expect(option.because, name).toMatch(/\.$/)
    }
  })

  it.each([
    ['realm', ['realm1'], ['', 5]],
    ['auth', [{ name: 'x', begin: () => {} }, []], ['ticket', [5], null]],
    ['reconnect', [false, {}], [true, null]],
    ['heartbeat', [0, 30_000], [-1, '5', Number.NaN]],
    ['maxCalls', [1], [0, 1.5]],
  ] as const)('takes for %s', (name, good, bad) => {
    for (const value of good) expect(clientChecks[name].holds(value)).toBe(true)
    for (const value of bad) expect(clientChecks[name].holds(value)).toBe(false)
  })
})
