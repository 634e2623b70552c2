import {
  type Awaitable,
  type ConnectionAccept,
  type ConnectionRequest,
  HttpException,
  WebSocketClientFactory,
  WebSocketClientProtocol,
} from '@autobahn-ts/websocket/portable'
import { fakeRuntime, memoryPair } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { exportPub, exportRpc, exportSub } from '../../../src/v1/application/exported.ts'
import { TopicAccess, WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { Link, type RawClient, TestServerFactory, welcome } from '../../fixtures/link.ts'

describe('WampServerProtocol', () => {
  it('refuses clients that do not speak wamp', async () => {
    for (const protocols of [[], ['chat']]) {
      const runtime = fakeRuntime()
      const [one, other] = memoryPair(runtime.clock)
      const nowhere = { peer: { address: '', port: undefined }, own: { address: '', port: undefined }, isSecure: false }
      new TestServerFactory(WampServerProtocolForTests).acceptStream(other, nowhere, runtime)
      class Client extends WebSocketClientProtocol {}
      const client = new WebSocketClientFactory('ws://test/', { protocol: Client, protocols }).connectStream(one, nowhere, runtime)
      const failed = expect(client.opened).rejects.toMatchObject({ status: 400 })
      for (let i = 0; i < 10; i++) {
        runtime.clock.flush()
        await new Promise(resolve => setImmediate(resolve))
      }
      await failed
    }
  })

  for (const [what, value, status] of [
    ['an HttpException', new HttpException(403, 'not you'), 403],
    ['an HttpException, later', Promise.resolve(new HttpException(401, 'who are you')), 401],
    ['false', false, 500],
    ['an Error', new Error('no'), 500],
    ['a status', 401, 500],
    ['a subprotocol that was not offered', 'chat', 500],
    ['a tuple', [null, {}], 500],
  ] as const) {
    it(`lets nobody in by an onConnect that calls super and returns ${what} in place of throwing`, async () => {
      class Server extends WampServerProtocol {
        override async onConnect(request: ConnectionRequest): Promise<ConnectionAccept> {
          await super.onConnect(request)
          return (await value) as never
        }
      }
      const runtime = fakeRuntime()
      const [one, other] = memoryPair(runtime.clock)
      const nowhere = { peer: { address: '', port: undefined }, own: { address: '', port: undefined }, isSecure: false }
      const factory = new TestServerFactory(Server)
      factory.acceptStream(other, nowhere, runtime)
      class Client extends WebSocketClientProtocol {}
      const client = new WebSocketClientFactory('ws://test/', { protocol: Client, protocols: ['wamp'] }).connectStream(
        one,
        nowhere,
        runtime,
      )
      const failed = expect(client.opened).rejects.toMatchObject({ name: 'HandshakeFailed', status })
      for (let i = 0; i < 10; i++) {
        runtime.clock.flush()
        await new Promise(resolve => setImmediate(resolve))
      }
      await failed
      expect(factory.sessionCount).toBe(0)
      expect(factory.errors.map(({ name }) => name)).toEqual(status === 500 ? ['ApiMisuse'] : [])
    })
  }

  it('registers whole services by their decorators', async () => {
    class Service {
      readonly members = new Set(['x'])

      @exportRpc('count')
      size(): number {
        return this.members.size
      }

      @exportSub('room/', { prefixMatch: true })
      mayListen(_prefix: string, room: string): boolean {
        return this.members.has(room)
      }

      @exportPub('room/', { prefixMatch: true })
      filter(_prefix: string, room: string, event: unknown): unknown {
        return { room, event }
      }
    }
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        const service = new Service()
        this.registerForRpc(service, 'http://e/')
        this.registerHandlerForPubSub(service, 'http://e/')
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    await client.say([2, 'a', 'http://e/count'], [5, 'http://e/room/x'], [5, 'http://e/room/y'])
    await client.say([7, 'http://e/room/x', 1, false], [7, 'http://e/room/y', 2, false])
    expect(client.heard()).toEqual([welcome, [3, 'a', 1], [8, 'http://e/room/x', { room: 'x', event: 1 }]])
  })

  it('takes a service without decorated handlers for a mistake, as it does one without procedures', () => {
    class Server extends WampServerProtocol {}
    expect(() => new Server().registerHandlerForPubSub({ mayListen: () => true }, 'u')).toThrow('no method with @exportSub or @exportPub')
    expect(() => new Server().registerForRpc({ size: () => 1 }, 'u')).toThrow('no method with @exportRpc')
  })

  it('registers decorated methods of the protocol itself', async () => {
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerForRpc(this, 'http://e/')
      }
      @exportRpc
      whoAmI(): string | undefined {
        return this.sessionId
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    await client.say([2, 'a', 'http://e/whoAmI'])
    expect(client.heard()).toEqual([welcome, [3, 'a', 'session-1']])
  })

  it('registers methods by their name or themselves, and functions', async () => {
    const object = {
      factor: 3,
      times(x: number) {
        return this.factor * x
      },
    }
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerMethodForRpc('name', object, 'times')
        this.registerMethodForRpc('method', object, object.times)
        this.registerHandlerMethodForRpc('handler', object, function (this: typeof object) {
          return this.factor
        })
        this.registerHandlerForSub('sub', { ok: true }, function (this: { ok: boolean }) {
          return this.ok
        })
        this.registerHandlerForPub('sub', { n: 1 }, function (this: { n: number }) {
          return this.n
        })
        expect(() => this.registerMethodForRpc('u', object, 'none')).toThrow(/must be a function/)
        expect(this.procForUri('name')?.kind).toBe('procedure')
        expect([this.unregisterForRpc('none'), this.procForUri('none')]).toEqual([false, undefined])
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    await client.say([2, 'a', 'name', 2], [2, 'b', 'method', 3], [2, 'c', 'handler'], [5, 'sub'], [7, 'sub', 'x', false])
    expect(client.heard()).toEqual([welcome, [3, 'a', 6], [3, 'b', 9], [3, 'c', 3], [8, 'sub', 1]])
  })

  it('allows the other right for exactly the URI of a handler, and not for longer URIs', async () => {
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerHandlerProcedureForPub('pub/', (prefix, suffix, event) => [prefix, suffix, event], { prefixMatch: true })
        this.registerHandlerProcedureForSub('sub/', () => true, { prefixMatch: true })
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    for (const topic of ['pub/', 'pub/x', 'sub/', 'sub/x']) await client.say([5, topic], [7, topic, 1, false])
    expect(client.heard()).toEqual([welcome, [8, 'pub/', ['pub/', '', 1]], [8, 'sub/', 1]])
  })

  it('follows the last registration of a URI', async () => {
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerHandlerProcedureForPub('opened', () => 'checked')
        this.registerForPubSub('opened')
        this.registerForPubSub('guarded')
        this.registerHandlerProcedureForPub('guarded', () => 'checked')
        this.registerHandlerProcedureForPub('narrowed', () => 'checked')
        this.registerForPubSub('narrowed', { pubsub: TopicAccess.SUBSCRIBE })
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    for (const topic of ['opened', 'guarded', 'narrowed']) await client.say([5, topic], [7, topic, 1, false])
    expect(client.heard()).toEqual([welcome, [8, 'opened', 1], [8, 'guarded', 'checked']])
  })

  it('closes the connection for a binary message, which is not WAMP', async () => {
    const heard: unknown[] = []
    class Curious extends WampServerProtocolForTests {
      override onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void> {
        heard.push([payload.length, isBinary])
        return super.onMessage(payload, isBinary)
      }
    }
    const client = await new Link().serve(new TestServerFactory(Curious))
    await client.say([5, 't'])
    expect(heard).toEqual([])
    client.sendMessage(Uint8Array.of(1))
    expect(await client.ended()).toBe('1003 a WAMP message is text')
    expect(heard).toEqual([[1, true]])
  })

  it('closes with 1011 where the factory cannot read a message for a reason of its own', async () => {
    const factory = new TestServerFactory(WampServerProtocolForTests)
    const client = await new Link().serve(factory)
    Object.defineProperty(factory, 'wampOptions', {
      get: () => {
        throw new Error('of its own')
      },
    })
    await client.say([5, 't'])
    expect(await client.ended()).toMatch(/^1011/)
    expect(factory.errors.map(({ message }) => message)).toEqual(['of its own'])
  })

  it('knows the subscriptions of its client', async () => {
    const factory = new TestServerFactory(WampServerProtocolForTests)
    const client = await new Link().serve(factory)
    await client.say([5, 't'])
    const protocol = factory.sessionIdToProto('session-1')
    expect([...(protocol?.subscriptions ?? [])]).toEqual(['t'])
    expect([...new WampServerProtocolForTests().subscriptions]).toEqual([])
  })

  it('frees everything although the application does not call super.onClose', async () => {
    class Careless extends WampServerProtocolForTests {
      override onClose(): void {}
    }
    const factory = new TestServerFactory(Careless)
    const client = await new Link().serve(factory)
    await client.say([5, 't'])
    client.sendClose(1000)
    await client.ended()
    expect([factory.sessionCount, factory.subscriptions.size]).toEqual([0, 0])
  })
})

class WampServerProtocolForTests extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForPubSub('t')
  }
}

