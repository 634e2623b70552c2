import { MessageType } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { Traffic } from '../../src/realm/traffic.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

it('Traffic counts every kind of message', () => {
  const traffic = new Traffic()
  for (const code of Object.values(MessageType)) {
    traffic.received(code)
    traffic.sent(code)
  }
  const once = Object.fromEntries(Object.keys(MessageType).map(name => [name, 1]))
  expect([traffic.receivedByName, traffic.sentByName]).toEqual([once, once])
})

it('a realm counts the messages of its sessions, and not those that were dropped', () => {
  const realm = new TestRealm({ outboxMessages: 1 })
  const [one, slow] = [realm.join(), realm.join({}, { highWaterMark: 0 })]
  slow.subscribe('com.tick')
  slow.transport.stall()
  for (let n = 0; n < 4; n++) one.publish('com.tick')
  one.call('com.nobody')
  expect(realm.realm.traffic.receivedByName).toEqual({ SUBSCRIBE: 1, PUBLISH: 4, CALL: 1 })
  expect(realm.realm.traffic.sentByName).toEqual({ WELCOME: 2, SUBSCRIBED: 1, EVENT: 2, ERROR: 1 })
})
