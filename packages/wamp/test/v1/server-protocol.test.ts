import { type Awaitable, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket/portable'
import { fakeRuntime, memoryPair } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { exportPub, exportRpc, exportSub } from '../../src/v1/exported.ts'
import { TopicAccess, WampServerProtocol } from '../../src/v1/server-protocol.ts'
import { Link, TestServerFactory, welcome } from '../fixtures/link.ts'

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

  it('opens the other direction for the very URI of a handler, and not for what begins with it', async () => {
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

  it('goes by what was registered last for a URI, in each direction', async () => {
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerHandlerProcedureForPub('opened', () => 'checked')
        this.registerForPubSub('opened')
        this.registerForPubSub('guarded')
        this.registerHandlerProcedureForPub('guarded', () => 'checked')
        this.registerHandlerProcedureForPub('kept', () => 'checked')
        this.registerForPubSub('kept', { pubsub: TopicAccess.SUBSCRIBE })
      }
    }
    const client = await new Link().serve(new TestServerFactory(Server))
    for (const topic of ['opened', 'guarded', 'kept']) await client.say([5, topic], [7, topic, 1, false])
    expect(client.heard()).toEqual([welcome, [8, 'opened', 1], [8, 'guarded', 'checked'], [8, 'kept', 'checked']])
  })

  it('is told of binary messages as any protocol is, which are no WAMP', async () => {
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

  it('knows what its client has subscribed to', async () => {
    const factory = new TestServerFactory(WampServerProtocolForTests)
    const client = await new Link().serve(factory)
    await client.say([5, 't'])
    const protocol = factory.sessionIdToProto('session-1')
    expect([...(protocol?.subscriptions ?? [])]).toEqual(['t'])
    expect([...new WampServerProtocolForTests().subscriptions]).toEqual([])
  })

  it('lets go of everything although the application forgets super in onClose', async () => {
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
