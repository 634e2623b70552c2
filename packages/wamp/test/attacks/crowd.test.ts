import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { type WampServerFactory, WampServerProtocol } from '../../src/node/v1.ts'
import { Link, type RawClient, TestServerFactory } from '../fixtures/link.ts'

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForPubSub('t', { prefixMatch: true })
    this.registerProcedureForRpc('echo', (value: unknown) => value)
    this.registerProcedureForRpc('waiting', () => unwritten(this.factory))
  }
}

/** Each look at it takes its time, so that long work is cut into slices: some eighty connections each. */
class SlowClock extends FakeClock {
  override now(): number {
    this.pass(0.2)
    return super.now()
  }
}

const many = 1200

describe('a topic with more subscribers than one turn takes', () => {
  it('gives each of them every event, in the order of its publisher', async () => {
    const { link, publishers, subscribers } = await crowd(2)
    for (let n = 0; n < 20; n++)
      for (const [who, publisher] of publishers.entries()) publisher.sendMessage(JSON.stringify([7, 't', [who, n]]))
    await link.settle()
    for (const subscriber of subscribers) {
      const events = subscriber.heard().map(message => (message as [number, string, [number, number]])[2])
      expect(events).toHaveLength(40)
      for (const who of [0, 1])
        expect(events.filter(([of]) => of === who).map(([, n]) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    }
  })

  it('keeps the order where the next events come between the slices of the one before', async () => {
    const { link, factory, subscribers } = await crowd(0)
    const waiting: number[] = []
    factory.dispatch('t', 0)
    for (let n = 1; n < 5; n++) {
      link.clock.defer(() => {
        waiting.push(unwritten(factory))
        expect(factory.dispatch('t', n)).toEqual({ delivered: many, requested: many })
      })
    }
    await link.settle()
    expect(waiting[0]).toBeGreaterThan(0)
    expect(waiting[0]).toBeLessThan(many)
    for (const subscriber of subscribers) expect(subscriber.heard()).toEqual([0, 1, 2, 3, 4].map(n => [8, 't', n]))
  })

  it('does not keep calls waiting until all have it', async () => {
    const { link, factory, publishers } = await crowd(1)
    const [caller] = publishers
    factory.dispatch('t', 0)
    caller!.sendMessage(JSON.stringify([2, 'a', 'waiting']))
    await link.settle()
    const [[, , waiting]] = caller!.heard() as [[number, string, number]]
    expect(waiting).toBeGreaterThan(0)
  })

  it('an answer that follows an event stays behind it', async () => {
    const { link, publishers, subscribers } = await crowd(1)
    const last = subscribers.at(-1)!
    publishers[0]!.sendMessage(JSON.stringify([7, 't', 'event']))
    await link.settle()
    last.sendMessage(JSON.stringify([2, 'a', 'echo', 1]))
    await link.settle()
    expect(last.heard()).toEqual([
      [8, 't', 'event'],
      [3, 'a', 1],
    ])
  })
})

describe('one of many that misbehaves while an event is under way', () => {
  for (const [what, text] of [
    ['what is no WAMP message', '[99]'],
    ['what is no JSON', '{'],
    ['a subscription of no topic', '[5,null]'],
  ] as const) {
    it(`${what} costs it its own connection, and the others no event`, async () => {
      const { link, factory, subscribers, publishers } = await crowd(1)
      const attackers = subscribers.filter((_, i) => i % 100 === 50)
      publishers[0]!.sendMessage(JSON.stringify([7, 't', 1]))
      for (const attacker of attackers) attacker.sendMessage(text)
      publishers[0]!.sendMessage(JSON.stringify([7, 't', 2]))
      await link.settle()
      publishers[0]!.sendMessage(JSON.stringify([7, 't', 3]))
      await link.advance(2000)
      for (const subscriber of subscribers) {
        if (attackers.includes(subscriber)) expect(subscriber.isOpen).toBe(false)
        else expect(subscriber.heard()).toEqual([1, 2, 3].map(n => [8, 't', n]))
      }
      expect(factory.subscriptions.get('t')?.size).toBe(many - attackers.length)
      expect(factory.errors).toEqual([])
    })
  }

  it('those who leave in the middle take nobody along', async () => {
    const { link, factory, subscribers } = await crowd(0)
    factory.dispatch('t', 1)
    for (const subscriber of subscribers.slice(0, 600)) subscriber.dropConnection({ abort: true })
    factory.dispatch('t', 2)
    await link.settle()
    expect(factory.dispatch('t', 3)).toEqual({ delivered: many - 600, requested: many - 600 })
    await link.settle()
    for (const subscriber of subscribers.slice(600)) expect(subscriber.heard()).toEqual([1, 2, 3].map(n => [8, 't', n]))
    expect(factory.errors).toEqual([])
  })
})

describe('a subscriber that does not read', () => {
  const large = 'x'.repeat(60_000)

  it('is dropped above maxUnsentSize, and the others have every event', async () => {
    const { link, factory, subscribers } = await crowd(0, 20, { maxUnsentSize: 200_000 })
    const slow = subscribers[7]!
    slow.pauseReceiving()
    for (let n = 0; n < 40; n++) {
      factory.dispatch('t', [n, large])
      await link.settle()
    }
    for (const subscriber of subscribers) if (subscriber !== slow) expect(subscriber.heard().map(numberOf)).toEqual(counting(40))
    expect(factory.subscriptions.get('t')?.size).toBe(19)
    expect(factory.sessionCount).toBe(19)
  })

  it('misses events with slowSubscribers: skip, and gets the others in order', async () => {
    const { link, factory, subscribers } = await crowd(0, 20, { wamp: { slowSubscribers: 'skip' } })
    const slow = subscribers[7]!
    slow.pauseReceiving()
    const counts: number[] = []
    for (let n = 0; n < 40; n++) {
      counts.push(factory.dispatch('t', [n, large]).delivered)
      await link.settle()
    }
    expect(counts.at(-1)).toBe(19)
    const [connection] = [...factory.connections].filter(one => one.bufferedAmount > 0)
    expect(connection?.bufferedAmount).toBeLessThan(64 * 1024 + 2 * large.length)
    slow.resumeReceiving()
    await link.settle()
    expect(factory.dispatch('t', [40, large]).delivered).toBe(20)
    await link.settle()
    const seen = slow.heard().map(numberOf)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(40)
    expect(seen.length).toBeLessThan(41)
    for (const subscriber of subscribers) if (subscriber !== slow) expect(subscriber.heard().map(numberOf)).toEqual(counting(41))
  })
})

/** Raw clients on one clock: so many that publish, and so many that are subscribed to `t`. */
async function crowd(
  publishing: number,
  subscribing = many,
  options: ConstructorParameters<typeof TestServerFactory>[1] = {},
): Promise<{ link: Link; factory: TestServerFactory; publishers: RawClient[]; subscribers: RawClient[] }> {
  const link = new Link(new SlowClock())
  const factory = new TestServerFactory(Server, options)
  const publishers = await clients(link, factory, publishing)
  const subscribers = await clients(link, factory, subscribing)
  for (const client of subscribers) client.sendMessage('[5,"t"]')
  await link.settle()
  for (const client of [...publishers, ...subscribers]) client.heard()
  return { link, factory, publishers, subscribers }
}

async function clients(link: Link, factory: WampServerFactory, count: number): Promise<RawClient[]> {
  const made = Array.from({ length: count }, () => link.begin(factory))
  await link.settle()
  return made
}

/** Subscribers for whom nothing but WELCOME has been written yet. */
function unwritten({ subscriptions }: WampServerFactory): number {
  return [...(subscriptions.get('t') ?? [])].filter(({ trafficStats }) => trafficStats.outgoingWebSocketMessages < 2).length
}

function numberOf(message: unknown): number {
  return (message as [number, string, [number, string]])[2][0]
}

function counting(to: number): number[] {
  return Array.from({ length: to }, (_, n) => n)
}
