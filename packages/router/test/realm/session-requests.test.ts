import { type Dict, type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { Subscriber } from '../../src/broker/subscriber.ts'
import type { Verdict } from '../../src/realm/access.ts'
import { eventsOf, noFeatures, payload, type TestClient, TestRealm } from '../fixtures/test-realm.ts'

const { ABORT, CALL, CANCEL, ERROR, EVENT, GOODBYE, HELLO, INVOCATION, PUBLISH, REGISTER, RESULT, SUBSCRIBE, SUBSCRIBED, YIELD } =
  MessageType
const violation = 'wamp.error.protocol_violation'

describe('a violation of the protocol', () => {
  it.each<[string, Message]>([
    ['HELLO in a session', [HELLO, 'realm1', { roles: {} }]],
    ['a message of a router', [EVENT, 1, 1, {}]],
    ['YIELD for an invocation that was never sent', [YIELD, 1, {}]],
    ['ERROR for an invocation that was never sent', [ERROR, INVOCATION, 1, {}, 'com.error']],
    ['ERROR for another request', [ERROR, CALL, 1, {}, 'com.error']],
  ])('ends the session by ABORT: %s', (_, message) => {
    const realm = new TestRealm()
    const client = realm.join()
    expect(client.say(message)).toEqual([[ABORT, { message: expect.any(String) }, violation]])
    expect(client.isClosed).toBe(true)
    expect(realm.realm.sessions.size).toBe(0)
  })
})

describe('strict rules', () => {
  it.each<[string, Message]>([
    ['a first id that is not 1', [SUBSCRIBE, 7, {}, 'com.tick']],
    ['progressive results', [CALL, 1, { receive_progress: true }, 'com.do']],
    ['parts of a call', [CALL, 1, { progress: true }, 'com.do']],
    ['payload passthru of a call', [CALL, 1, { ppt_scheme: 'x_app' }, 'com.do']],
    ['payload passthru of an event', [PUBLISH, 1, { ppt_scheme: 'x_app' }, 'com.tick']],
  ])('make a violation of what was not announced: %s', (_, message) => {
    const client = new TestRealm({ requestRules: 'strict' }).join({ roles: noFeatures })
    expect(client.say(message).at(-1)?.[2]).toBe(violation)
    expect(new TestRealm().join({ roles: noFeatures }).say(message).at(-1)?.[2]).not.toBe(violation)
  })

  it('take ids that count from 1, and parts of calls between them', () => {
    const realm = new TestRealm({ requestRules: 'strict' })
    const [callee, caller] = [realm.join(), realm.join()]
    callee.say([REGISTER, 1, {}, 'com.do'])
    const messages: Message[] = [
      [SUBSCRIBE, 1, {}, 'a'],
      [CALL, 2, { progress: true }, 'com.do'],
      [SUBSCRIBE, 3, {}, 'b'],
      [CALL, 2, {}, 'com.do'],
      [CALL, 4, {}, 'com.do'],
    ]
    expect(caller.say(...messages).map(([type]) => type)).toEqual([SUBSCRIBED, SUBSCRIBED])
    expect(callee.received()).toHaveLength(3)
    expect(caller.say([CALL, 3, {}, 'com.do']).at(-1)?.[2]).toBe(violation)
  })
})

describe('a URI that is wrong', () => {
  it.each<[string, Message]>([
    ['a topic with white space', [SUBSCRIBE, 1, {}, 'a b']],
    ['an empty component in an exact topic', [SUBSCRIBE, 1, {}, 'a..b']],
    ['a topic that is too long', [SUBSCRIBE, 1, {}, 'x'.repeat(513)]],
    ['a wildcard with too many empty components', [SUBSCRIBE, 1, { match: 'wildcard' }, 'a......b']],
    ['a procedure with #', [CALL, 1, {}, 'a#b']],
    ['a procedure that is too long', [CALL, 1, {}, 'x'.repeat(513)]],
    ['a procedure of the router', [REGISTER, 1, {}, 'wamp.mine']],
    ['a pattern of the router', [REGISTER, 1, { match: 'prefix' }, 'wamp.']],
  ])('is answered with invalid_uri: %s', (_, message) => {
    const client = new TestRealm().join()
    expect(client.say(message)[0]?.slice(0, 5)).toEqual([ERROR, message[0], 1, {}, 'wamp.error.invalid_uri'])
    expect(client.isClosed).toBe(false)
  })
})

describe('permissions', () => {
  const denied: Verdict = { allow: false, disclose: false }

  it.each<[string, Message]>([
    ['call', [CALL, 1, {}, 'com.x']],
    ['register', [REGISTER, 1, {}, 'com.x']],
    ['subscribe to', [SUBSCRIBE, 1, {}, 'com.x']],
    ['publish to', [PUBLISH, 1, { acknowledge: true }, 'com.x']],
  ])('that are missing are answered with not_authorized, and a text that names the action: %s', (action, message) => {
    const client = new TestRealm({ access: { mayDo: () => denied } }).join()
    expect(client.say(message)).toEqual([
      [ERROR, message[0], 1, {}, 'wamp.error.not_authorized', payload(`the session may not ${action} com.x`)],
    ])
  })

  it('that are missing for PUBLISH are not answered where no answer was asked for', () => {
    const realm = new TestRealm({ access: { mayDo: (_, action) => ({ allow: action !== 'publish', disclose: false }) } })
    const [one, other] = [realm.join(), realm.join()]
    one.subscribe('com.x')
    expect(other.publish('com.x')).toEqual([])
    expect(one.received()).toEqual([])
  })

  it('that cannot be found out deny, and the error is reported', async () => {
    const failing = () => {
      throw new Error('database')
    }
    const realm = new TestRealm({ access: { mayDo: failing } })
    expect(realm.join().say([CALL, 1, {}, 'com.x'])[0]?.[4]).toBe('wamp.error.authorization_failed')
    expect(realm.errors.map(({ message }) => message)).toEqual(['database'])
    const rejecting = new TestRealm({ access: { mayDo: async () => failing() } })
    const client = rejecting.join()
    client.say([CALL, 1, {}, 'com.x'])
    await rejecting.clock.settle()
    expect(client.received()[0]?.[4]).toBe('wamp.error.authorization_failed')
    expect(rejecting.errors.map(({ message }) => message)).toEqual(['database'])
  })

  it('that are awaited keep the order of a session, and hold no other', async () => {
    const decisions: (() => void)[] = []
    const realm = new TestRealm({
      access: {
        mayDo: (_, action, uri) =>
          action === 'publish' && uri === 'com.slow'
            ? new Promise(resolve => decisions.push(() => resolve({ allow: true, disclose: false })))
            : { allow: true, disclose: false },
      },
    })
    const [one, slow, quick] = [realm.join(), realm.join(), realm.join()]
    one.subscribe('com', { match: 'prefix' })
    slow.publish('com.slow', [1])
    slow.publish('com.quick', [2])
    slow.publish('com.slow', [3])
    slow.publish('com.quick', [4])
    quick.publish('com.quick', ['quick'])
    expect(eventsOf(one.received())).toEqual([['quick']])
    decisions.shift()!()
    await realm.clock.settle()
    expect(eventsOf(one.received())).toEqual([[1], [2]])
    decisions.shift()!()
    await realm.clock.settle()
    expect(eventsOf(one.received())).toEqual([[3], [4]])
  })

  it('that are awaited when the session ends do nothing', async () => {
    let decide = (): void => {}
    const realm = new TestRealm({
      access: {
        mayDo: (_, action) =>
          action === 'register'
            ? new Promise(resolve => {
                decide = () => resolve({ allow: true, disclose: false })
              })
            : { allow: true, disclose: false },
      },
    })
    const client = realm.join()
    client.say([REGISTER, 1, {}, 'com.x'])
    client.transport.abort('gone')
    realm.clock.flush()
    decide()
    await realm.clock.settle()
    expect(realm.realm.dealer.find('exact', 'com.x')).toBeUndefined()
  })
})

describe('disclose_me', () => {
  it('is refused where the realm does not allow it', () => {
    const client = new TestRealm({ allowDiscloseMe: false }).join()
    const options: Dict = { disclose_me: true, acknowledge: true }
    expect(client.call('com.x', [], options)[0]?.[4]).toBe('wamp.error.option_disallowed.disclose_me')
    expect(client.publish('com.x', [], options)[0]?.[4]).toBe('wamp.error.option_disallowed.disclose_me')
  })
})

describe('GOODBYE', () => {
  it('is answered, and ends the session and its transport', () => {
    const realm = new TestRealm()
    const client = realm.join()
    expect(client.say([GOODBYE, {}, 'wamp.close.normal'])).toEqual([[GOODBYE, {}, 'wamp.close.goodbye_and_out']])
    expect(client.isClosed).toBe(true)
    expect(realm.realm.sessions.size).toBe(0)
  })

  it('is not needed: ABORT ends a session too', () => {
    const realm = new TestRealm()
    const client = realm.join()
    expect(client.say([ABORT, {}, 'com.error'])).toEqual([])
    expect(client.isClosed).toBe(true)
    expect(realm.realm.sessions.size).toBe(0)
  })
})

describe('CANCEL before any call', () => {
  it('does nothing', () => {
    expect(new TestRealm().join().say([CANCEL, 1, {}])).toEqual([])
  })
})

describe('a call of the router', () => {
  it('has one part, and its other parts are thrown away', () => {
    const client = new TestRealm().join()
    const answers = client.say([CALL, 1, { progress: true }, 'wamp.session.count'], [CALL, 1, {}, 'wamp.session.count'])
    expect(answers.map(message => message[4])).toEqual(['wamp.error.feature_not_supported'])
    expect(client.ask('wamp.session.count')).toBe(1)
  })

  it('waits for a permission as all others do', async () => {
    const realm = new TestRealm({ access: { mayDo: async () => ({ allow: true, disclose: false }) } })
    const client: TestClient = realm.join()
    client.say([SUBSCRIBE, 1, {}, 'com.x'])
    await realm.clock.settle()
    expect(client.received()).toHaveLength(1)
    client.say([CALL, 2, {}, 'wamp.subscription.count_subscribers', payload(1)])
    await realm.clock.settle()
    expect(client.received()).toEqual([[RESULT, 2, {}, payload(1)]])
  })

  it('whose permission is denied later is answered with an error', async () => {
    const realm = new TestRealm({ access: { mayDo: async (_, action) => ({ allow: action === 'call', disclose: false }) } })
    realm.realm.broker.subscribe(subscriberOf(realm.join()), [SUBSCRIBE, 1, {}, 'com.x'])
    const client = realm.join()
    client.say([CALL, 2, {}, 'wamp.subscription.count_subscribers', payload(1)])
    await realm.clock.settle()
    expect(client.received()[0]?.[4]).toBe('wamp.error.not_authorized')
  })
})

function subscriberOf(client: TestClient): Subscriber {
  return new Subscriber(client.session)
}
