import { expect, it } from 'vitest'
import { settled } from '../../../websocket/test/fixtures/script-socket.ts'
import { WampCraClientProtocol } from '../../src/browser/cra-client-protocol.ts'
import { authSignature } from '../../src/v1/auth/cra.ts'
import { ScriptFactory } from '../fixtures/script-client.ts'

it('answers the challenge with the salted secret', async () => {
  class Client extends WampCraClientProtocol {}
  const [client, socket] = new ScriptFactory(Client).connect<Client>()
  socket.say([0, 'session-1', 1, 'test'])
  const extra = { salt: 'RANDOM SALT', iterations: 10, keylen: 32 }
  const challenge = JSON.stringify({ authkey: 'joe', authextra: extra })
  const permissions = client.authenticate('joe', { tenant: 7 }, 'secret')
  expect(socket.heard()).toEqual([[2, '1', 'http://api.wamp.ws/procedure#authreq', 'joe', { tenant: 7 }]])
  socket.say([3, '1', challenge])
  await expect.poll(() => socket.sent.length).toBe(1)
  expect(socket.heard()).toEqual([[2, '2', 'http://api.wamp.ws/procedure#auth', authSignature(challenge, 'secret', extra)]])
  socket.say([3, '2', { rpc: [], pubsub: [] }])
  await settled()
  expect(await permissions).toEqual({ rpc: [], pubsub: [] })
})
