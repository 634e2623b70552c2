import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { TransportPageProtocol } from '../../src/browser/transport-page-protocol.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'

it('gives up where the server agrees to no subprotocol, or to another one', () => {
  for (const agreed of ['', 'wamp', 'wamp.2.json.batched'])
    expect(() => made().onConnect({ protocol: agreed })).toThrow('the server did not agree to one of wamp.2.json')
  expect(() => made().onConnect({ protocol: 'wamp.2.json' })).not.toThrow()
})

it('has no transport before it is open', () => {
  expect(() => made().messageTransport).toThrow('the connection is not open')
})

it('has hooks wait while it is paused, until it is resumed for good', async () => {
  const protocol = made()
  expect(protocol.onTextMessage('')).toBe(undefined)
  protocol.pauseReceiving()
  let isDone = false
  const waiting = Promise.resolve(protocol.onTextMessage('')).then(() => {
    isDone = true
  })
  protocol.resumeReceiving()
  protocol.pauseReceiving()
  await new Promise(resolve => setImmediate(resolve))
  expect(isDone).toBe(false)
  protocol.resumeReceiving()
  await waiting
})

function made(): TransportPageProtocol {
  const spoken = { serializers: [new JsonSerializer()], isBatched: false }
  return new TransportPageProtocol({ spoken, maxSendSize: 1024, clock: new FakeClock(), url: 'ws://a' })
}
