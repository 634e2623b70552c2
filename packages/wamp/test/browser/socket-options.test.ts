import { browserSettings } from '@autobahn-ts/websocket/browser'
import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { socketOptions } from '../../src/browser/socket-options.ts'
import { wampMessageSize } from '../../src/v1/ports/wamp-factory.ts'

it('has the options of the WebSocket layer, and for messages the default of WAMP', () => {
  const { maxMessagePayloadSize, ...others } = socketOptions
  const { maxMessagePayloadSize: below, maxWaitingSize: _, ...othersBelow } = browserSettings
  expect(others).toEqual(othersBelow)
  expect(maxMessagePayloadSize).toEqual({ ...below, default: wampMessageSize })
  expect(defaultsOf(socketOptions)).toMatchObject({ maxMessagePayloadSize: 1024 * 1024, closeHandshakeTimeout: 5 })
})
