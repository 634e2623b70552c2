import { MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { eventsOf, TestRealm } from '../fixtures/test-realm.ts'

const { GOODBYE } = MessageType

describe('wamp.session.count and list', () => {
  it('have all sessions, or those of some roles', () => {
    const realm = new TestRealm()
    const [one, two] = [realm.join(), realm.join({ authrole: 'admin' })]
    expect(one.ask('wamp.session.count')).toBe(2)
    expect(one.ask('wamp.session.count', [['admin', 'other']])).toBe(1)
    expect(one.ask('wamp.session.list')).toEqual([one.id, two.id])
    expect(one.ask('wamp.session.list', [], { filter_authroles: ['admin'] })).toEqual([two.id])
  })
})

describe('wamp.session.get', () => {
  it('tells about a session, its transport, and what it has not got', () => {
    const realm = new TestRealm({ outboxMessages: 1 })
    const [one, slow] = [realm.join(), realm.join({ authid: 'joe', authprovider: 'static' }, { highWaterMark: 0 })]
    slow.subscribe('com.tick')
    slow.transport.stall()
    for (let n = 0; n < 4; n++) one.publish('com.tick')
    expect(one.ask('wamp.session.get', [slow.id])).toEqual({
      session: slow.id,
      authid: 'joe',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'static',
      transport: { type: 'memory', peer: '', secure: false },
      _outbox: { octets: 256, messages: 1, dropped_events: 2, oversized_events: 0, refused_messages: 0 },
    })
    expect(one.ask('wamp.session.get', [1])).toBe('wamp.error.no_such_session')
  })
})

describe('wamp.session.kill', () => {
  it('ends another session, with a reason', () => {
    const realm = new TestRealm()
    const [one, two] = [realm.join(), realm.join()]
    expect(one.ask('wamp.session.kill', [two.id], { reason: 'com.enough', message: 'bye' })).toBeUndefined()
    expect(two.received()).toEqual([[GOODBYE, { message: 'bye' }, 'com.enough']])
    expect(one.ask('wamp.session.kill', [two.id])).toBe('wamp.error.no_such_session')
  })

  it('never ends the own session, and refuses a reason that is not a URI', () => {
    const realm = new TestRealm()
    const [one, two] = [realm.join(), realm.join()]
    expect(one.ask('wamp.session.kill', [one.id])).toBe('wamp.error.no_such_session')
    expect(one.ask('wamp.session.kill', [two.id], { reason: 'a b' })).toBe('wamp.error.invalid_uri')
    expect(realm.realm.sessions.size).toBe(2)
  })
})

describe('wamp.session.kill_by_authid and kill_by_authrole', () => {
  it('end the other sessions of a name or a role', () => {
    const realm = new TestRealm()
    const [one, ...joes] = [realm.join({ authid: 'joe' }), realm.join({ authid: 'joe' }), realm.join({ authid: 'joe', authrole: 'admin' })]
    const other = realm.join({ authrole: 'guest' })
    expect(one!.ask('wamp.session.kill_by_authid', ['joe'])).toEqual(joes.map(({ id }) => id))
    expect(one!.ask('wamp.session.kill_by_authrole', ['guest'])).toBe(1)
    expect(other.received()).toEqual([[GOODBYE, {}, 'wamp.close.killed']])
    expect([...realm.realm.sessions.keys()]).toEqual([one!.id])
  })
})

describe('wamp.session.kill_all', () => {
  it('ends all other sessions, without testaments and events', () => {
    const realm = new TestRealm()
    const [one, two, three] = [realm.join(), realm.join(), realm.join()]
    one.subscribe('wamp.session.on_leave')
    one.subscribe('com.will')
    two.ask('wamp.session.add_testament', ['com.will', [], {}])
    three.subscribe('com.x')
    expect(one.ask('wamp.session.kill_all')).toBe(2)
    expect(eventsOf(one.received())).toEqual([])
    expect([...realm.realm.sessions.keys()]).toEqual([one.id])
    expect(realm.realm.broker.find('exact', 'com.x')).toBeUndefined()
  })
})
