import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { resolveTransportOptions, type TransportOptions, transportSettings } from '../../src/transports/transport-settings.ts'

describe('resolveTransportOptions', () => {
  it('completes options with the defaults, which are allowed themselves', () => {
    const defaults = defaultsOf(transportSettings)
    expect(resolveTransportOptions({})).toEqual(defaults)
    expect(resolveTransportOptions(defaults)).toEqual(defaults)
    expect(resolveTransportOptions({ pingInterval: 5 })).toEqual({ ...defaults, pingInterval: 5 })
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
    it(`refuses ${name}: ${value}`, () => {
      expect(() => resolveTransportOptions({ [name]: value } as Partial<TransportOptions>)).toThrow(`option ${name} must be`)
    })
  }

  it('names the option that was meant', () => {
    expect(() => resolveTransportOptions({ maxMesageSize: 5 } as Partial<TransportOptions>)).toThrow('did you mean maxMessageSize?')
  })
})
