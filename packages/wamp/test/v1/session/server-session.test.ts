import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopicAccess, WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { Link, type RawClient, TestServerFactory } from '../../fixtures/link.ts'

describe('handlers of subscriptions', () => {
  it('see both parts of the topic, and decide', async () => {
    const seen: unknown[] = []
    const { client, factory } = await serve(protocol => {
      protocol.registerHandlerProcedureForSub(
        'u/',
        (prefix, suffix) => {
          seen.push([prefix, suffix])
          return suffix === 'yes' || (suffix === 'later' && Promise.resolve(true))
        },
        { prefixMatch: true },
      )
    })
    await client.say([5, 'u/yes'], [5, 'u/no'], [5, 'u/later'])
    expect(seen).toEqual([
      ['u/', 'yes'],
      ['u/', 'no'],
      ['u/', 'later'],
    ])
    expect([...factory.subscriptions.keys()]).toEqual(['u/yes', 'u/later'])
  })

  it('refuse by throwing, which is reported', async () => {
    const { client, factory } = await serve(protocol => {
      protocol.registerHandlerProcedureForSub('sync', () => {
        throw new Error('sync')
      })
      protocol.registerHandlerProcedureForSub('async', () => Promise.reject(new Error('async')))
    })
    await client.say([5, 'sync'], [5, 'async'])
    expect(factory.subscriptions.size).toBe(0)
    expect(factory.errors.map(({ message }) => message)).toEqual(['sync', 'async'])
    expect(client.isOpen).toBe(true)
  })

  it('are not asked again for topics that are subscribed', async () => {
    let asked = 0
    const { client } = await serve(protocol => protocol.registerHandlerProcedureForSub('u', () => ++asked > 0))
    await client.say([5, 'u'], [5, 'u'])
    expect(asked).toBe(1)
  })

  it('are ignored when the client has gone', async () => {
    let allow: (value: boolean) => void = () => undefined
    const { client, factory } = await serve(protocol => {
      protocol.registerHandlerProcedureForSub('u', () => new Promise<boolean>(resolve => (allow = resolve)))
    })
    await client.say([5, 'u'])
    client.dropConnection({ abort: true })
    await client.link?.settle()
    allow(true)
    await client.link?.settle()
    expect(factory.subscriptions.size).toBe(0)
  })

  it('open publishing on their own topic, unless that is registered', async () => {
    const { client } = await serve(protocol => protocol.registerHandlerProcedureForSub('u', () => true, { prefixMatch: true }))
    await client.say([5, 'u'], [5, 'u/x'], [7, 'u', 1, false], [7, 'u/x', 2, false])
    expect(client.heard()).toEqual([[8, 'u', 1]])
  })
})

it("drops an event that the factory's own serialize refuses, which is reported and no fault of the client", async () => {
  class Picky extends TestServerFactory {
    override serialize(message: readonly unknown[]): string {
      if (message[0] === 8) throw new Error('no events today')
      return super.serialize(message)
    }
  }
  class Open extends WampServerProtocol {
    override onSessionOpen(): void {
      this.registerForPubSub('t')
    }
  }
  const factory = new Picky(Open)
  const client = await new Link().serve(factory)
  await client.say([5, 't'], [7, 't', 1, false])
  expect(factory.errors.map(({ message }) => message)).toEqual(['no events today'])
  expect(client.isOpen).toBe(true)
})

