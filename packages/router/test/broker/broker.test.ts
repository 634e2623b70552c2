import { type Dict, type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { eventsOf, payload, TestRealm } from '../fixtures/test-realm.ts'

const { ERROR, EVENT, PUBLISH, PUBLISHED, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED } = MessageType

describe('subscribing', () => {
  it('is answered with an id, which all subscribers of the topic share', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    expect(one.say([SUBSCRIBE, 1, {}, 'com.tick'])).toEqual([[SUBSCRIBED, 1, 1]])
    expect(one.say([SUBSCRIBE, 2, {}, 'com.tick'])).toEqual([[SUBSCRIBED, 2, 1]])
    expect(other.say([SUBSCRIBE, 1, {}, 'com.tick'])).toEqual([[SUBSCRIBED, 1, 1]])
    expect(other.publish('com.tick')).toEqual([])
    expect(eventsOf(one.received())).toEqual([[]])
  })

  it('ends with UNSUBSCRIBE', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    const id = one.subscribe('com.tick')
    expect(one.say([UNSUBSCRIBE, 2, id])).toEqual([[UNSUBSCRIBED, 2]])
    other.publish('com.tick')
    expect(one.received()).toEqual([])
    expect(one.say([UNSUBSCRIBE, 3, id])).toEqual([[ERROR, UNSUBSCRIBE, 3, {}, 'wamp.error.no_such_subscription', undefined]])
    other.subscribe('com.other')
    expect(one.say([UNSUBSCRIBE, 4, id + 1])[0]?.[4]).toBe('wamp.error.no_such_subscription')
  })

  it('is bounded, also in the number of patterns', () => {
    const one = new TestRealm({ maxSubscriptions: 2, maxPatterns: 1 }).join()
    one.subscribe('a', { match: 'prefix' })
    expect(one.say([SUBSCRIBE, 5, { match: 'wildcard' }, 'b.'])[0]?.[4]).toBe('wamp.error.unavailable')
    one.subscribe('c')
    expect(one.say([SUBSCRIBE, 6, {}, 'd'])[0]?.[4]).toBe('wamp.error.unavailable')
    expect(one.say([SUBSCRIBE, 7, {}, 'c'])[0]?.[0]).toBe(SUBSCRIBED)
  })
})

