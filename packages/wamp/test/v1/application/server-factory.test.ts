import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { WampServerFactory } from '../../../src/v1/application/server-factory.ts'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { Link, type RawClient, TestServerFactory } from '../../fixtures/link.ts'

describe('WampServerFactory', () => {
  it('speaks wamp, and takes options of WebSocket and of WAMP', () => {
    const factory = new WampServerFactory('ws://localhost:9000', { maxConnections: 5, wamp: { maxPrefixes: 7 } })
    expect([factory.protocols, factory.options.maxConnections, factory.wampOptions.maxPrefixes]).toEqual([['wamp'], 5, 7])
    expect(factory.serverIdent).toMatch(/^Autobahn-TS\//)
    expect(() => new WampServerFactory(undefined, { wamp: { nothing: 1 } as object })).toThrow('there is no option nothing')
    expect(() => new WampServerFactory(undefined, { callTimeout: 7 } as object)).toThrow('option callTimeout is an option of WAMP')
  })

  it('says in WELCOME which version of the package it is', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    expect(new WampServerFactory().serverIdent).toBe(`Autobahn-TS/${version}`)
  })

  it('gives every session another id', () => {
    const factory = new WampServerFactory()
    expect(factory.newSessionId()).not.toBe(factory.newSessionId())
  })

  it('changes options of open sessions too', async () => {
    const { factory, join } = make()
    const client = await join()
    factory.setWampOptions({ maxSubscriptions: 1 })
    await client.say([5, 'a'], [5, 'b'])
    expect(await client.ended()).toMatch(/^1008/)
  })

  it('knows protocols by session ids and session ids by protocols, while they live', async () => {
    const { factory, join } = make()
    const client = await join()
    await join()
    expect(factory.sessionCount).toBe(2)
    const [one, two] = factory.sessionIdsToProtos(['session-1', 'nobody', 'session-2'])
    expect([one?.sessionId, two?.sessionId]).toEqual(['session-1', 'session-2'])
    expect(factory.sessionIdToProto('session-1')).toBe(one)
    expect(factory.sessionIdToProto('__proto__')).toBe(undefined)
    expect(factory.protosToSessionIds([two!, new Server(), one!])).toEqual(['session-2', 'session-1'])
    expect(factory.protoToSessionId(one!)).toBe('session-1')
    client.dropConnection({ abort: true })
    await client.link?.settle()
    expect([factory.sessionCount, factory.sessionIdToProto('session-1'), factory.protoToSessionId(one!)]).toEqual([1, undefined, undefined])
  })

  it('asks again for an id that is taken', async () => {
    const ids = ['same', 'same', 'other']
    class Factory extends TestServerFactory {
      override newSessionId(): string {
        return ids.shift() ?? 'none'
      }
    }
    const link = new Link()
    const factory = new Factory(Server)
    await link.serve(factory)
    await link.serve(factory)
    expect(factory.protosToSessionIds(factory.connections as Set<WampServerProtocol>)).toEqual(['same', 'other'])
  })
})

describe('newSessionId', () => {
  for (const [what, give, why] of [
    [
      'always the same',
      (): unknown => 'same',
      'newSessionId has returned 1000 ids that open sessions have; each session needs an id of its own',
    ],
    ['nothing', (): unknown => undefined, 'newSessionId must return a non-empty string, and not undefined'],
    ['an empty text', (): unknown => '', 'newSessionId must return a non-empty string, and not ""'],
    ['a number', (): unknown => 7, 'newSessionId must return a non-empty string, and not 7'],
    ['a promise', (): unknown => Promise.resolve('id'), 'newSessionId must return a non-empty string, and not [object Promise]'],
  ] as const) {
    it(`that gives ${what} closes the connection with 1011, and says why`, async () => {
      let given: () => unknown = () => 'same'
      class Factory extends TestServerFactory {
        override newSessionId(): string {
          return given() as string
        }
      }
      const factory = new Factory(Server)
      const link = new Link()
      const first = await link.serve(factory)
      given = give
      expect(await (await link.serve(factory)).ended()).toMatch(/^1011/)
      expect(factory.errors.map(({ message }) => message)).toEqual([why])
      expect([first.isOpen, factory.sessionCount]).toEqual([true, 1])
    })
  }
})

describe('the largest message', () => {
  const sizeOf = ({ options }: WampServerFactory): number => options.maxMessagePayloadSize

  it('is 1 MiB unless the option says otherwise, also after a reset', () => {
    expect(sizeOf(new WampServerFactory())).toBe(1_048_576)
    expect(sizeOf(new WampServerFactory(undefined, { maxMessagePayloadSize: undefined as never }))).toBe(1_048_576)
    const raised = new WampServerFactory(undefined, { maxMessagePayloadSize: 5_000_000 })
    expect(sizeOf(raised)).toBe(5_000_000)
    raised.setProtocolOptions({ autoPingInterval: 5 })
    expect(sizeOf(raised)).toBe(5_000_000)
    raised.resetProtocolOptions()
    expect(sizeOf(raised)).toBe(1_048_576)
  })
})

