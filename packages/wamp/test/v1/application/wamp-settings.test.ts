import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { WampSettings } from '../../../src/v1/application/wamp-settings.ts'

describe('the options of WampSettings', () => {
  it('are completed with the defaults, and change one by one', () => {
    const settings = new WampSettings({ maxPrefixes: 3 })
    expect(settings.options).toMatchObject({ maxPrefixes: 3, maxSubscriptions: 1000 })
    settings.change({ maxSubscriptions: 5 })
    expect(settings.options).toMatchObject({ maxPrefixes: 3, maxSubscriptions: 5 })
  })

  it('refuse unknown names and values that do not fit, and name them', () => {
    expect(() => new WampSettings({ maxPrefix: 1 } as object)).toThrow('there is no option maxPrefix')
    const settings = new WampSettings()
    expect(() => settings.change({ maxPrefixes: 0 })).toThrow('option maxPrefixes must be a whole number above 0, and not 0')
    expect(settings.options.maxPrefixes).toBe(256)
  })
})

describe('the clock of WampSettings', () => {
  it('is the clock of the runtime that a connection brings; before, there is none', () => {
    const settings = new WampSettings()
    expect(() => settings.clock).toThrow('the factory has no connection yet')
    const clock = new FakeClock()
    settings.clock = clock
    expect(settings.clock).toBe(clock)
  })
})
