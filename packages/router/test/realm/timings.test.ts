import { type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/realm/access.ts'
import { Timings } from '../../src/realm/timings.ts'
import { payload, TestRealm } from '../fixtures/test-realm.ts'

const { CALL, PUBLISH, SUBSCRIBE, YIELD } = MessageType

describe('the messages that are measured', () => {
  it('are one in 128 on average, by chance', () => {
    let seed = 1
    const timings = new Timings(() => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed / 2_147_483_647
    })
    const due = Array.from({ length: 128_000 }, () => timings.isDue())
    expect(due.filter(Boolean).length).toBeGreaterThan(900)
    expect(due.filter(Boolean).length).toBeLessThan(1100)
    const places = due.flatMap((isDue, n) => (isDue ? [n] : []))
    const distances = places.slice(1).map((place, n) => place - places[n]!)
    expect(new Set(distances).size).toBeGreaterThan(100)
    expect(Math.max(...distances)).toBeLessThanOrEqual(255)
  })

  it('are handled as all others are, and their search and their way are told apart', () => {
    const { timings, measure, received } = everyStep(1)
    measure([CALL, 1, {}, 'com.add'])
    measure([PUBLISH, 2, {}, 'com.tick'])
    measure([YIELD, 3, {}])
    measure([SUBSCRIBE, 4, {}, 'com.tick'])
    expect(received.map(([type]) => type)).toEqual([CALL, PUBLISH, YIELD, SUBSCRIBE])
    expect([timings.matches.CALL.sum, timings.matches.PUBLISH.sum]).toEqual([1, 1])
    // each search looks at the clock in between
    expect([timings.hops.CALL.sum, timings.hops.PUBLISH.sum, timings.hops.YIELD.sum]).toEqual([1, 1, 1])
    expect(timings.hops.YIELD.count).toBe(1)
  })

  it('do not have a URI that is too long searched for', () => {
    const { timings, measure } = everyStep(1)
    measure([CALL, 1, {}, 'x'.repeat(101)])
    expect([timings.matches.CALL.count, timings.hops.CALL.count]).toEqual([0, 1])
  })

  it('do not count the time in which a permission is awaited', () => {
    const { timings, measure, received, requests } = everyStep(1)
    requests.isWaiting = true
    measure([CALL, 1, {}, 'com.add'])
    expect([received.length, timings.hops.CALL.count]).toEqual([1, 0])
  })
})

describe('a realm', () => {
  it('measures nothing until it is asked, and then the calls, results and events of its sessions', () => {
    const realm = new TestRealm()
    const [one, two] = [realm.join(), realm.join()]
    two.register('com.add')
    expect(realm.realm.timings).toBeUndefined()
    const timings = realm.realm.measured()
    expect(realm.realm.measured()).toBe(timings)
    for (let n = 0; n < 100; n++) {
      one.call('com.add')
      const [invocation] = two.received()
      two.say([YIELD, (invocation as Message)[1] as number, {}, payload(n)])
      one.publish('com.tick')
    }
    const counts = [timings.hops.CALL, timings.hops.YIELD, timings.hops.PUBLISH].map(({ count }) => count)
    // random ids of this realm are small, so that each message is measured
    expect(counts).toEqual([100, 100, 100])
    expect([timings.matches.CALL.count, timings.matches.PUBLISH.count]).toEqual([100, 100])
  })

  it('leaves out a message whose permission has to be awaited', async () => {
    let allow = (_verdict: Verdict): void => {}
    const realm = new TestRealm({ access: { mayDo: () => new Promise<Verdict>(resolve => (allow = resolve)) } })
    const one = realm.join()
    const timings = realm.realm.measured()
    let count = 0
    while (timings.matches.PUBLISH.count === 0) {
      one.say([PUBLISH, ++count, { acknowledge: true }, 'com.tick'])
      allow({ allow: true, disclose: false })
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(timings.hops.PUBLISH.count).toBe(0)
  })
})

/** Timings of a realm whose clock goes on by some milliseconds each time it is looked at. */
function everyStep(step: number) {
  let now = 0
  const clock = { now: () => (now += step) } as TestRealm['clock']
  const received: Message[] = []
  const requests = { isWaiting: false, received: (message: Message) => void received.push(message) }
  const realm = { clock, broker: { matching: () => [] }, dealer: { matching: () => undefined }, limits: { maxUriLength: 100 } }
  const timings = new Timings(() => 0)
  return { timings, received, requests, measure: (message: Message) => timings.measure(message, realm, requests) }
}
