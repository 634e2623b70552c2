import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connectWS, type Listener, listenWS } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWamp } from '../../src/node/connect-wamp.ts'
import { WampClientFactory, WampClientProtocol, WampServerFactory, WampServerProtocol } from '../../src/node/v1.ts'
import { testTries } from '../fixtures/tries-suite.ts'

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc('http://e/add', (a: number, b: number) => a + b)
    this.registerProcedureForRpc('http://e/double', (x: number) => this.call('http://e/mine', x))
    this.registerForPubSub('http://e/t#', { prefixMatch: true })
  }
}

const listeners: Listener[] = []
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close()
})

testTries('on Node', (url, options) => connectWamp(url, options))

describe('over real sockets', () => {
  it('a client calls, is called, and hears of events', async () => {
    const { url, factory } = await listen()
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

  it('a client comes back by itself', async () => {
    const { url, factory } = await listen()
    const client = await connectWamp(url, { reconnect: { initialDelay: 0.01 } })
    const first = client.sessionId
    const seen: unknown[] = []
    client.subscribe('http://e/t#x', (_, event) => seen.push(event))
    await expect.poll(() => factory.subscriptions.size).toBe(1)
    for (const connection of factory.connections) connection.dropConnection({ abort: true })
    await expect.poll(() => client.isConnected && client.sessionId !== first && factory.subscriptions.size).toBe(1)
    factory.dispatch('http://e/t#x', 1)
    await expect.poll(() => seen).toEqual([1])
    await client.close()
  })

  it('a process that awaits the next session lives while nobody listens', async () => {
    const server = await listen()
    const program = fileURLToPath(new URL('./children/coming-back.mjs', import.meta.url))
    const child = spawn(process.execPath, [program, server.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    const lines: string[] = []
    createInterface({ input: child.stdout }).on('line', line => lines.push(line))
    await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['session 1'])
    const { port } = new URL(server.url)
    await listeners.pop()?.close({ drop: true })
    await listen(Number(port))
    expect(await ended).toEqual([0, null])
    expect(lines).toEqual(['session 1', 'session 2'])
  })

  it('the classes of AutobahnPython do', async () => {
    const { url } = await listen()
    let answered: (value: number) => void = () => undefined
    const answer = new Promise<number>(resolve => {
      answered = resolve
    })
    class Client extends WampClientProtocol {
      override async onSessionOpen(): Promise<void> {
        answered(await this.call<number>('http://e/add', 1, 2))
      }
    }
    const client = await connectWS<Client>(new WampClientFactory(url, { protocol: Client }))
    expect(await answer).toBe(3)
    client.sendClose(1000)
    await client.closed
  })

  it('rejects where nobody listens', async () => {
    const { url } = await listen()
    await listeners.pop()?.close()
    await expect(connectWamp(url)).rejects.toMatchObject({ name: 'HandshakeFailed' })
  })
})

async function listen(port = 0): Promise<{ url: string; factory: WampServerFactory }> {
  const factory = new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server })
  const listener = await listenWS(factory)
  listeners.push(listener)
  return { url: `ws://127.0.0.1:${listener.port}`, factory }
}
