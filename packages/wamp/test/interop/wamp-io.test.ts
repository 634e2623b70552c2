import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connectWS, type Listener, listenWS } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWamp } from '../../src/node/connect-wamp.ts'
import { WampClientFactory, WampClientProtocol, WampServerFactory, WampServerProtocol } from '../../src/node/v1.ts'

const peers: WampIo[] = []
const listeners: Listener[] = []
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.end()
  for (const listener of listeners.splice(0)) await listener.close()
})

describe('our client and the server of wamp.io', () => {
  it('opens a session, and learns what it says of itself', async () => {
    const client = await connectWS<Client>(new WampClientFactory(await foreignServer(), { protocol: Client }))
    await client.sessionOpened
    expect([client.sessionProtocolVersion, client.sessionServer]).toEqual([1, 'wamp.io'])
    expect(client.sessionId).toMatch(/^\d+/)
    client.sendClose(1000)
    expect((await client.closed).code).toBe(1000)
  })

  it('calls, at once and later', async () => {
    const client = await connectWamp(await foreignServer())
    expect(await client.call('http://e/add', 23, 7)).toBe(30)
    expect(await client.call('http://e/later')).toBe('later')
    await client.close()
  })

  it('gives an error of a call to the caller', async () => {
    const client = await connectWamp(await foreignServer())
    await expect(client.call('http://e/none')).rejects.toMatchObject({
      name: 'RpcError',
      uri: 'http://autobahn.tavendo.de/error#generic',
      description: 'no procedure http://e/none',
    })
    await client.close()
  })

  it('subscribes, hears of events of other clients and of the server, and unsubscribes', async () => {
    const url = await foreignServer()
    const [one, other] = [await connectWamp(url), await connectWamp(url)]
    const seen: unknown[] = []
    one.subscribe('http://e/t', (topic, event) => seen.push([topic, event]))
    expect((await peer().heard('subscribed')).slice(0, 2)).toEqual([one.sessionId, 'http://e/t'])
    other.publish('http://e/t', { text: 'ä漢🚀' })
    peer().order('dispatch', 'http://e/t', [0, null])
    await expect.poll(() => seen.length).toBe(2)
    expect(seen).toContainEqual(['http://e/t', { text: 'ä漢🚀' }])
    expect(seen).toContainEqual(['http://e/t', [0, null]])
    one.unsubscribe('http://e/t')
    await one.call('http://e/add', 1, 1)
    other.publish('http://e/t', 'unheard')
    await other.call('http://e/add', 1, 1)
    await one.call('http://e/add', 1, 1)
    expect(seen).toHaveLength(2)
    await Promise.all([one.close(), other.close()])
    expect(await peer().heard('disconnected')).toHaveLength(1)
  })

  it('is left out of its own events, unless it asks for them', async () => {
    const client = await connectWamp(await foreignServer())
    const seen: unknown[] = []
    client.subscribe('http://e/t', (_, event) => seen.push(event))
    client.publish('http://e/t', 'for others')
    client.publish('http://e/t', 'for me too', { excludeMe: false })
    await expect.poll(() => seen).toEqual(['for me too'])
    await client.close()
  })
})

describe('the client of wamp.io and our server', () => {
  it('opens a session, calls, and leaves', async () => {
    const { url, factory } = await ourServer()
    const client = foreign('client', url)
    expect(await client.heard('open')).toEqual([expect.stringMatching(/^\S{16}$/), 1, factory.serverIdent])
    client.order('call', 'http://e/add', 23, 7)
    expect(await client.heard('result')).toEqual(['http://e/add', 30])
    client.order('call', 'http://e/later', { text: 'ä漢🚀' })
    expect(await client.heard('result')).toEqual(['http://e/later', { text: 'ä漢🚀' }])
    client.order('close')
    await client.heard('closed')
    await expect.poll(() => factory.sessionCount).toBe(0)
    expect(factory.errors).toEqual([])
  })

  it('its answers come to the right calls, however many are under way', async () => {
    const { url } = await ourServer()
    const client = foreign('client', url)
    await client.heard('open')
    for (let i = 0; i < 50; i++) client.order('call', i % 2 === 0 ? 'http://e/later' : 'http://e/same', i)
    const results: unknown[] = []
    for (let i = 0; i < 50; i++) results.push((await client.heard('result'))[1])
    expect(results.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  it('is told of errors and events, which it takes without harm', async () => {
    const { url, factory } = await ourServer()
    const client = foreign('client', url)
    await client.heard('open')
    client.order('call', 'http://e/none')
    client.order('send', '[5,"http://e/t#x"]')
    await expect.poll(() => factory.subscriptions.size).toBe(1)
    expect(factory.dispatch('http://e/t#x', 'event')).toEqual({ delivered: 1, requested: 1 })
    client.order('call', 'http://e/add', 1, 2)
    expect(await client.heard('result')).toEqual(['http://e/add', 3])
  })
})

class Client extends WampClientProtocol {}

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerProcedureForRpc('http://e/add', (a: number, b: number) => a + b)
    this.registerProcedureForRpc('http://e/same', (value: unknown) => value)
    this.registerProcedureForRpc('http://e/later', async (value: unknown) => {
      await new Promise(resolve => setImmediate(resolve))
      return value
    })
    this.registerForPubSub('http://e/t#', { prefixMatch: true })
  }
}

class ServerFactory extends WampServerFactory {
  readonly errors: Error[] = []

  override onError(error: Error): void {
    this.errors.push(error)
  }
}

async function ourServer(): Promise<{ url: string; factory: ServerFactory }> {
  const factory = new ServerFactory('ws://127.0.0.1:0', { protocol: Server })
  const listener = await listenWS(factory)
  listeners.push(listener)
  return { url: `ws://127.0.0.1:${listener.port}`, factory }
}

async function foreignServer(): Promise<string> {
  const server = foreign('server')
  const [port] = await server.heard('port')
  return `ws://127.0.0.1:${port}`
}

function foreign(side: 'client' | 'server', url = ''): WampIo {
  const started = new WampIo(side, url)
  peers.push(started)
  return started
}

function peer(): WampIo {
  return peers.at(-1)!
}

/** The other process: what it says, by kind and in order. */
class WampIo {
  readonly #child: ChildProcess
  readonly #said: (readonly [kind: string, ...rest: readonly unknown[]])[] = []
  #ended = false
  #noticed: () => void = () => undefined

  constructor(side: 'client' | 'server', url: string) {
    const file = fileURLToPath(new URL('./children/wamp-io.cjs', import.meta.url))
    this.#child = spawn(process.execPath, [file, side, url], { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout! }).on('line', line => {
      this.#said.push(JSON.parse(line))
      this.#noticed()
    })
    this.#child.on('exit', () => {
      this.#ended = true
      this.#noticed()
    })
  }

  /** Resolves with the next event of this kind. */
  async heard(kind: string): Promise<readonly unknown[]> {
    for (;;) {
      const at = this.#said.findIndex(([what]) => what === kind)
      if (at >= 0) return this.#said.splice(at, 1)[0]!.slice(1)
      if (this.#ended) throw new Error(`wamp.io has ended and never said ${kind}`)
      await new Promise<void>(resolve => {
        this.#noticed = resolve
      })
    }
  }

  order(...order: readonly unknown[]): void {
    this.#child.stdin!.write(`${JSON.stringify(order)}\n`)
  }

  async end(): Promise<void> {
    if (this.#ended) return
    const exited = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.stdin!.end()
    await exited
  }
}
