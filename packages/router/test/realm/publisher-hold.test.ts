import { MessageType } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AwaitedRoom } from '../../src/parties/awaited-room.ts'
import type { Party } from '../../src/parties/party.ts'
import { PublisherHold } from '../../src/realm/publisher-hold.ts'
import { eventsOf, payload, type TestClient, TestRealm, type TestRealmOptions } from '../fixtures/test-realm.ts'

const { EVENT, PUBLISH } = MessageType

describe('PublisherHold', () => {
  it('stops reading until the first of its receivers has room', () => {
    const { hold, clock, calls, receivers } = holding(2)
    expect(hold.begin(receivers)).toBe(true)
    expect([calls, clock.pending]).toEqual([['pause'], 1])
    receivers[1]?.room.taken(false)
    receivers[0]?.room.taken(false)
    expect([calls, clock.pending]).toEqual([['pause', 'resume'], 0])
  })

  it('ends after a second, and may begin anew', () => {
    const { hold, clock, calls, receivers } = holding(1)
    hold.begin(receivers)
    clock.advance(999)
    expect(calls).toEqual(['pause'])
    clock.advance(1)
    expect(calls).toEqual(['pause', 'resume'])
    expect(hold.begin(receivers)).toBe(true)
  })

  it('waits once at a time, with one timer', () => {
    const { hold, clock, calls, receivers } = holding(2)
    hold.begin(receivers.slice(0, 1))
    expect(hold.begin(receivers)).toBe(false)
    expect([calls, clock.pending]).toEqual([['pause'], 1])
  })

  it('waits for no receiver that has taken nothing in 10 s of waits', () => {
    const { hold, clock, calls, receivers } = holding(2)
    for (let n = 0; n < 10; n++) {
      expect(hold.begin(receivers)).toBe(true)
      clock.advance(1000)
    }
    expect(hold.begin(receivers)).toBe(false)
    receivers[1]?.room.taken(true)
    expect(hold.begin(receivers)).toBe(true)
    // the one that is given up ends no wait
    receivers[0]?.room.taken(false)
    expect(calls.at(-1)).toBe('pause')
  })

  it('leaves no timer and no wait behind when it is stopped', () => {
    const { hold, clock, calls, receivers } = holding(1)
    hold.begin(receivers)
    hold.stop()
    receivers[0]?.room.taken(false)
    clock.advance(5000)
    expect([calls, clock.pending]).toEqual([['pause'], 0])
  })
})