describe('dispatch', () => {
  it('returns how many subscribers got the event, and how many there are', async () => {
    const { factory, join } = make()
    const clients = [await join(), await join(), await join()]
    expect(factory.dispatch('t', 1)).toEqual({ delivered: 0, requested: 0 })
    for (const client of clients) await client.say([5, 't'])
    expect(factory.dispatch('t', { a: 1 })).toEqual({ delivered: 3, requested: 3 })
    await clients[0]?.link?.settle()
    for (const client of clients) expect(client.heard()).toEqual([[8, 't', { a: 1 }]])
  })

  it('leaves out excluded protocols, or sends to eligible ones only', async () => {
    const { factory, join } = make()
    const clients = [await join(), await join(), await join()]
    for (const client of clients) await client.say([5, 't'])
    const [one, two] = factory.sessionIdsToProtos(['session-1', 'session-2'])
    expect(factory.dispatch('t', 1, { exclude: [one!] })).toEqual({ delivered: 2, requested: 2 })
    expect(factory.dispatch('t', 2, { eligible: [one!, two!, new Server()] })).toEqual({ delivered: 2, requested: 2 })
    expect(factory.dispatch('t', 3, { eligible: [one!, two!], exclude: [one!] })).toEqual({ delivered: 1, requested: 1 })
    expect(factory.dispatch('t', 4, { eligible: [] })).toEqual({ delivered: 0, requested: 0 })
    expect(one?.dispatch('t', 5)).toEqual({ delivered: 3, requested: 3 })
    await clients[0]?.link?.settle()
    expect(clients.map(client => client.heard().map(message => (message as unknown[])[2]))).toEqual([
      [2, 5],
      [1, 2, 3, 5],
      [1, 5],
    ])
  })

  it('keeps dispatched and published events in order, for each receiver', async () => {
    const { factory, join } = make()
    const client = await join()
    const publisher = await join()
    await client.say([5, 't'])
    for (let i = 0; i < 600; i++) factory.dispatch('t', i)
    await publisher.say(...Array.from({ length: 400 }, (_, i) => [7, 't', 600 + i]))
    expect(client.heard().map(message => (message as unknown[])[2])).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })

  it('serialises once for all', async () => {
    let serialised = 0
    class Factory extends TestServerFactory {
      override serialize(message: readonly unknown[]): string {
        serialised += message[0] === 8 ? 1 : 0
        return super.serialize(message)
      }
    }
    const link = new Link()
    const factory = new Factory(Server)
    for (let i = 0; i < 20; i++) await (await link.serve(factory)).say([5, 't'])
    expect(factory.dispatch('t', 1)).toEqual({ delivered: 20, requested: 20 })
    expect(serialised).toBe(1)
  })

  it('throws for an event that is not JSON, and for a topic that is not a string', async () => {
    const { factory, join } = make()
    await (await join()).say([5, 't'])
    expect(() => factory.dispatch('t', 1n)).toThrow(TypeError)
    expect(() => factory.dispatch(7 as never, 1)).toThrow('a topic must be a string, and not number')
  })

  it('gives slow subscribers every event until the WebSocket layer drops them, or has them miss some', async () => {
    for (const [slowSubscribers, isOpen] of [
      ['send', false],
      ['skip', true],
    ] as const) {
      const { factory, join } = make({ maxUnsentSize: 100_000, sendHighWaterMark: 10_000, wamp: { slowSubscribers } })
      const slow = await join()
      await slow.say([5, 't'])
      slow.pauseReceiving()
      for (let i = 0; i < 50; i++) {
        factory.dispatch('t', 'x'.repeat(5000))
        await slow.link?.settle()
      }
      expect(factory.sessionCount === 1).toBe(isOpen)
      expect(factory.subscriptions.size).toBe(isOpen ? 1 : 0)
    }
  })
})

describe('the hooks of subscriptions', () => {
  it('hear of each topic once, also when the client is gone', async () => {
    const seen: string[] = []
    class Factory extends TestServerFactory {
      override onClientSubscribed(protocol: WampServerProtocol, topic: string): void {
        seen.push(`${protocol.sessionId} + ${topic}`)
      }
      override onClientUnsubscribed(_: WampServerProtocol, topic: string): void {
        seen.push(`- ${topic}`)
        throw new Error('hook')
      }
    }
    const factory = new Factory(Server)
    const client = await new Link().serve(factory)
    await client.say([5, 'a'], [5, 'a'], [5, 'b'], [5, 'c'], [6, 'b'], [6, 'b'])
    client.dropConnection({ abort: true })
    await client.link?.settle()
    expect(seen).toEqual(['session-1 + a', 'session-1 + b', 'session-1 + c', '- b', '- a', '- c'])
    expect(factory.errors.map(({ message }) => message)).toEqual(['hook', 'hook', 'hook'])
    expect(factory.subscriptions.size).toBe(0)
  })
})

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForPubSub('', { prefixMatch: true })
  }
}

function make(options = {}): { factory: TestServerFactory; join: () => Promise<RawClient> } {
  const link = new Link()
  const factory = new TestServerFactory(Server, options)
  const join = async () => {
    const client = await link.serve(factory)
    client.heard()
    return client
  }
  return { factory, join }
}