describe('rights that are taken back', () => {
  it('are those of the last registration, also if they are fewer', async () => {
    const { client } = await serve(protocol => {
      protocol.registerForPubSub('t')
      protocol.registerForPubSub('t', { pubsub: TopicAccess.SUBSCRIBE })
      protocol.registerForPubSub('p/', { prefixMatch: true })
      protocol.registerForPubSub('p/')
    })
    await client.say([5, 't'], [7, 't', 1, false], [5, 'p/x'], [7, 'p/x', 1, false], [5, 'p/'], [7, 'p/', 2, false])
    expect(client.heard()).toEqual([[8, 'p/', 2]])
  })

  it('are not given back by a shorter prefix', async () => {
    const { client } = await serve(protocol => {
      protocol.registerForPubSub('p/', { prefixMatch: true })
      protocol.registerForPubSub('p/one', { pubsub: TopicAccess.SUBSCRIBE })
      protocol.registerForPubSub('p/many/', { prefixMatch: true, pubsub: TopicAccess.PUBLISH })
    })
    await client.say([5, 'p/one'], [7, 'p/one', 1, false], [5, 'p/many/x'], [7, 'p/many/x', 1, false], [5, 'p/two'], [7, 'p/two', 2, false])
    expect(client.heard()).toEqual([[8, 'p/two', 2]])
  })

  it('are not given back by a handler for the other right', async () => {
    const { client } = await serve(protocol => {
      protocol.registerForPubSub('t', { pubsub: TopicAccess.SUBSCRIBE })
      protocol.registerHandlerProcedureForSub('t', () => true)
      protocol.registerHandlerProcedureForSub('p/x', () => true)
      protocol.registerHandlerProcedureForPub('p/', () => undefined, { prefixMatch: true })
    })
    await client.say([5, 't'], [7, 't', 1, false], [5, 'p/x'], [7, 'p/x', 1, false])
    expect(client.heard()).toEqual([])
  })

  it('are unregistered, whichever way they were registered', async () => {
    const { client, server, factory } = await serve(protocol => {
      protocol.registerForPubSub('t')
      protocol.registerForPubSub('p/', { prefixMatch: true })
      protocol.registerHandlerProcedureForSub('s', () => true)
      protocol.registerHandlerProcedureForPub('h', (_p, _s, event) => event)
    })
    const topics = ['t', 'p/x', 's', 'h']
    await client.say(...topics.map(topic => [5, topic]))
    expect([...server.subscriptions]).toEqual(topics)
    expect([server.unregisterForPubSub('t'), server.unregisterForPubSub('p/'), server.unregisterForPubSub('none')]).toEqual([
      true,
      true,
      false,
    ])
    expect([server.unregisterHandlerForSub('s'), server.unregisterHandlerForPub('h'), server.unregisterHandlerForSub('none')]).toEqual([
      true,
      true,
      false,
    ])
    expect([server.subscriptions.size, factory.subscriptions.size]).toEqual([0, 0])
    for (const topic of topics) await client.say([5, topic], [7, topic, 1, false])
    expect(client.heard()).toEqual([])
    expect(factory.subscriptions.size).toBe(0)
  })

  it('leave nothing open when one of two handlers of a topic is unregistered', async () => {
    const { client, server } = await serve(protocol => {
      protocol.registerHandlerProcedureForSub('t', () => true)
      protocol.registerHandlerProcedureForPub('t', (_p, _s, event) => event)
    })
    server.unregisterHandlerForSub('t')
    await client.say([5, 't'])
    expect(server.subscriptions.size).toBe(0)
    server.registerForPubSub('t', { pubsub: TopicAccess.SUBSCRIBE })
    await client.say([5, 't'], [7, 't', 1, false])
    expect(client.heard()).toEqual([])
  })

  it('are unregistered for all decorated methods of an object', async () => {
    class Topics {
      @exportSub('s')
      maySubscribe(): boolean {
        return true
      }
      @exportPub('p')
      check(_prefix: string, _suffix: string, event: unknown): unknown {
        return event
      }
    }
    const { client, server } = await serve(protocol => protocol.registerHandlerForPubSub(new Topics(), 'u/'))
    await client.say([5, 'u/s'], [7, 'u/s', 1, false], [5, 'u/p'], [7, 'u/p', 2, false])
    expect(client.heard()).toEqual([
      [8, 'u/s', 1],
      [8, 'u/p', 2],
    ])
    server.unregisterHandlerForPubSub(new Topics(), 'u/')
    await client.say([5, 'u/s'], [7, 'u/s', 1, false], [5, 'u/p'], [7, 'u/p', 2, false])
    expect([client.heard(), server.subscriptions.size]).toEqual([[], 0])
  })

  it('end a subscription that is no longer allowed, and inform the factory', async () => {
    const ended: string[] = []
    class Factory extends TestServerFactory {
      override onClientUnsubscribed(_protocol: WampServerProtocol, topic: string): void {
        ended.push(topic)
      }
    }
    const { client, server, factory } = await serve(protocol => protocol.registerForPubSub('p/', { prefixMatch: true }), Factory)
    await client.say([5, 'p/a'], [5, 'p/b'], [5, 'p/c'], [5, 'p/d'])
    server.registerForPubSub('p/a', { pubsub: TopicAccess.PUBLISH })
    expect(ended).toEqual(['p/a'])
    server.registerHandlerProcedureForSub('p/b', () => false)
    server.registerHandlerProcedureForSub('p/c', () => Promise.resolve(false))
    server.registerHandlerProcedureForSub('p/d', () => Promise.resolve(true))
    await client.link?.settle()
    expect(ended).toEqual(['p/a', 'p/b', 'p/c'])
    expect([...factory.subscriptions.keys()]).toEqual(['p/d'])
  })

  it('apply to a subscription whose handler has not answered yet', async () => {
    const answers: ((answer: unknown) => void)[] = []
    const think = (): Promise<unknown> => new Promise(resolve => answers.push(resolve))
    const { client, server, factory } = await serve(protocol => {
      protocol.registerHandlerProcedureForSub('s', think)
      protocol.registerHandlerProcedureForPub('p', think)
      protocol.registerHandlerProcedureForSub('r', think)
    })
    for (const [i, message] of [
      [5, 's'],
      [7, 'p', 1, false],
      [5, 'r'],
    ].entries()) {
      await client.say([5, 'p'], message)
      server.unregisterForPubSub(['s', 'p'][i] ?? '')
      if (i === 2) server.registerHandlerProcedureForSub('r', () => false)
      answers[i]?.(true)
      await client.link?.settle()
    }
    expect(answers).toHaveLength(3)
    expect([client.heard(), [...factory.subscriptions.keys()]]).toEqual([[], []])
  })
})

async function serve(
  setUp: (protocol: WampServerProtocol) => void,
  Factory: typeof TestServerFactory = TestServerFactory,
): Promise<{ client: RawClient; server: WampServerProtocol; factory: TestServerFactory }> {
  class Server extends WampServerProtocol {
    override onSessionOpen(): void {
      setUp(this)
    }
  }
  const factory = new Factory(Server)
  const client = await new Link().serve(factory)
  client.heard()
  return { client, server: factory.sessionIdToProto('session-1')!, factory }
}