describe('a realm that holds publishers', () => {
  it('does not read a publisher whose event fills the outboxes of all its receivers, until one has room', () => {
    const { realm, publisher, readers } = published(2, 20)
    // four of each wait in the outbox, and one in the transport
    for (const reader of readers) expect(reader.session.outbox.messages).toBe(4)
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBe(5)
    expect([realm.realm.traffic.holds, realm.realm.totals().droppedEvents]).toEqual([1, 0])
    readers[1]?.transport.flow()
    realm.clock.flush()
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBe(20)
    expect(eventsOf(readers[1]?.received() ?? []).length).toBe(20)
    expect(publisher.session.isOpen).toBe(true)
  })

  it('reads it after a second all the same, and drops what does not fit', () => {
    const { realm } = published(1, 20)
    realm.clock.advance(999)
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBe(5)
    realm.clock.advance(1)
    expect([realm.realm.traffic.receivedByName.PUBLISH, realm.realm.totals().droppedEvents]).toEqual([6, 1])
    expect(realm.realm.traffic.holds).toBe(2)
  })

  it('lets the calls of that publisher wait too', () => {
    const { realm, publisher } = published(1, 5)
    expect(publisher.call('wamp.session.count')).toEqual([])
    realm.clock.advance(1000)
    expect(publisher.received()).toMatchObject([[MessageType.RESULT, expect.anything(), {}, payload(2)]])
  })

  it('does not hold a publisher of whose receivers one has room', () => {
    const { realm, publisher } = published(1, 0)
    const reader = realm.join()
    reader.subscribe('com.tick')
    flood(realm, publisher, 20)
    expect(eventsOf(reader.received())).toHaveLength(20)
    expect([realm.realm.traffic.holds, realm.realm.totals().droppedEvents]).toEqual([0, 15])
  })

  it('does not count those who may not have the event', () => {
    const { realm, publisher, readers } = published(1, 0)
    const other = realm.join()
    other.subscribe('com.tick')
    const options = { eligible: [readers[0]!.id] }
    for (let n = 0; n < 10; n++) publisher.transport.send([PUBLISH, publisher.next(), options, 'com.tick', payload(n)])
    expect(eventsOf(other.received())).toEqual([])
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBe(5)
  })

  it('does not count a session that may not have what its pattern matches', () => {
    const access = {
      mayDo: () => ({ allow: true, disclose: false }),
      mayReceive: (party: { authrole: string }) => party.authrole !== 'guest',
    }
    const realm = holdingRealm({ access })
    const [publisher, guest] = [realm.join(), realm.join({ authrole: 'guest' })]
    guest.subscribe('com', { match: 'prefix' })
    const reader = slowReader(realm, 'com', { match: 'prefix' })
    flood(realm, publisher, 20)
    expect([guest.received(), reader.session.outbox.messages]).toEqual([[], 4])
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBe(5)
  })

  it('holds nobody by default', () => {
    const { realm } = published(1, 20, { holdPublishers: false })
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBe(20)
    expect([realm.realm.traffic.holds, realm.clock.pending]).toEqual([0, 0])
  })

  it('holds from the next event on where a realm in use says so, and nobody where it says the opposite', () => {
    const realm = holdingRealm({ holdPublishers: false })
    const publisher = realm.join()
    slowReader(realm)
    flood(realm, publisher, 20)
    expect([realm.realm.traffic.receivedByName.PUBLISH, realm.realm.traffic.holds]).toEqual([20, 0])
    realm.realm.change({ holdPublishers: true })
    flood(realm, publisher, 1)
    expect(realm.realm.traffic.holds).toBe(1)
    realm.realm.change({ holdPublishers: false })
    realm.clock.advance(1000)
    flood(realm, publisher, 20)
    expect([realm.realm.traffic.receivedByName.PUBLISH, realm.realm.traffic.holds]).toEqual([41, 1])
  })

  it('holds no link, which carries the messages of many', () => {
    const realm = holdingRealm()
    const link = realm.join({ isLink: true })
    slowReader(realm)
    flood(realm, link, 20)
    expect([realm.realm.traffic.receivedByName.PUBLISH, realm.realm.traffic.holds]).toEqual([20, 0])
  })

  it.each([
    ['leaves', (client: TestClient) => client.transport.abort('gone')],
    ['is dismissed', (client: TestClient) => client.session.dismiss('com.enough')],
    ['breaks the rules', (client: TestClient) => client.session.violated('enough')],
  ])('goes on reading at once when a receiver %s', (_, end) => {
    const { realm, readers } = published(2, 20)
    end(readers[0]!)
    realm.clock.flush()
    expect(realm.realm.traffic.receivedByName.PUBLISH).toBeGreaterThan(5)
  })

  it('sees after a second at the latest that a publisher which is held has left', () => {
    const { realm, publisher } = published(1, 20)
    publisher.transport.abort('gone')
    realm.clock.advance(1000)
    expect([realm.realm.sessions.has(publisher.id), realm.clock.pending]).toEqual([false, 0])
  })

  it.each([
    ['is outlived', (client: TestClient) => client.session.outlived()],
    ['is dismissed', (client: TestClient) => client.session.dismiss('com.enough')],
  ])('keeps nothing of a publisher that %s while it is held', (_, end) => {
    const { realm, publisher, readers } = published(1, 20)
    end(publisher)
    publisher.say([MessageType.GOODBYE, {}, 'wamp.close.goodbye_and_out'])
    realm.clock.flush()
    expect([realm.realm.sessions.has(publisher.id), realm.clock.pending]).toEqual([false, 0])
    readers[0]?.transport.flow()
    realm.clock.flush()
    expect(eventsOf(readers[0]?.received() ?? [])).toHaveLength(5)
  })

  it('lets a receiver that never reads hold its publisher a second at a time, for 10 s, and nobody else', () => {
    const { realm, publisher, readers } = published(1, 0)
    const [other, listener] = [realm.join(), realm.join()]
    listener.subscribe('com.other')
    for (let second = 0; second < 10; second++) {
      const before = realm.realm.traffic.receivedByName.PUBLISH ?? 0
      flood(realm, publisher, 20)
      const handled = (realm.realm.traffic.receivedByName.PUBLISH ?? 0) - before
      expect(handled).toBeLessThanOrEqual(second === 0 ? 5 : 1)
      other.publish('com.other', [second])
      expect(eventsOf(listener.received())).toEqual([[second]])
      realm.clock.advance(1000)
      expect(realm.clock.pending).toBeLessThanOrEqual(1)
    }
    const { holds } = realm.realm.traffic
    expect([holds, realm.realm.traffic.receivedByName.PUBLISH]).toEqual([10, 200 + 10])
    flood(realm, publisher, 20)
    expect([realm.realm.traffic.holds, realm.realm.traffic.receivedByName.PUBLISH, realm.clock.pending]).toEqual([10, 230, 0])
    // it reads: publishers wait for it again
    readers[0]?.transport.flow()
    realm.clock.flush()
    readers[0]?.transport.stall()
    flood(realm, publisher, 20)
    expect(realm.realm.traffic.holds).toBe(11)
  })

  it('loses no event of a publisher with a receiver that reads slowly and steadily, and keeps no more than its bounds', () => {
    const turns = fc.array(
      fc.record({ publishes: fc.nat(30), pause: fc.integer({ min: 1, max: 990 }), size: fc.constantFrom(1, 40, 400) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    )
    fc.assert(
      fc.property(turns, fc.integer({ min: 1, max: 6 }), (steps, outboxMessages) => {
        const realm = holdingRealm({ outboxMessages })
        const [publisher, reader] = [realm.join(), slowReader(realm)]
        const got: unknown[] = []
        let sent = 0
        const readOnce = (): void => {
          reader.transport.flow()
          got.push(
            ...reader
              .received()
              .filter(([type]) => type === EVENT)
              .map(message => message[2]),
          )
          reader.transport.stall()
        }
        for (const { publishes, pause, size } of steps) {
          for (let n = 0; n < publishes; n++, sent++) {
            publisher.transport.send([PUBLISH, publisher.next(), {}, 'com.tick', payload('x'.repeat(size))])
          }
          realm.clock.flush()
          expect(reader.session.outbox.messages).toBeLessThanOrEqual(outboxMessages)
          realm.clock.advance(pause)
          readOnce()
        }
        for (let n = 0; n < 1000 && got.length < sent; n++) readOnce()
        expect([got.length, new Set(got).size, realm.realm.totals().droppedEvents]).toEqual([sent, sent, 0])
        expect(realm.clock.pending).toBe(0)
      }),
    )
  })
})

function holding(receivers: number) {
  const clock = new FakeClock()
  const calls: string[] = []
  const hold = new PublisherHold(clock, { pause: () => calls.push('pause'), resume: () => calls.push('resume') })
  return { hold, clock, calls, receivers: Array.from({ length: receivers }, () => ({ room: new AwaitedRoom() }) as unknown as Party) }
}

function holdingRealm(options: TestRealmOptions = {}): TestRealm {
  return new TestRealm({ holdPublishers: true, outboxMessages: 4, ...options })
}

/** Joins a client that subscribes, and then reads nothing; its transport takes one message. */
function slowReader(realm: TestRealm, topic = 'com.tick', options = {}): TestClient {
  const reader = realm.join({}, { highWaterMark: 0 })
  reader.subscribe(topic, options)
  reader.transport.stall()
  return reader
}

function flood(realm: TestRealm, publisher: TestClient, events: number): void {
  for (let n = 0; n < events; n++) publisher.transport.send([PUBLISH, publisher.next(), {}, 'com.tick', payload(n)])
  realm.clock.flush()
}

/** Publishes events to clients that do not read. */
function published(count: number, events: number, options: TestRealmOptions = {}) {
  const realm = holdingRealm(options)
  const publisher = realm.join()
  const readers = Array.from({ length: count }, () => slowReader(realm))
  flood(realm, publisher, events)
  return { realm, publisher, readers }
}
