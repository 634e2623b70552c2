import { defaultsOf, resolveOptions } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { type TransportOptions, transportOptions } from '../../src/transports/transport-options.ts'

describe('transportOptions', () => {
  it('have defaults that are allowed', () => {
    const defaults = defaultsOf(transportOptions)
    expect(resolveOptions(transportOptions, defaults, defaults)).toEqual(defaults)
    expect(defaults.maxUnsentSize).toBeGreaterThan(defaults.maxMessageSize)
  })

  for (const [name, value] of [
    ['maxMessageSize', 511],
    ['maxSendSize', 1.5],
    ['highWaterMark', -1],
    ['maxUnsentSize', 0],
    ['closeTimeout', 0],
    ['handshakeTimeout', 3_000_000],
    ['pingInterval', Number.NaN],
    ['pingTimeout', '20'],
  ] as const) {
    it(`refuse ${name}: ${value}`, () => {
      const given = { [name]: value } as Partial<TransportOptions>
      expect(() => resolveOptions(transportOptions, defaultsOf(transportOptions), given)).toThrow(`option ${name} must be`)
    })
  }

  it('name the option that was meant', () => {
    const given = { maxMesageSize: 5 } as Partial<TransportOptions>
    expect(() => resolveOptions(transportOptions, defaultsOf(transportOptions), given)).toThrow('did you mean maxMessageSize?')
  })
})
