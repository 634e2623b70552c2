import { expect, it } from 'vitest'
import { WampCraClientProtocol } from '../../../src/v1/application/cra-client-protocol.ts'
import { Link, TestClientFactory, welcome } from '../../fixtures/link.ts'

class Client extends WampCraClientProtocol {}

it('authenticates by two calls', async () => {
  // the client loads this when it authenticates, and the peer below does not wait for it
  await import('../../../src/keys/index.ts')
  const [client, peer] = await new Link().connect<Client>(new TestClientFactory(Client))
  await peer.say(welcome)
  const permissions = client.authenticate<{ rpc: [] }>('key', { a: 1 }, 'secret')
  await peer.say([3, '1', '{"a":1}'])
  await peer.say([3, '2', { rpc: [] }])
  expect((await permissions).rpc).toEqual([])
  expect(peer.heard()).toEqual([
    [2, '1', 'http://api.wamp.ws/procedure#authreq', 'key', { a: 1 }],
    [2, '2', 'http://api.wamp.ws/procedure#auth', 'qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ='],
  ])
})