describe('handlers of publications', () => {
  it('see both parts of the topic and the event, and may change it', async () => {
    const { client } = await serve(protocol => {
      protocol.registerForPubSub('u/', { prefixMatch: true, pubsub: TopicAccess.SUBSCRIBE })
      protocol.registerHandlerProcedureForPub('u/', (prefix, suffix, event) => [prefix, suffix, event], { prefixMatch: true })
    })
    await client.say([5, 'u/x'], [7, 'u/x', { a: 1 }, false])
    expect(client.heard()).toEqual([[8, 'u/x', ['u/', 'x', { a: 1 }]]])
  })

  it('drop an event by returning nothing, or by throwing', async () => {
    const { client, factory } = await serve(protocol => {
      protocol.registerHandlerProcedureForPub('none', () => undefined)
      protocol.registerHandlerProcedureForPub('later', () => Promise.resolve())
      protocol.registerHandlerProcedureForPub('throws', () => Promise.reject(new Error('no')))
    })
    for (const topic of ['none', 'later', 'throws']) await client.say([5, topic], [7, topic, 1, false])
    expect(client.heard()).toEqual([])
    expect(factory.errors.map(({ message }) => message)).toEqual(['no'])
  })

  it('drop an event of their own that is not JSON, which is reported and not a fault of the client', async () => {
    const { client, factory } = await serve(protocol => {
      protocol.registerHandlerProcedureForPub('sync', () => 1n)
      protocol.registerHandlerProcedureForPub('async', () => Promise.resolve(1n))
    })
    await client.say([5, 'async'], [7, 'async', 1, false], [5, 'sync'], [7, 'sync', 1, false])
    expect(client.heard()).toEqual([])
    expect(factory.errors).toHaveLength(2)
    expect(client.isOpen).toBe(true)
  })

  it('keep the order of a client, however long they take', async () => {
    const waiting: (() => void)[] = []
    const { client } = await serve(protocol => {
      protocol.registerForPubSub('u')
      protocol.registerHandlerProcedureForPub('slow', (_p, _s, event) => new Promise(resolve => waiting.push(() => resolve(event))))
    })
    await client.say([5, 'u'], [5, 'slow'], [7, 'slow', 1, false], [7, 'u', 2, false], [7, 'slow', 3, false], [7, 'u', 4, false], [6, 'u'])
    expect(client.heard()).toEqual([])
    waiting[0]?.()
    await client.link?.settle()
    expect(client.heard()).toEqual([
      [8, 'slow', 1],
      [8, 'u', 2],
    ])
    waiting[1]?.()
    await client.link?.settle()
    expect(client.heard()).toEqual([
      [8, 'slow', 3],
      [8, 'u', 4],
    ])
  })

  it('do not change the meaning of a CURIE in a message that waits for them', async () => {
    let release: () => void = () => undefined
    const { client } = await serve(protocol => {
      protocol.registerForPubSub('u/', { prefixMatch: true })
      protocol.registerHandlerProcedureForPub('slow', () => new Promise<void>(resolve => (release = resolve)))
    })
    await client.say([1, 'p', 'u/one/'], [7, 'slow', 1], [5, 'p:x'], [7, 'p:x', 1, false], [1, 'p', 'u/two/'], [7, 'p:x', 2, false])
    release()
    await client.link?.settle()
    expect(client.heard()).toEqual([[8, 'u/one/x', 1]])
  })

  it('hold the reading when many wait, and let calls through until then', async () => {
    let release: () => void = () => undefined
    const { client } = await serve(
      protocol => {
        protocol.registerProcedureForRpc('one', () => 1)
        protocol.registerHandlerProcedureForPub('slow', () => new Promise<void>(resolve => (release = resolve)))
        protocol.registerForPubSub('u')
      },
      { maxQueuedMessages: 2 },
    )
    await client.say([7, 'slow', 1], [7, 'u', 2], [2, 'a', 'one'])
    expect(client.heard()).toEqual([[3, 'a', 1]])
    await client.say([7, 'u', 3], [2, 'b', 'one'])
    expect(client.heard()).toEqual([])
    release()
    await client.link?.settle()
    expect(client.heard()).toEqual([[3, 'b', 1]])
  })
})

describe('limits of one client', () => {
  it('close it above so many subscriptions', async () => {
    const { client, factory } = await serve(protocol => protocol.registerForPubSub('u', { prefixMatch: true }), { maxSubscriptions: 2 })
    await client.say([5, 'u1'], [5, 'u2'], [5, 'u2'], [6, 'u1'], [5, 'u3'])
    expect(client.isOpen).toBe(true)
    await client.say([5, 'u4'])
    expect(await client.ended()).toBe('1008 more than 2 subscriptions')
    expect(factory.subscriptions.size).toBe(0)
  })

  it('hold in the queue behind a handler too', async () => {
    const { client } = await serve(
      protocol => {
        protocol.registerForPubSub('u', { prefixMatch: true })
        protocol.registerHandlerProcedureForSub('slow', () => Promise.resolve(true))
      },
      { maxSubscriptions: 2 },
    )
    await client.say([5, 'slow'], [5, 'u1'], [5, 'u2'])
    expect(await client.ended()).toBe('1008 more than 2 subscriptions')
  })

  it('close it above so many prefixes', async () => {
    const { client } = await serve(() => undefined, { maxPrefixes: 2 })
    await client.say([1, 'a', 'u'], [1, 'b', 'u'], [1, 'a', 'v'])
    expect(client.isOpen).toBe(true)
    await client.say([1, 'c', 'u'])
    expect(await client.ended()).toBe('1008 more than 2 prefixes')
  })
})

