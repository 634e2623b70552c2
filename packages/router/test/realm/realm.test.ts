import { type Message, MessageType, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { allFeatures, eventsOf, payload, TestRealm } from '../fixtures/test-realm.ts'

const { GOODBYE, WELCOME, YIELD } = MessageType

describe('Realm.join', () => {
  it('sends WELCOME with the names of the session, and the features of the router', () => {
    const { realm, clock } = new TestRealm()
    const [client, end] = memoryTransports(clock)
    const received: Message[] = []
    client.open({ onMessage: message => received.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
    end.open(
      realm.join(end, { session: 7, authid: 'joe', authrole: 'user', authmethod: 'ticket', authextra: { a: 1 }, roles: allFeatures }),
    )
    clock.flush()
    expect(received).toEqual([
      [
        WELCOME,
        7,
        {
          agent: 'test',
          realm: 'realm1',
          authid: 'joe',
          authrole: 'user',
          authmethod: 'ticket',
          authextra: { a: 1 },
          roles: {
            broker: { features: expect.objectContaining({ event_retention: true, pattern_based_subscription: true }) },
            dealer: { features: expect.objectContaining({ call_canceling: true, shared_registration: true, call_timeout: true }) },
          },
        },
      ],
    ])
  })

  it('tells others who has joined, and who has left', () => {
    const realm = new TestRealm()
    const watcher = realm.join()
    watcher.subscribe('wamp.session.on_join')
    watcher.subscribe('wamp.session.on_leave')
    const client = realm.join({ authid: 'joe' })
    expect(eventsOf(watcher.received())).toEqual([[expect.objectContaining({ session: client.id, authid: 'joe', authrole: 'user' })]])
    client.transport.abort('gone')
    expect(eventsOf(watcher.received())).toEqual([[client.id, 'joe', 'user']])
  })
})

describe('Realm', () => {
  it('is full with as many sessions as it may have', () => {
    const realm = new TestRealm({ maxSessions: 1 })
    expect(realm.realm.isFull).toBe(false)
    realm.join()
    expect(realm.realm.isFull).toBe(true)
  })

  it('has nothing left when all sessions have ended, in whatever they were', () => {
    const realm = new TestRealm()
    const clients = [realm.join(), realm.join(), realm.join()]
    for (const client of clients) {
      client.subscribe('com.tick')
      client.subscribe('com', { match: 'prefix' })
      client.register('com.do', { invoke: 'roundrobin' })
      client.register('com..x', { match: 'wildcard', invoke: 'random' })
      client.call('com.do', [], { timeout: 1000, receive_progress: true, progress: true })
    }
    clients[0]!.transport.abort('gone')
    clients[1]!.session.dismiss('wamp.close.killed')
    clients[1]!.say([GOODBYE, {}, 'wamp.close.goodbye_and_out'])
    clients[2]!.say([YIELD, 9, {}])
    realm.clock.flush()
    expect(realm.realm.sessions.size).toBe(0)
    expect([...realm.realm.broker.subscriptions]).toEqual([])
    expect([...realm.realm.dealer.registrations]).toEqual([])
    expect(realm.clock.pending).toBe(0)
  })

  it('ends all sessions by GOODBYE, without their testaments', () => {
    const realm = new TestRealm()
    const clients = [realm.join(), realm.join()]
    clients[1]!.subscribe('com.will')
    clients[0]!.ask('wamp.session.add_testament', ['com.will', [], {}])
    realm.realm.dismissAll()
    for (const client of clients) expect(client.received()).toEqual([[GOODBYE, {}, 'wamp.close.close_realm']])
    expect(realm.realm.sessions.size).toBe(0)
  })

  it('adds up what did not reach its sessions, also those that are over', () => {
    const realm = new TestRealm({ outboxMessages: 1 })
    const publisher = realm.join()
    for (let n = 0; n < 2; n++) {
      const slow = realm.join({}, { highWaterMark: 0 })
      slow.subscribe('com.tick')
      slow.transport.stall()
      for (let event = 0; event < 4; event++) publisher.publish('com.tick')
      if (n === 0) slow.transport.abort('gone')
    }
    realm.clock.flush()
    expect(realm.realm.totals()).toEqual({ droppedEvents: 4, oversizedEvents: 0, refusedMessages: 0 })
  })
})

describe('testaments', () => {
  it('are published when their session ends, those of both scopes, in order', () => {
    const realm = new TestRealm()
    const [watcher, client] = [realm.join(), realm.join()]
    watcher.subscribe('com', { match: 'prefix' })
    client.ask('wamp.session.add_testament', ['com.will', ['last'], {}], { publish_options: { disclose_me: true } })
    client.ask('wamp.session.add_testament', ['com.gone', ['first'], {}], { scope: 'detached' })
    expect(watcher.received()).toEqual([])
    client.transport.abort('gone')
    const events = watcher.received()
    expect(eventsOf(events)).toEqual([['first'], ['last']])
    expect(events[1]?.[3]).toMatchObject({ publisher: client.id })
  })

  it('need their permission also when they are published', async () => {
    for (const isAwaited of [false, true]) {
      let mayPublish = true
      const decide = (action: string) => ({ allow: action !== 'publish' || mayPublish, disclose: false })
      const realm = new TestRealm({ access: { mayDo: (_, action) => (isAwaited ? Promise.resolve(decide(action)) : decide(action)) } })
      const watcher = realm.join()
      watcher.say([MessageType.SUBSCRIBE, 1, {}, 'com.will'])
      const clients = [realm.join(), realm.join()]
      for (const client of clients)
        client.say([MessageType.CALL, 1, {}, 'wamp.session.add_testament', payload('com.will', [client.id], {})])
      await realm.clock.settle()
      watcher.received()
      clients[0]!.transport.abort('gone')
      await realm.clock.settle()
      mayPublish = false
      clients[1]!.transport.abort('gone')
      await realm.clock.settle()
      expect(eventsOf(watcher.received())).toEqual([[clients[0]!.id]])
    }
  })

  it('are not published where their permission cannot be found out', async () => {
    for (const isAwaited of [false, true]) {
      let isBroken = false
      const realm = new TestRealm({
        access: {
          mayDo: () => {
            if (!isBroken) return { allow: true, disclose: false }
            if (isAwaited) return Promise.reject(new Error('database'))
            throw new Error('database')
          },
        },
      })
      const [watcher, client] = [realm.join(), realm.join()]
      watcher.subscribe('com.will')
      client.ask('wamp.session.add_testament', ['com.will', [], {}])
      isBroken = true
      client.transport.abort('gone')
      await realm.clock.settle()
      expect(watcher.received()).toEqual([])
      expect(realm.errors.map(({ message }) => message)).toEqual(['database'])
    }
  })
})
