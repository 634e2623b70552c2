import { clientOptions, defaultsOf, resolveOptions } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { type SocketOptions, socketOptions } from '../../src/browser/socket-options.ts'
import { wampMessageSize } from '../../src/v1/ports/wamp-factory.ts'

it('has the defaults of the WebSocket layer, and for messages that of WAMP', () => {
  const { maxMessagePayloadSize, ...others } = defaultsOf(socketOptions)
  expect(defaultsOf(clientOptions)).toMatchObject(others)
  expect(maxMessagePayloadSize).toBe(wampMessageSize)
})

it('takes what it says it takes', () => {
  const refused = (given: Partial<Record<keyof SocketOptions, unknown>>) => () =>
    resolveOptions(socketOptions, defaultsOf(socketOptions), given as Partial<SocketOptions>)
  for (const name of ['maxMessagePayloadSize', 'sendHighWaterMark', 'maxUnsentSize'] as const) {
    for (const value of [-1, 0.5, '1', Number.NaN])
      expect(refused({ [name]: value })).toThrow(`option ${name} must be a whole number of octets`)
    expect(refused({ [name]: 0 })).not.toThrow()
  }
  for (const value of [-1, 2_000_001, '5', Number.NaN]) {
    expect(refused({ closeHandshakeTimeout: value })).toThrow('option closeHandshakeTimeout must be a number of seconds')
  }
  expect(refused({ closeHandshakeTimeout: 0.5 })).not.toThrow()
})
