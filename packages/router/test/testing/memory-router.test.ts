import { type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { memoryRouter } from '../../src/testing/memory-router.ts'

it('memoryRouter routes between clients of one process, on a clock of the test', async () => {
  const clock = new FakeClock()
  const { dial } = memoryRouter({ clock })
  const [one, other] = [0, 1].map(() => {
    const transport = dial()
    const received: Message[] = []
    transport.open({ onMessage: message => void received.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
    transport.send([MessageType.HELLO, 'realm1', { roles: { publisher: {}, subscriber: {} } }])
    return { transport, received }
  })
  await clock.settle()
  one!.transport.send([MessageType.SUBSCRIBE, 1, {}, 'com.tick'])
  await clock.settle()
  other!.transport.send([MessageType.PUBLISH, 1, {}, 'com.tick', { args: [1], kwargs: {} }])
  await clock.settle()
  expect(one!.received.map(([type]) => type)).toEqual([MessageType.WELCOME, MessageType.SUBSCRIBED, MessageType.EVENT])
})
