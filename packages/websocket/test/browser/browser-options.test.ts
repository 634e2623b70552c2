import { expect, it } from 'vitest'
import { type BrowserOptions, browserOptions, browserSettings } from '../../src/browser/browser-options.ts'
import { defaultsOf, resolveOptions } from '../../src/protocol/options/option-table.ts'
import { clientOptions } from '../../src/protocol/options/options.ts'

it('has the defaults that clients have on Node', () => {
  const { maxWaitingSize, ...others } = defaultsOf(browserSettings)
  expect(defaultsOf(clientOptions)).toMatchObject(others)
  expect(maxWaitingSize).toBe(4 * 1024 * 1024)
})

it('takes the values that it says it takes', () => {
  const refused = (given: Partial<Record<keyof BrowserOptions, unknown>>) => () =>
    resolveOptions(browserSettings, defaultsOf(browserSettings), given as Partial<BrowserOptions>)
  for (const name of ['maxMessagePayloadSize', 'maxWaitingSize', 'sendHighWaterMark', 'maxUnsentSize'] as const) {
    for (const value of [-1, 0.5, '1', Number.NaN])
      expect(refused({ [name]: value })).toThrow(`option ${name} must be a whole number of octets`)
    expect(refused({ [name]: 0 })).not.toThrow()
  }
  for (const value of [-1, 3601, '5', Number.NaN]) {
    expect(refused({ closeHandshakeTimeout: value })).toThrow('option closeHandshakeTimeout must be a number of seconds')
  }
  expect(refused({ closeHandshakeTimeout: 0.5 })).not.toThrow()
})

it('says of each option what it means, and why its default is what it is', () => {
  expect(defaultsOf(browserOptions)).toEqual(defaultsOf(browserSettings))
  for (const { means, because } of Object.values(browserOptions)) expect([means, because]).not.toContain('')
})
