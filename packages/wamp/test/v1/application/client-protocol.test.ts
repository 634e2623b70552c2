import { WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket/portable'
import { fakeRuntime, memoryPair } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { TestClientFactory } from '../../fixtures/link.ts'

it('gives up where the server does not agree to speak wamp', async () => {
  class Deaf extends WebSocketServerProtocol {}
  const runtime = fakeRuntime()
  const [one, other] = memoryPair(runtime.clock)
  const nowhere = { peer: { address: '', port: undefined }, own: { address: '', port: undefined }, isSecure: false }
  new WebSocketServerFactory(undefined, { protocol: Deaf }).acceptStream(other, nowhere, runtime)
  const client = new TestClientFactory().connectStream(one, nowhere, runtime)
  const failed = expect(client.opened).rejects.toThrow('the server did not agree to speak wamp')
  for (let i = 0; i < 10; i++) {
    runtime.clock.flush()
    await new Promise(resolve => setImmediate(resolve))
  }
  await failed
})
