import { describe, expect, it } from 'vitest'
import { checkOptions } from '../../src/protocol/checks/check-options.ts'
import { reconnectingChecks, reconnectingOptions, reconnectingSettings } from '../../src/reconnect/reconnecting-options.ts'

describe('the options of reconnect', () => {
  it('have a default that they accept, and texts', () => {
    for (const [name, rule] of Object.entries(reconnectingOptions)) {
      expect({ name, isAccepted: rule.holds(rule.default), means: rule.means, because: rule.because }).toEqual({
        name,
        isAccepted: true,
        means: expect.stringMatching(/\.$/),
        because: expect.stringMatching(/\.$/),
      })
    }
    expect(Object.keys(reconnectingOptions)).toEqual(Object.keys(reconnectingSettings))
  })

  it('are refused by name and by value', () => {
    const refused = (options: object) => expect(() => checkOptions(options, reconnectingChecks, 'reconnect'))
    refused({ que: 1 }).toThrow('there is no option que of reconnect; did you mean queue?')
    refused({ retryFirst: 1 }).toThrow('option retryFirst must be true or false, and not 1')
    refused({ queue: -1 }).toThrow('option queue must be a whole number, and not -1')
    refused({ onOpen: 'x' }).toThrow('option onOpen must be a function, and not "x"')
  })
})
