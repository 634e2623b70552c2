import { MessageType, ProtocolViolation } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { eventsOf, payload, TestRealm } from '../fixtures/test-realm.ts'

const { ABORT, CALL, GOODBYE, INVOCATION, PUBLISH, RESULT, SUBSCRIBE, YIELD } = MessageType

describe('Session', () => {
  it('ends where the transport has received octets that are not a message', () => {
    const realm = new TestRealm()
    const client = realm.join()
    client.session.onViolation(new ProtocolViolation('not JSON'))
    expect(client.received()).toEqual([[ABORT, { message: 'not JSON' }, 'wamp.error.protocol_violation']])
    expect(client.isClosed).toBe(true)
    expect(realm.realm.sessions.size).toBe(0)
  })

  it('is dismissed by GOODBYE, and its transport closes with the answer', () => {
    const realm = new TestRealm()
    const client = realm.join()
    client.session.dismiss('wamp.close.killed', 'enough')
    expect(client.received()).toEqual([[GOODBYE, { message: 'enough' }, 'wamp.close.killed']])
    expect(realm.realm.sessions.size).toBe(0)
    expect(client.say([SUBSCRIBE, 1, {}, 'late'])).toEqual([])
    expect(client.isClosed).toBe(false)
    client.say([GOODBYE, {}, 'wamp.close.goodbye_and_out'])
    expect(client.isClosed).toBe(true)
    expect(realm.clock.pending).toBe(0)
  })

  it('is dismissed once', () => {
    const client = new TestRealm().join()
    client.session.dismiss('wamp.close.killed')
    client.session.dismiss('wamp.close.killed')
    expect(client.received()).toHaveLength(1)
  })

  it('that does not answer GOODBYE is closed after the deadline', () => {
    const realm = new TestRealm({ closeTimeout: 5 })
    const client = realm.join()
    client.session.dismiss('wamp.close.killed')
    realm.clock.advance(4999)
    expect(client.isClosed).toBe(false)
    realm.clock.advance(1)
    expect(client.isClosed).toBe(true)
  })

  it('ends where even the reserve of its outbox is full, and only then', () => {
    const realm = new TestRealm({ outboxMessages: 2, outboxReserveMessages: 2 })
    const [callee, other] = [realm.join(), realm.join()]
    const slow = realm.join({}, { highWaterMark: 0 })
    callee.register('com.do')
    for (let n = 0; n < 6; n++) slow.call('com.do')
    slow.transport.stall()
    callee.received()
    for (let n = 1; n <= 5; n++) callee.say([YIELD, n, {}])
    expect(realm.realm.sessions.has(slow.id)).toBe(true)
    callee.say([YIELD, 6, {}])
    expect(realm.realm.sessions.has(slow.id)).toBe(false)
    expect(other.ask('wamp.session.count')).toBe(2)
  })

  it('that floods is read more slowly, and loses nothing', () => {
    const realm = new TestRealm({ maxMessageRate: 100 })
    const [one, flood] = [realm.join(), realm.join()]
    one.subscribe('com.tick')
    for (let n = 1; n <= 25; n++) flood.transport.send([PUBLISH, n, {}, 'com.tick', payload(n)])
    const before = eventsOf(one.received()).length
    expect(before).toBe(11)
    realm.clock.advance(100)
    expect(eventsOf(one.received())).toHaveLength(10)
    realm.clock.advance(200)
    expect(eventsOf(one.received()).at(-1)).toEqual([25])
  })

  it('gets what it is owed before a GOODBYE, also where it reads slowly', () => {
    const realm = new TestRealm()
    const callee = realm.join()
    const slow = realm.join({}, { highWaterMark: 0 })
    callee.register('com.do')
    slow.call('com.do')
    slow.call('com.do')
    slow.transport.stall()
    callee.received()
    callee.say([YIELD, 1, {}], [YIELD, 2, {}])
    slow.session.dismiss('wamp.close.killed')
    slow.transport.flow()
    expect(slow.received().map(([type]) => type)).toEqual([RESULT, RESULT, GOODBYE])
  })

  it('does not answer after its end', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join(), realm.join()]
    callee.register('com.do')
    caller.say([CALL, 1, {}, 'com.do'])
    expect(callee.received()[0]?.[0]).toBe(INVOCATION)
    caller.session.dismiss('wamp.close.killed')
    callee.say([YIELD, 1, {}])
    expect(caller.received().map(([type]) => type)).toEqual([GOODBYE])
  })
})
