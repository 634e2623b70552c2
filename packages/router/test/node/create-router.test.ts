import { type Message, MessageType, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { nodeRuntime } from '@autobahn-ts/websocket'
import { expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'

it('createRouter routes on the clock of Node', async () => {
  const router = createRouter()
  const [client, end] = memoryTransports(nodeRuntime.clock)
  router.accept(end)
  const welcome = await new Promise<Message>(resolve => {
    client.open({ onMessage: resolve, onViolation() {}, onWritable() {}, onClosed() {} })
    client.send([MessageType.HELLO, 'realm1', { roles: { caller: {} } }])
  })
  expect(welcome[0]).toBe(MessageType.WELCOME)
  client.close()
  await router.close()
})