describe('an event', () => {
  it('goes to every subscription that matches, under one publication id', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    const ids = [one.subscribe('com.app.x'), one.subscribe('com.app', { match: 'prefix' }), one.subscribe('com..x', { match: 'wildcard' })]
    other.publish('com.app.x', [1])
    const events = one.received()
    expect(events.map(event => [event[1], event[3], event[4]])).toEqual([
      [ids[0], {}, payload(1)],
      [ids[1], { topic: 'com.app.x' }, payload(1)],
      [ids[2], { topic: 'com.app.x' }, payload(1)],
    ])
    expect(new Set(events.map(event => event[2])).size).toBe(1)
  })

  it('is acknowledged with that id where the publisher asks', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    one.subscribe('com.tick')
    const [answer] = other.publish('com.tick', [], { acknowledge: true })
    expect(answer).toEqual([PUBLISHED, 1, one.received()[0]?.[2]])
  })

  it('does not go to its publisher, unless that one wants it', () => {
    const one = new TestRealm().join()
    one.subscribe('com.tick')
    expect(one.publish('com.tick')).toEqual([])
    expect(eventsOf(one.publish('com.tick', ['mine'], { exclude_me: false }))).toEqual([['mine']])
  })

  it.each<[string, (ids: number[]) => Dict, number[]]>([
    ['eligible', ids => ({ eligible: [ids[0], ids[1]] }), [0, 1]],
    ['exclude', ids => ({ exclude: [ids[0]] }), [1, 2]],
    ['eligible and exclude', ids => ({ eligible: [ids[0], ids[1]], exclude: [ids[1]] }), [0]],
    ['eligible_authid', () => ({ eligible_authid: ['b'] }), [1]],
    ['exclude_authid', () => ({ exclude_authid: ['b'] }), [0, 2]],
    ['eligible_authrole', () => ({ eligible_authrole: ['admin'] }), [2]],
    ['exclude_authrole', () => ({ exclude_authrole: ['admin'] }), [0, 1]],
    ['an empty list of eligible', () => ({ eligible: [] }), []],
  ])('goes to the receivers that %s allows', (_, optionsFor, receivers) => {
    const realm = new TestRealm()
    const ones = [realm.join({ authid: 'a' }), realm.join({ authid: 'b' }), realm.join({ authid: 'c', authrole: 'admin' })]
    for (const one of ones) one.subscribe('com.tick')
    realm.join().publish('com.tick', [], optionsFor(ones.map(({ id }) => id)))
    expect([0, 1, 2].filter(n => ones[n]!.received().length > 0)).toEqual(receivers)
  })

  it('tells its publisher where that one, or its permission, wants it', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    one.subscribe('com.tick')
    other.publish('com.tick', [], { disclose_me: true })
    expect(one.received()[0]?.[3]).toEqual({ publisher: other.id, publisher_authid: other.session.authid, publisher_authrole: 'user' })
    const told = new TestRealm({ access: { mayDo: () => ({ allow: true, disclose: true }) } })
    const [third, fourth] = [told.join(), told.join()]
    third.subscribe('com.tick')
    fourth.publish('com.tick')
    expect(third.received()[0]?.[3]).toMatchObject({ publisher: fourth.id })
  })

  it('carries the attributes of its payload, and nothing else that the publisher says', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    one.subscribe('com.tick')
    other.publish('com.tick', [], {
      ppt_scheme: 'x_app',
      ppt_keyid: 'k',
      forward_for: [{ session: 1, authid: 'root', authrole: 'root' }],
      _x: 1,
    })
    expect(one.received()[0]?.[3]).toEqual({ ppt_scheme: 'x_app', ppt_keyid: 'k' })
  })

  it('of a link to another router tells the original publisher', () => {
    const realm = new TestRealm()
    const [one, link] = [realm.join(), realm.join({ isLink: true })]
    one.subscribe('com.tick')
    const forward_for = [{ session: 7, authid: null, authrole: 'user' }]
    link.publish('com.tick', [], { forward_for })
    expect(one.received()[0]?.[3]).toEqual({ publisher: 7, publisher_authrole: 'user', forward_for })
  })

  it('is delivered to one session at most as often as the limit says', () => {
    const realm = new TestRealm({ maxDeliveries: 2 })
    const [one, two, other] = [realm.join(), realm.join(), realm.join()]
    for (const prefix of ['a', 'a.', 'a.b']) one.subscribe(prefix, { match: 'prefix' })
    two.subscribe('a.b')
    other.publish('a.b')
    expect(one.received()).toHaveLength(2)
    expect(two.received()).toHaveLength(1)
    expect(realm.realm.broker.skippedDeliveries).toBe(1)
  })

  it('that a permission denies is not let in by a pattern', () => {
    const realm = new TestRealm({
      access: { mayDo: () => ({ allow: true, disclose: false }), mayReceive: (_, topic) => topic !== 'com.secret' },
    })
    const [one, other] = [realm.join(), realm.join()]
    one.subscribe('com', { match: 'prefix' })
    other.publish('com.secret', [], { retain: true })
    other.publish('com.open')
    expect(one.received().map(event => event[3])).toEqual([{ topic: 'com.open' }])
    expect(one.say([SUBSCRIBE, 9, { match: 'wildcard', get_retained: true }, 'com.'])).toHaveLength(1)
  })
})

describe('a retained event', () => {
  it('goes to those who subscribe later and ask for it, after SUBSCRIBED', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join(), realm.join()]
    other.publish('com.tick', [1], { retain: true })
    other.publish('com.tick', [2], { retain: true })
    other.publish('com.tick', [3])
    const answers = one.say([SUBSCRIBE, 1, { get_retained: true }, 'com.tick'])
    expect(answers).toEqual([
      [SUBSCRIBED, 1, 1],
      [EVENT, 1, expect.any(Number), { retained: true }, payload(2)],
    ])
    expect(realm.join().say([SUBSCRIBE, 1, {}, 'com.tick'])).toHaveLength(1)
  })

  it('is sent for every topic that a pattern matches', () => {
    const realm = new TestRealm()
    const other = realm.join()
    for (const topic of ['com.a', 'com.b', 'org.c']) other.publish(topic, [topic], { retain: true })
    const answers = realm.join().say([SUBSCRIBE, 1, { get_retained: true, match: 'prefix' }, 'com.'])
    expect(answers.slice(1).map(event => event[3])).toEqual([
      { topic: 'com.a', retained: true },
      { topic: 'com.b', retained: true },
    ])
  })

  it('goes to those alone who could have had it', () => {
    const realm = new TestRealm()
    const [one, other] = [realm.join({ authid: 'joe' }), realm.join()]
    other.publish('com.tick', [], { retain: true, eligible_authid: ['joe'] })
    expect(one.say([SUBSCRIBE, 1, { get_retained: true }, 'com.tick'])).toHaveLength(2)
    expect(realm.join().say([SUBSCRIBE, 1, { get_retained: true }, 'com.tick'])).toHaveLength(1)
    expect(other.say([SUBSCRIBE, 9, { get_retained: true }, 'com.tick'])).toHaveLength(1)
  })
})

