import { clientOptions, defaultsOf, resolveOptions, serverOptions } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { transportOptions } from '../../src/transports/transport-options.ts'
import { layerOptions } from '../../src/transports/websocket-layer.ts'

it('gives options that the WebSocket layer takes on both sides, with the limits of transports', () => {
  const limits = { ...defaultsOf(transportOptions), maxMessageSize: 1024, closeTimeout: 3, pingInterval: 7, maxUnsentSize: 4096 }
  const layer = layerOptions(limits)
  expect(layer).toMatchObject({ maxMessagePayloadSize: 1024, closeHandshakeTimeout: 3, autoPingInterval: 7, maxUnsentSize: 4096 })
  expect(resolveOptions(serverOptions, defaultsOf(serverOptions), layer)).toMatchObject(layer)
  expect(resolveOptions(clientOptions, defaultsOf(clientOptions), layer)).toMatchObject(layer)
})