describe('the messages in the queue of a session', () => {
  it('are dropped with the connection: no handler runs after onClose', async () => {
    const seen: unknown[] = []
    const waiting: ((value: unknown) => void)[] = []
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        const handler = (_prefix: string, _suffix: string, event?: unknown): Promise<unknown> => {
          seen.push(event)
          return new Promise(resolve => waiting.push(resolve))
        }
        this.registerHandlerProcedureForPub('t', handler)
        this.registerHandlerProcedureForSub('s', handler)
        this.registerForPubSub('open')
      }
      override onClose(): void {
        seen.push('closed')
        // in the same turn, before anything else can learn that the connection is gone
        waiting[0]?.('let through')
      }
    }
    const factory = new TestServerFactory(Server)
    const link = new Link()
    const [client, other] = [await link.serve(factory), await link.serve(factory)]
    await other.say([5, 'open'])
    other.heard()
    await client.say([7, 't', 1], [7, 't', 2], [5, 's'], [7, 'open', 3], [7, 't', 4])
    client.dropConnection({ abort: true })
    await link.settle()
    expect(seen).toEqual([1, 'closed'])
    expect([factory.subscriptions.has('s'), other.heard(), factory.errors]).toEqual([false, [], []])
  })

  it('are limited in octets for a session, which holds the reading', async () => {
    const waiting: (() => void)[] = []
    const { client } = await serve(
      protocol => {
        protocol.registerProcedureForRpc('one', () => 1)
        protocol.registerHandlerProcedureForPub('slow', () => new Promise<void>(resolve => waiting.push(resolve)))
      },
      { maxSessionWorkSize: 10_000 },
    )
    const event = 'x'.repeat(6000)
    await client.say([7, 'slow', event], [2, 'a', 'one'])
    expect(client.heard()).toEqual([[3, 'a', 1]])
    await client.say([7, 'slow', event], [2, 'b', 'one'])
    expect(client.heard()).toEqual([])
    for (let i = 0; i < 2; i++) {
      waiting[i]?.()
      await client.link?.settle()
    }
    expect(client.heard()).toEqual([[3, 'b', 1]])
  })

  it('are limited in octets for all sessions together, and 1013 says to come again later', async () => {
    const waiting: (() => void)[] = []
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerForPubSub('open')
        this.registerHandlerProcedureForPub('slow', () => new Promise<void>(resolve => waiting.push(resolve)))
        this.registerHandlerProcedureForSub('asked', () => true)
      }
    }
    const factory = new TestServerFactory(Server, { wamp: { maxWorkSize: 10_000 } })
    const link = new Link()
    const [one, other, third] = [await link.serve(factory), await link.serve(factory), await link.serve(factory)]
    await one.say([7, 'slow', 'x'.repeat(8000)])
    await third.say([5, 'open'], [7, 'open', 'no handler, no work', false])
    expect(third.heard().at(-1)).toEqual([8, 'open', 'no handler, no work'])
    await other.say([7, 'slow', 'x'.repeat(8000)])
    expect(await other.ended()).toBe('1013 the server has too much work in progress')
    one.dropConnection({ abort: true })
    await link.settle()
    await third.say([7, 'slow', 'x'.repeat(8000)])
    expect(await third.ended()).toBe('1013 the server has too much work in progress')
    waiting[0]?.()
    const last = await link.serve(factory)
    await last.say([7, 'slow', 'x'.repeat(8000)])
    expect([last.isOpen, waiting.length]).toEqual([true, 2])
  })
})

describe('names that a session keeps', () => {
  it('are limited in letters, and given back', async () => {
    const { client } = await serve(protocol => protocol.registerForPubSub('', { prefixMatch: true }), { maxNamesSize: 100 })
    await client.say([1, 'p', 'u'.repeat(39)], [5, 'x'.repeat(60)], [6, 'x'.repeat(60)], [1, 'p', 'u'.repeat(19)], [5, 'y'.repeat(80)])
    expect(client.isOpen).toBe(true)
    await client.say([5, 'z'])
    expect(await client.ended()).toBe('1008 prefixes and topics of more than 100 letters')
  })

  it('are as long as they are once their prefix is resolved', async () => {
    const { client } = await serve(protocol => protocol.registerForPubSub('', { prefixMatch: true }), { maxUriLength: 50 })
    await client.say([1, 'p', 'u'.repeat(30)], [5, `p:${'x'.repeat(20)}`])
    expect(client.isOpen).toBe(true)
    await client.say([5, `p:${'x'.repeat(21)}`])
    expect(await client.ended()).toBe('1008 a CURIE for a URI of 51 letters; 50 are allowed')
  })
})

describe('a queue that is worked off at once', () => {
  it('gives the same results as one with waiting messages, for any input', async () => {
    const topic = fc.constantFrom('t1', 't2', 'p:1')
    const step = fc.oneof(
      fc.tuple(fc.constant(5), topic),
      fc.tuple(fc.constant(6), topic),
      fc.tuple(fc.constant(7), topic, fc.integer(), fc.boolean()),
      fc.tuple(fc.constant(1), fc.constant('p'), fc.constantFrom('t', 'x')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const [atOnce, queued] = [await heardAfter(steps, value => value), await heardAfter(steps, value => Promise.resolve(value))]
        expect(queued).toEqual(atOnce)
      }),
      { numRuns: 60 },
    )
  })
})

/** Returns the messages to a client that sends all of this at once, to handlers that answer by `how`. */
async function heardAfter(steps: readonly unknown[], how: (value: unknown) => unknown): Promise<unknown> {
  const { client, factory } = await serve(protocol => {
    protocol.registerHandlerProcedureForSub('t', (_prefix, suffix) => how(suffix !== '3'), { prefixMatch: true })
    protocol.registerHandlerProcedureForPub('t', (_prefix, _suffix, event) => how(event), { prefixMatch: true })
  })
  await client.say(...steps)
  expect(client.isOpen).toBe(true)
  return [client.heard(), [...factory.subscriptions.keys()]]
}

async function serve(setUp: (protocol: WampServerProtocol) => void, wamp = {}): Promise<{ client: RawClient; factory: TestServerFactory }> {
  class Server extends WampServerProtocol {
    override onSessionOpen(): void {
      setUp(this)
    }
  }
  const factory = new TestServerFactory(Server, { wamp })
  const client = await new Link().serve(factory)
  client.heard()
  return { client, factory }
}
