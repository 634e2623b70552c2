import { MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { MetaEvents } from '../../src/realm/meta-events.ts'
import { eventsOf, firstDay, TestRealm } from '../fixtures/test-realm.ts'

const created = new Date(firstDay).toISOString()

describe('the events about subscriptions', () => {
  it('tell who has caused them, creation first and deletion last', () => {
    const { realm, watcher, told } = watched('wamp.subscription')
    const [one, two] = [realm.join(), realm.join()]
    const id = one.subscribe('com.tick')
    expect(told()).toEqual([
      ['wamp.subscription.on_create', one.id, { id, created, uri: 'com.tick', match: 'exact' }],
      ['wamp.subscription.on_subscribe', one.id, id],
    ])
    two.subscribe('com.tick')
    expect(told()).toEqual([['wamp.subscription.on_subscribe', two.id, id]])
    one.say([MessageType.UNSUBSCRIBE, 2, id])
    expect(told()).toEqual([['wamp.subscription.on_unsubscribe', one.id, id]])
    two.transport.abort('gone')
    expect(told()).toEqual([
      ['wamp.subscription.on_unsubscribe', two.id, id],
      ['wamp.subscription.on_delete', two.id, id],
    ])
    expect(watcher.isClosed).toBe(false)
  })

  it('come to the subscriber itself after SUBSCRIBED', () => {
    const one = new TestRealm().join()
    const answers = one.say([MessageType.SUBSCRIBE, 1, { match: 'prefix' }, 'wamp.subscription'])
    expect(answers.map(([type]) => type)).toEqual([MessageType.SUBSCRIBED, MessageType.EVENT, MessageType.EVENT])
  })
})

describe('the events about registrations', () => {
  it('tell who has caused them, creation first and deletion last', () => {
    const { realm, told } = watched('wamp.registration')
    const [one, two] = [realm.join(), realm.join()]
    const id = one.register('com.do', { invoke: 'last' })
    expect(told()).toEqual([
      ['wamp.registration.on_create', one.id, { id, created, uri: 'com.do', match: 'exact', invoke: 'last' }],
      ['wamp.registration.on_register', one.id, id],
    ])
    two.register('com.do', { invoke: 'last' })
    expect(told()).toEqual([['wamp.registration.on_register', two.id, id]])
    one.say([MessageType.UNREGISTER, 2, id])
    expect(told()).toEqual([['wamp.registration.on_unregister', one.id, id]])
    two.transport.abort('gone')
    expect(told()).toEqual([
      ['wamp.registration.on_unregister', two.id, id],
      ['wamp.registration.on_delete', two.id, id],
    ])
  })
})

it('nobody is told before there is a broker', () => {
  const [subscription] = new TestRealm({ history: [{ topic: 'com.x', limit: 1 }] }).realm.broker.subscriptions
  expect(() => new MetaEvents().subscriptionCreated(1, subscription!)).not.toThrow()
})

/** Returns the events with their topics. */
function watched(prefix: string) {
  const realm = new TestRealm()
  const watcher = realm.join()
  watcher.subscribe(prefix, { match: 'prefix' })
  watcher.received()
  const told = () => {
    const events = watcher.received()
    return eventsOf(events).map((args, n) => [(events[n]![3] as { topic: string }).topic, ...args])
  }
  return { realm, watcher, told }
}
