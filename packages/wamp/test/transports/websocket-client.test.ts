import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { TransportClientProtocol } from '../../src/transports/websocket-client.ts'

it('gives up where the server agrees to no subprotocol, or to another one', () => {
  const protocol = made()
  for (const agreed of ['', 'wamp', 'wamp.2.json.batched'])
    expect(() => protocol.onConnect({ protocol: agreed } as never)).toThrow('the server did not agree to one of wamp.2.json')
  expect(() => protocol.onConnect({ protocol: 'wamp.2.json' } as never)).not.toThrow()
})

it('has no transport before it is open', () => {
  expect(() => made().messageTransport).toThrow('the connection is not open')
})

function made(): TransportClientProtocol {
  const spoken = { serializers: [new JsonSerializer()], isBatched: false }
  return new TransportClientProtocol({ spoken, maxSendSize: 1024, clock: new FakeClock() })
}