describe('the end of a subscriber', () => {
  it('ends its subscriptions', () => {
    const realm = new TestRealm()
    const one = realm.join()
    one.subscribe('com.tick')
    one.subscribe('com', { match: 'prefix' })
    one.transport.abort('gone')
    realm.clock.flush()
    expect([...realm.realm.broker.subscriptions]).toEqual([])
    expect(realm.realm.broker.matching('com.tick')).toEqual([])
  })
})

describe('PUBLISH', () => {
  it.each<[string, Message]>([
    ['a topic that is not a URI', [PUBLISH, 1, { acknowledge: true }, 'a b#']],
    ['a topic of the router', [PUBLISH, 1, { acknowledge: true }, 'wamp.session.on_join']],
  ])('of %s is refused with invalid_uri, where an answer is asked for', (_, message) => {
    const one = new TestRealm().join()
    expect(one.say(message)[0]?.[4]).toBe('wamp.error.invalid_uri')
    expect(one.say([PUBLISH, 1, {}, message[3] as string])).toEqual([])
  })
})

describe('a history that is changed while the realm is in use', () => {
  const rule = (topic: string, limit = 10, match?: 'prefix') => ({ topic, limit, ...(match && { match }) })
  const past = (realm: TestRealm, topic: string, match: 'exact' | 'prefix' = 'exact') =>
    realm.realm.broker
      .find(match, topic)
      ?.history?.find({}, 'a', 'b')
      .map(({ publication }) => publication.payload?.args[0])

  it('keeps the events of topics that stay, as many as fit, and begins for new ones, also where there are subscribers', () => {
    const realm = new TestRealm({ history: [rule('com.a')] })
    const [one, two] = [realm.join(), realm.join()]
    const subscription = two.subscribe('com.b')
    for (let n = 1; n <= 5; n++) one.publish('com.a', [n])
    realm.realm.change({ history: [rule('com.a', 2), rule('com.b'), rule('com.', 10, 'prefix')] })
    expect(realm.realm.broker.find('exact', 'com.b')?.id).toBe(subscription)
    one.publish('com.b', [6])
    expect([past(realm, 'com.a'), past(realm, 'com.b'), past(realm, 'com.', 'prefix')]).toEqual([[4, 5], [6], [6]])
    expect(eventsOf(two.received())).toEqual([[6]])
  })

  it('gives up the events of others, whose subscriptions stay as long as they have subscribers', () => {
    const realm = new TestRealm({ history: [rule('com.a'), rule('com.b')] })
    const [one, watcher] = [realm.join(), realm.join()]
    watcher.subscribe('wamp.subscription.on_delete')
    one.subscribe('com.b')
    one.publish('com.b', [1], { exclude_me: false })
    one.received()
    realm.realm.change({ history: [] })
    expect(realm.realm.broker.find('exact', 'com.a')).toBeUndefined()
    expect([realm.realm.broker.find('exact', 'com.b')?.subscribers.size, past(realm, 'com.b')]).toEqual([1, undefined])
    one.publish('com.b', [2], { exclude_me: false })
    expect(eventsOf(one.received())).toEqual([])
    expect(watcher.received()).toEqual([])
  })

  it('stays where it is not given', () => {
    const realm = new TestRealm({ history: [rule('com.a')] })
    realm.join().publish('com.a', [1])
    realm.realm.change({ maxSessions: 5 })
    expect(past(realm, 'com.a')).toEqual([1])
  })
})
