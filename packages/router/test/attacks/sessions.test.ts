import { type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { applicationAccess } from '../../src/realm/access.ts'
import { RoleAccess } from '../../src/router/role-access.ts'
import { eventsOf, TestRealm } from '../fixtures/test-realm.ts'

const { EVENT, SUBSCRIBE, REGISTER } = MessageType

describe('an anonymous session', () => {
  const forbidden = [
    ['wamp.session.kill', [1001]],
    ['wamp.session.kill_by_authid', ['joe']],
    ['wamp.session.kill_by_authrole', ['user']],
    ['wamp.session.kill_all', []],
    ['wamp.session.list', []],
    ['wamp.session.get', [1001]],
    ['wamp.subscription.list', []],
    ['wamp.subscription.get_events', [1]],
    ['wamp.subscription.remove_subscriber', [1, 1001]],
    ['wamp.registration.list', []],
    ['wamp.registration.remove_callee', [1, 1001]],
  ] as const

  for (const [procedure, args] of forbidden) {
    it(`may not call ${procedure}, and nobody is harmed`, () => {
      const realm = new TestRealm({ access: applicationAccess })
      const victim = realm.join()
      expect(realm.join().ask(procedure, args)).toBe('wamp.error.not_authorized')
      expect([victim.isClosed, victim.received()]).toEqual([false, []])
    })
  }

  it('counts sessions by a hundred thousand roles in a time that does not grow with their product', () => {
    const realm = new TestRealm({ access: applicationAccess })
    for (let n = 0; n < 200; n++) realm.join()
    let looked = 0
    const roles = new Proxy(
      Array.from({ length: 100_000 }, (_, n) => `role${n}`),
      {
        get(target, key, receiver) {
          looked++
          return Reflect.get(target, key, receiver)
        },
      },
    )
    expect(realm.join().ask('wamp.session.count', [roles])).toBe(0)
    expect(looked).toBeLessThan(1_000_000)
  })

  it('hears nothing of the router by a pattern, whatever it looks like', () => {
    const realm = new TestRealm({ access: applicationAccess })
    const spy = realm.join()
    const patterns: [string, string][] = [
      ['', 'prefix'],
      ['w', 'prefix'],
      ['wam', 'prefix'],
      ['wamp', 'prefix'],
      ['wamp.', 'prefix'],
      ['wamp.session.', 'prefix'],
      ['..', 'wildcard'],
      ['.session.', 'wildcard'],
      ['.session.on_join', 'wildcard'],
      ['wamp..', 'wildcard'],
      ['wamp.session.on_join', 'exact'],
    ]
    for (const [pattern, match] of patterns) spy.say([SUBSCRIBE, spy.next(), { match } as never, pattern])
    const other = realm.join()
    expect(spy.received().filter(([type]) => type === EVENT)).toEqual([])
    other.publish('com.session.on_join', ['of an application'])
    expect(eventsOf(spy.received())).toContainEqual(['of an application'])
  })

  it('gets no calls of the router by a registration, whatever its pattern', () => {
    const realm = new TestRealm()
    const thief = realm.join()
    for (const [pattern, match] of [
      ['', 'prefix'],
      ['wam', 'prefix'],
      ['wamp', 'prefix'],
      ['wamp.', 'prefix'],
      ['..', 'wildcard'],
      ['wamp..', 'wildcard'],
    ])
      thief.say([REGISTER, thief.next(), { match } as never, pattern!])
    expect(realm.join().ask('wamp.session.unknown')).toBe('wamp.error.no_such_procedure')
    expect(thief.received()).toEqual([])
  })
})

describe('a testament', () => {
  it('is not published to a topic that its session may not publish to, at the time or later', () => {
    const access = new RoleAccess({
      user: [
        { uri: 'wamp.session.add_testament', allow: { call: true } },
        { uri: 'com.open', allow: { publish: true, subscribe: true } },
        { uri: 'com.', match: 'prefix', allow: { subscribe: true } },
      ],
    })
    const realm = new TestRealm({ access })
    const [witness, dying] = [realm.join(), realm.join()]
    witness.subscribe('com.', { match: 'prefix' })
    for (const topic of ['com.secret', 'wamp.session.on_join', 'com.open']) dying.ask('wamp.session.add_testament', [topic, [topic], {}])
    dying.transport.abort('gone')
    expect(eventsOf(witness.received())).toEqual([['com.open']])
  })
})

describe('a callee', () => {
  it('cannot answer what another one was asked', () => {
    const realm = new TestRealm()
    const [callee, caller, liar] = [realm.join(), realm.join(), realm.join()]
    callee.register('com.slow')
    caller.call('com.slow')
    const [, invocation] = callee.received().find(([type]) => type === MessageType.INVOCATION) as [number, number]
    const answers: Message[] = liar.say([MessageType.YIELD, invocation, {}, undefined])
    expect(answers[0]).toMatchObject([MessageType.ABORT, {}, 'wamp.error.protocol_violation'])
    expect(caller.received()).toEqual([])
  })

  it('that never answers holds no call after its callers have left', () => {
    const realm = new TestRealm()
    const callee = realm.join()
    callee.register('com.never')
    const callers = Array.from({ length: 50 }, () => realm.join())
    for (const caller of callers) for (let n = 0; n < 20; n++) caller.call('com.never')
    expect(callee.session.callee!.active).toBe(1000)
    for (const caller of callers) caller.transport.abort('gone')
    realm.clock.flush()
    expect(callee.session.callee!.active).toBe(0)
  })

  it('is interrupted once by a flood of CANCEL', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join(), realm.join()]
    callee.register('com.slow')
    caller.call('com.slow')
    callee.received()
    for (let n = 0; n < 1000; n++) caller.say([MessageType.CANCEL, 1, { mode: 'kill' }])
    expect(callee.received().filter(([type]) => type === MessageType.INTERRUPT)).toHaveLength(1)
  })
})

