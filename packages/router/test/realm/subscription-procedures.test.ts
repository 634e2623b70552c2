import { MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { firstDay, TestRealm } from '../fixtures/test-realm.ts'

describe('the procedures about subscriptions', () => {
  it('list, find and describe them', () => {
    const realm = new TestRealm()
    const one = realm.join()
    const [exact, wildcard] = [one.subscribe('com.tick'), one.subscribe('com.', { match: 'wildcard' })]
    expect(one.ask('wamp.subscription.list')).toEqual({ exact: [exact], prefix: [], wildcard: [wildcard] })
    expect(one.ask('wamp.subscription.lookup', ['com.', { match: 'wildcard' }])).toBe(wildcard)
    expect(one.ask('wamp.subscription.lookup', ['com.'])).toBeNull()
    expect(one.ask('wamp.subscription.match', ['com.tick'])).toEqual([exact, wildcard])
    expect(one.ask('wamp.subscription.match', ['org'])).toBeNull()
    expect(one.ask('wamp.subscription.get', [exact])).toEqual({
      id: exact,
      created: new Date(firstDay).toISOString(),
      uri: 'com.tick',
      match: 'exact',
    })
    expect(one.ask('wamp.subscription.get', [99])).toBe('wamp.error.no_such_subscription')
  })

  it('tell the subscribers, to those who may subscribe', () => {
    const realm = new TestRealm()
    const [one, two] = [realm.join(), realm.join()]
    const id = one.subscribe('com.tick')
    two.subscribe('com.tick')
    expect(one.ask('wamp.subscription.list_subscribers', [id])).toEqual([one.id, two.id])
    expect(one.ask('wamp.subscription.count_subscribers', [id])).toBe(2)
    const guarded = new TestRealm({
      access: { mayDo: ({ authrole }, action) => ({ allow: action !== 'subscribe' || authrole === 'admin', disclose: false }) },
    })
    const secret = guarded.join({ authrole: 'admin' }).subscribe('com.secret')
    expect(guarded.join().ask('wamp.subscription.list_subscribers', [secret])).toBe('wamp.error.not_authorized')
  })

  it('revoke a subscription, and tell its subscriber why', () => {
    const realm = new TestRealm()
    const [admin, one, silent] = [realm.join(), realm.join(), realm.join({ roles: { subscriber: {} } })]
    const id = one.subscribe('com.tick')
    silent.subscribe('com.tick')
    expect(admin.ask('wamp.subscription.remove_subscriber', [id, admin.id])).toBe('wamp.error.no_such_session')
    expect(admin.ask('wamp.subscription.remove_subscriber', [id, 1])).toBe('wamp.error.no_such_session')
    expect(admin.ask('wamp.subscription.remove_subscriber', [id, one.id, 'com.enough'])).toBeUndefined()
    expect(one.received()).toEqual([[MessageType.UNSUBSCRIBED, 0, { subscription: id, reason: 'com.enough' }]])
    admin.ask('wamp.subscription.remove_subscriber', [id, silent.id])
    expect(silent.received()).toEqual([])
    expect(admin.ask('wamp.subscription.match', ['com.tick'])).toBeNull()
  })
})

describe('wamp.subscription.get_events', () => {
  it('has no events of topics that are denied within a pattern, and counts none of them for the limit', () => {
    const access = { mayDo: () => ({ allow: true, disclose: false }), mayReceive: (_: unknown, topic: string) => topic !== 'com.secret' }
    const realm = new TestRealm({ access, history: [{ topic: 'com.', match: 'prefix', limit: 5 }] })
    const one = realm.join()
    const [id] = one.ask('wamp.subscription.match', ['com.x']) as number[]
    one.publish('com.open', [1])
    one.publish('com.secret', [2])
    const events = one.ask('wamp.subscription.get_events', [id], { limit: 1, reverse: true }) as { args: unknown }[]
    expect(events.map(({ args }) => args)).toEqual([[1]])
  })

  it('has the events of a topic, also those from before there was a subscriber', () => {
    const realm = new TestRealm({ history: [{ topic: 'com', match: 'prefix', limit: 2 }] })
    const one = realm.join()
    const [id] = one.ask('wamp.subscription.match', ['com.x']) as number[]
    for (const n of [1, 2, 3]) {
      one.publish(`com.${n}`, [n], { disclose_me: n === 3 })
      realm.clock.advance(1000)
    }
    expect(one.ask('wamp.subscription.get_events', [id])).toEqual([
      { timestamp: at(1000), subscription: id, publication: expect.any(Number), details: { topic: 'com.2' }, args: [2], kwargs: {} },
      {
        timestamp: at(2000),
        subscription: id,
        publication: expect.any(Number),
        details: expect.objectContaining({ topic: 'com.3', publisher: one.id }),
        args: [3],
        kwargs: {},
      },
    ])
    expect(one.ask('wamp.subscription.get_events', [id], { topic: 'com.2' })).toHaveLength(1)
    expect(one.ask('wamp.subscription.get_events', [id], { after_time: at(1000) })).toHaveLength(1)
  })

  it('is empty where no history is kept, and a history stays without subscribers', () => {
    const realm = new TestRealm({ history: [{ topic: 'com.kept', limit: 5 }] })
    const one = realm.join()
    expect(one.ask('wamp.subscription.get_events', [one.subscribe('com.other')])).toEqual([])
    const id = one.subscribe('com.kept')
    one.say([MessageType.UNSUBSCRIBE, 9, id])
    one.publish('com.kept', ['x'])
    expect(one.ask('wamp.subscription.get_events', [id])).toHaveLength(1)
  })

  it('leaves out what the session may not have', () => {
    const realm = new TestRealm({ history: [{ topic: 'com.kept', limit: 5 }] })
    const [one, joe] = [realm.join(), realm.join({ authid: 'joe' })]
    const [id] = one.ask('wamp.subscription.match', ['com.kept']) as number[]
    one.publish('com.kept', ['for joe'], { eligible_authid: ['joe'] })
    one.publish('com.kept', ['for a session'], { eligible: [joe.id] })
    expect(one.ask('wamp.subscription.get_events', [id])).toEqual([])
    expect(joe.ask('wamp.subscription.get_events', [id])).toEqual([expect.objectContaining({ args: ['for joe'] })])
  })
})

function at(milliseconds: number): string {
  return new Date(firstDay + milliseconds).toISOString()
}
