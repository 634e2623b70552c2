import type { Listener } from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/node/connect.ts'
import { type EchoRouter, echoRouter } from '../fixtures/echo-router.ts'

const listeners: Listener[] = []

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close({ timeout: 0 })
})

describe('connect', () => {
  it('joins over a WebSocket, calls, and closes', async () => {
    const router = await echoing()
    const client = await connect(router.url, { realm: 'realm1' })
    expect(client.session).toMatchObject({ id: 7, realm: 'realm1' })
    expect(await client.call('com.example.echo', ['ä', new Uint8Array([1, 2])])).toEqual(['ä', new Uint8Array([1, 2])])
    await client.close()
    expect(router.transports[0]?.details.headers).toHaveProperty('upgrade', 'websocket')
  })

  it('asks a function for the URL for each connection, and comes back', async () => {
    const router = await echoing()
    let asked = 0
    const joined: number[] = []
    const client = await connect(async () => `${router.url}/?token=${++asked}`, {
      realm: 'realm1',
      reconnect: { initialDelay: 0 },
      onJoin: () => joined.push(asked),
    })
    router.transports[0]?.abort('a test')
    while (joined.length < 2) await client.call('com.example.echo', [1], {}, { waitForSession: 10_000 }).catch(() => undefined)
    expect(joined).toEqual([1, 2])
    await client.close()
  })

  it('gives up where the signal is aborted while it waits for the URL', async () => {
    const controller = new AbortController()
    const connecting = connect(() => new Promise<never>(() => undefined), { realm: 'realm1', signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(connecting).rejects.toThrow('enough')
  })

  it('rejects where there is no router', async () => {
    await expect(connect('ws://127.0.0.1:1', { realm: 'realm1' })).rejects.toMatchObject({ name: 'HandshakeFailed' })
  })

  it.each([
    ['ws://127.0.0.1:1', undefined, 'option realm must be a URI: write { realm: "realm1" }'],
    ['ws://127.0.0.1:1', {}, 'option realm must be a URI: write { realm: "realm1" }'],
    ['ws://127.0.0.1:1', { realm: 'a', retryfirst: true }, 'did you mean retryFirst?'],
    ['ws://127.0.0.1:1', { realm: 'a', serializers: [], retryFirst: true }, 'serializers'],
    ['ws://127.0.0.1:1', { realm: 'a', transport: { header: {} }, retryFirst: true }, 'did you mean headers?'],
    ['ftp://127.0.0.1:1', { realm: 'a', retryFirst: true }, "a router's URL begins with one of"],
  ])('rejects misuse: %s %j', async (url, options, message) => {
    await expect(connect(url, options as never)).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining(message) })
  })
})

async function echoing(): Promise<EchoRouter> {
  const router = await echoRouter()
  listeners.push(router.listener)
  return router
}
