import type { Listener } from '@autobahn-ts/websocket'
import { WebSocket } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../src/browser/connect.ts'
import type { Client } from '../../src/client/client.ts'
import { type EchoRouter, echoRouter } from '../fixtures/echo-router.ts'

const listeners: Listener[] = []

const clients: Client[] = []

afterEach(async () => {
  vi.unstubAllGlobals()
  clients.length = 0
  for (const listener of listeners.splice(0)) await listener.close({ timeout: 0 })
})

describe('connect of pages', () => {
  it("joins over the platform's WebSocket, calls, and closes", async () => {
    const router = await echoing()
    const client = await connect(router.url, { realm: 'realm1', transport: { socketClass: WebSocket } })
    expect(await client.call('com.example.echo', ['ä', new Uint8Array([1, 2])])).toEqual(['ä', new Uint8Array([1, 2])])
    await client.close()
  })

  it('gives up where the signal is aborted while it waits for the URL', async () => {
    const controller = new AbortController()
    const connecting = connect(() => new Promise<never>(() => undefined), { realm: 'realm1', signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(connecting).rejects.toThrow('enough')
  })

  it('registers a procedure, whose code is loaded then', async () => {
    const router = await echoing()
    const client = await connect(router.url, { realm: 'realm1', transport: { socketClass: WebSocket } })
    const registration = await client.register('com.example.page', () => 1)
    expect(registration.isActive).toBe(true)
    await registration.unregister()
    await client.close()
  })

  it('sends chunks, and calls sequential handlers, whose code is loaded then', async () => {
    const router = await echoing()
    const { connect } = await freshly()
    const client = await connect(router.url, { realm: 'realm1', transport: { socketClass: WebSocket } })
    await expect(client.call('com.example.upload', [], {}, { chunks: ['a'] })).rejects.toMatchObject({
      uri: 'wamp.error.feature_not_supported',
    })
    const subscription = await client.subscribe('com.example.topic', () => {}, { sequential: true })
    expect(subscription).toMatchObject({ isActive: true, dropped: 0 })
    await client.close()
  })

  it('begins streams when their code is loaded', async () => {
    const router = await echoing()
    const { connect } = await freshly()
    const client = await connect(router.url, { realm: 'realm1', transport: { socketClass: WebSocket } })
    const stream = client.stream('com.example.echo', [1, 2])
    const events = client.events('com.example.topic')
    expect(await stream.result).toEqual([1, 2])
    for await (const _ of stream) expect.unreachable()
    await events.ready
    await client.close()
    for await (const _ of events) expect.unreachable()
  })

  it('refuses misspelt options of requests at once, and lists those that there are', async () => {
    const router = await echoing()
    const client = await connect(router.url, { realm: 'realm1', transport: { socketClass: WebSocket } })
    expect(() => client.publish('com.example.topic', [], {}, { retian: true } as never)).toThrow(
      'there is no option retian of publish; there are',
    )
    await client.close()
  })

  it('tries at once when the browser is online again', async () => {
    const listening = new Map<string, () => void>()
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) => listening.set(type, listener))
    vi.stubGlobal('removeEventListener', (type: string) => listening.delete(type))
    const router = await echoing()
    const lost = new Promise<void>(resolve => {
      const onLost = (): void => resolve()
      void connect(async () => router.url, {
        realm: 'realm1',
        transport: { socketClass: WebSocket },
        reconnect: { initialDelay: 1000, maxDelay: 1000, jitter: 0 },
        onLost,
      }).then(client => {
        router.transports[0]?.abort('a test')
        clients.push(client)
      })
    })
    await lost
    listening.get('online')?.()
    const [client] = clients
    expect(await client?.call('com.example.echo', [1], {}, { waitForSession: 20_000 })).toEqual([1])
    await client?.close()
    expect(listening.size).toBe(0)
  })

  it.each([
    [{ realm: 'a', retryfirst: true }, 'did you mean retryFirst?'],
    [{ realm: 'a', transport: 5 }, 'option transport must be an object of options of the transport'],
    [{ realm: 'a', transport: { pingIntervall: 5 } }, 'did you mean pingInterval?'],
  ])('rejects misuse: %j', async (options, message) => {
    await expect(connect('ws://127.0.0.1:1', options as never)).rejects.toMatchObject({
      name: 'ApiMisuse',
      message: expect.stringContaining(message),
    })
  })
})

async function echoing(): Promise<EchoRouter> {
  const router = await echoRouter()
  listeners.push(router.listener)
  return router
}

/** Returns the entry as a page has it that has loaded nothing else yet. */
async function freshly(): Promise<typeof import('../../src/browser/connect.ts')> {
  vi.resetModules()
  return import('../../src/browser/connect.ts')
}