describe('a session that speaks for others', () => {
  const forward_for = [{ session: 7, authid: 'root', authrole: 'admin' }]

  it('is not believed, unless it is a link', () => {
    const realm = new TestRealm()
    const [reader, liar, link] = [realm.join(), realm.join({ authid: 'eve' }), realm.join({ authid: 'site', isLink: true })]
    reader.subscribe('com.news')
    reader.register('com.do')
    reader.received()
    for (const [at, client] of [liar, link].entries()) {
      client.say([MessageType.PUBLISH, 100 + at, { forward_for, disclose_me: true }, 'com.news'])
      client.say([MessageType.CALL, 200 + at, { forward_for, caller: 7, caller_authid: 'root', disclose_me: true }, 'com.do'])
    }
    const told = reader.received().map(message => message[3] as Record<string, unknown>)
    expect(told.map(({ publisher_authid, caller_authid }) => publisher_authid ?? caller_authid)).toEqual(['eve', 'eve', 'root', 'root'])
    expect(told.map(details => 'forward_for' in details)).toEqual([false, false, true, true])
  })
})

describe('a session that does not read', () => {
  it('holds no more than the bound of its outbox while 50 others publish, who lose nothing', () => {
    const realm = new TestRealm({ outboxMessages: 100 })
    const [deaf, reader] = [realm.join({}, { highWaterMark: 2048 }), realm.join({}, { highWaterMark: 2 ** 24 })]
    for (const client of [deaf, reader]) client.subscribe('com.news')
    deaf.transport.stall()
    const publishers = Array.from({ length: 50 }, () => realm.join())
    for (let n = 0; n < 20; n++) for (const publisher of publishers) publisher.publish('com.news', [n])
    expect(deaf.session.outbox.messages).toBe(100)
    expect(deaf.session.outbox.counters.droppedEvents).toBeGreaterThan(800)
    expect(eventsOf(reader.received())).toHaveLength(1000)
  })
})
