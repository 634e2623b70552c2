import { type Listener, listenWS } from '@autobahn-ts/websocket'
import { WebSocket } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connectWamp } from '../../src/browser/connect-wamp.ts'
import { connectWS, WampClientFactory, WampClientProtocol, WampCraClientProtocol } from '../../src/browser/v1.ts'
import { deriveKey, WampCraServerProtocol, WampServerFactory, WampServerProtocol } from '../../src/node/v1.ts'
import { testTries } from '../fixtures/tries-suite.ts'

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc('http://e/add', (a: number, b: number) => a + b)
    this.registerProcedureForRpc('http://e/double', (x: number) => this.call('http://e/mine', x))
    this.registerProcedureForRpc('http://e/never', () => new Promise(() => undefined))
    this.registerForPubSub('http://e/t#', { prefixMatch: true })
  }
}

/** The class that Node has as `WebSocket` from 22 on. */
const connect = { socketClass: WebSocket }
const listeners: Listener[] = []
afterEach(async () => {
  vi.unstubAllGlobals()
  for (const listener of listeners.splice(0)) await listener.close()
})

testTries("over the platform's WebSocket", (url, options) => connectWamp(url, { ...options, connect: { ...connect, ...options.connect } }))

describe("over the platform's WebSocket", () => {
  it('a client calls, is called, and hears of events', async () => {
    const { url, factory } = await listen()
    vi.stubGlobal('WebSocket', WebSocket)
    const client = await connectWamp(url)
    client.register('http://e/mine', (x: number) => 2 * x)
    client.prefix('e', 'http://e/')
    expect(await client.call<number>('e:add', 23, 7)).toBe(30)
    expect(await client.call<number>('e:double', 21)).toBe(42)
    const event = new Promise(resolve => client.subscribe('http://e/t#x', (...args) => resolve(args)))
    client.publish('http://e/t#x', { a: 'ä' }, { excludeMe: false })
    expect(await event).toEqual(['http://e/t#x', { a: 'ä' }])
    await client.close()
    await expect.poll(() => [factory.sessionCount, factory.subscriptions.size]).toEqual([0, 0])
  })

  it('a client comes back by itself, and its calls have failed meanwhile', async () => {
    const { url, factory } = await listen()
    const client = await connectWamp(url, { connect, reconnect: { initialDelay: 0.01 } })
    const first = client.sessionId
    const seen: unknown[] = []
    client.subscribe('http://e/t#x', (_, event) => seen.push(event))
    client.prefix('e', 'http://e/')
    client.register('http://e/mine', (x: number) => 3 * x)
    await expect.poll(() => factory.subscriptions.size).toBe(1)
    const pending = expect(client.call('http://e/never')).rejects.toMatchObject({ name: 'ConnectionClosed' })
    for (const connection of factory.connections) connection.dropConnection({ abort: true })
    await pending
    await expect.poll(() => client.isConnected && client.sessionId !== first && factory.subscriptions.size).toBe(1)
    factory.dispatch('http://e/t#x', 1)
    await expect.poll(() => seen).toEqual([1])
    expect(await client.call<number>('e:double', 2)).toBe(6)
    await client.close()
  })

  it('a client that waits tries at once when the browser is online again, until it is closed', async () => {
    const listening = new Map<string, () => void>()
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) => listening.set(type, listener))
    vi.stubGlobal('removeEventListener', (type: string) => listening.delete(type))
    const { url, factory } = await listen()
    const lost = vi.fn()
    const client = await connectWamp(url, { connect, reconnect: { initialDelay: 3600, maxDelay: 3600 }, onLost: lost })
    for (const connection of factory.connections) connection.dropConnection({ abort: true })
    await expect.poll(() => lost.mock.calls.length).toBe(1)
    expect(client.isConnected).toBe(false)
    listening.get('online')?.()
    await expect.poll(() => client.isConnected).toBe(true)
    await client.close()
    await expect.poll(() => listening.size).toBe(0)
  })

  it('a class of the application closes with a code, and is closed with one', async () => {
    const { url, factory } = await listen()
    const client = await connectWS<Client>(new WampClientFactory(url, { protocol: Client }), connect)
    await client.sessionOpened
    const [server] = factory.connections
    const seen = server?.closed
    client.sendClose(1001, 'leaving')
    expect(await client.closed).toMatchObject({ code: 4001, wasClean: true, by: 'self' })
    expect(await seen).toMatchObject({ code: 4001, reason: 'leaving', wasClean: true })
    const other = await connectWS<Client>(new WampClientFactory(url, { protocol: Client }), connect)
    await other.sessionOpened
    for (const connection of factory.connections) connection.sendClose(3000, 'enough')
    expect(await other.closed).toMatchObject({ code: 3000, reason: 'enough', wasClean: true, by: 'peer' })
  })

  it('authenticates with a salted secret', async () => {
    class Careful extends WampCraServerProtocol {
      override clientAuthAllowAnonymous = false
      override getAuthSecret(authKey: string): string | undefined {
        return authKey === 'joe' ? deriveKey('secret', salted) : undefined
      }
      override getAuthPermissions() {
        return { permissions: { rpc: [], pubsub: [] }, authextra: salted }
      }
      override onAuthenticated(): void {
        this.registerProcedureForRpc('http://e/secret', () => 'open sesame')
      }
    }
    const { url } = await listen(Careful)
    const inside = await connectWamp(url, {
      connect,
      onSession: client => client.authenticate('joe', null, 'secret'),
    })
    expect(await inside.call('http://e/secret')).toBe('open sesame')
    await inside.close()
    class Member extends WampCraClientProtocol {}
    const member = await connectWS<Member>(new WampClientFactory(url, { protocol: Member }), connect)
    await member.sessionOpened
    await expect(member.authenticate()).rejects.toMatchObject({ uri: 'http://api.wamp.ws/error#anonymous-auth-forbidden' })
    expect(await member.authenticate('joe', null, 'secret')).toEqual({ rpc: [], pubsub: [] })
    member.sendClose(1000)
    await member.closed
  })

  it('rejects where nobody listens', async () => {
    const { url } = await listen()
    await listeners.pop()?.close()
    await expect(connectWamp(url, { connect })).rejects.toMatchObject({ name: 'HandshakeFailed' })
  })
})

class Client extends WampClientProtocol {}
const salted = { salt: 'pepper', iterations: 10, keylen: 32 }

async function listen(protocol: new () => WampServerProtocol = Server): Promise<{ url: string; factory: WampServerFactory }> {
  const factory = new WampServerFactory('ws://127.0.0.1:0', { protocol })
  const listener = await listenWS(factory)
  listeners.push(listener)
  return { url: `ws://127.0.0.1:${listener.port}`, factory }
}
