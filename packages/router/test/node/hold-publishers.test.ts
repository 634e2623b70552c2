import { setImmediate } from 'node:timers/promises'
import { nodeRuntime } from '@autobahn-ts/websocket'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'
import { fullAccess } from '../../src/realm/access.ts'
import type { Realm } from '../../src/realm/realm.ts'
import { createCoreRouter } from '../../src/router/core-router.ts'
import type { Router } from '../../src/router/router.ts'
import { RawSession } from '../fixtures/raw-session.ts'

const [EVENT, PUBLISH, PUBLISHED, SUBSCRIBE, SUBSCRIBED] = [36, 16, 17, 32, 33]

/** More octets than the sockets of the system take by themselves. */
const [events, eventSize] = [4000, 8192]
const outboxSize = 262_144

const made: (Router | RouterListener)[] = []
const sessions: RawSession[] = []
afterEach(async () => {
  for (const { socket } of sessions.splice(0)) socket.destroy()
  for (const one of made.splice(0).reverse()) await one.close()
})

describe('a publisher that is faster than its only receiver, over sockets', () => {
  it('loses no event where publishers are held, and the outbox stays within its bound', async () => {
    const { realm, received } = await streamed(true, realm => realm.traffic.holds > 0)
    expect([received, realm.totals().droppedEvents]).toEqual([events, 0])
    expect(realm.highestOutbox()).toBeLessThan(outboxSize + 2 * eventSize)
  }, 60_000)

  it('loses events where they are not held', async () => {
    const { realm, received } = await streamed(false, realm => realm.traffic.receivedByName.PUBLISH === events)
    expect(received).toBeLessThan(events)
    expect([received + realm.totals().droppedEvents, realm.traffic.holds]).toEqual([events, 0])
  }, 60_000)
})

/** Publishes all events to a receiver that begins to read at a certain time. Returns when it has got all that were not dropped. */
async function streamed(holdPublishers: boolean, readsFrom: (realm: Realm) => boolean) {
  const { realm, port } = await routing(holdPublishers)
  const [publisher, receiver] = [await RawSession.join(port), await RawSession.join(port)]
  sessions.push(publisher, receiver)
  receiver.send([SUBSCRIBE, 1, {}, 'com.log'])
  await receiver.next(SUBSCRIBED)
  receiver.socket.pause()
  receiver.socket.removeAllListeners('data')
  const counter = new EventCounter()
  receiver.socket.on('data', octets => counter.read(octets))
  const text = 'x'.repeat(eventSize)
  for (let n = 1; n <= events; n++) publisher.send([PUBLISH, n, { acknowledge: n === events }, 'com.log', [text]])
  while (!readsFrom(realm)) await setImmediate()
  receiver.socket.resume()
  await publisher.next(PUBLISHED)
  while (counter.events + realm.totals().droppedEvents < events) await setImmediate()
  return { realm, received: counter.events }
}

/** Makes a router whose timers stand still: a hold ends only where the receiver has room. */
async function routing(holdPublishers: boolean): Promise<{ readonly realm: Realm; readonly port: number }> {
  const { clock } = nodeRuntime
  const timers = new FakeClock()
  const router = createCoreRouter(
    { realms: { realm1: { access: fullAccess, holdPublishers, outboxSize } } },
    {
      clock: {
        now: () => clock.now(),
        defer: callback => clock.defer(callback),
        yield: callback => clock.yield(callback),
        schedule: (callback, delay) => timers.schedule(callback, delay),
      },
      today: () => 0,
      random: crypto,
    },
  )
  const listener = await listen(router, { port: 0, onError: () => {} })
  made.push(router, listener)
  return { realm: router.realms.get('realm1')!, port: listener.port ?? 0 }
}

/** Counts the EVENTs among frames of RawSocket. */
class EventCounter {
  events = 0
  #octets = Buffer.alloc(0)

  read(octets: Buffer): void {
    this.#octets = Buffer.concat([this.#octets, octets])
    let at = 0
    for (;;) {
      if (this.#octets.length < at + 4) break
      const end = at + 4 + this.#octets.readUIntBE(at + 1, 3)
      if (this.#octets.length < end) break
      if (this.#octets.toString('latin1', at + 4, at + 8) === `[${EVENT},`) this.events++
      at = end
    }
    this.#octets = this.#octets.subarray(at)
  }
}
