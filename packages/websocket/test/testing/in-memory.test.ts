import { describe, expect, it } from 'vitest'
import { WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { createHandlers } from '../../src/conversation/create-handlers.ts'
import { connectInMemory } from '../../src/testing/in-memory.ts'
import { Echo, listeningTo } from '../fixtures/echo.ts'

const url = 'ws://test/chat'
const echoing = new WebSocketServerFactory(undefined, { protocol: Echo })

async function echo(ws: Connection): Promise<void> {
  for await (const message of ws) await ws.send(message)
}

describe('connectInMemory', () => {
  it('joins a server and a client in class style, without promises', () => {
    const { server, client, clock } = connectInMemory(echoing, listeningTo('ws://test/'))
    expect({ server: server.isOpen, client: client.isOpen }).toEqual({ server: true, client: true })
    client.sendMessage('hello')
    clock.flush()
    expect(client.trafficStats.incomingWebSocketMessages).toBe(1)
    expect(server).toBeInstanceOf(Echo)
  })

  for (const [how, byUrl, byFactory] of [
    ['a factory', () => connectInMemory(echoing, url), () => connectInMemory(echoing, listeningTo(url))],
    ['a handler', () => connectInMemory(echo, url), () => connectInMemory(echo, listeningTo(url))],
    ['handlers by path', () => connectInMemory({ '/chat': echo }, url), () => connectInMemory({ '/chat': echo }, listeningTo(url))],
    ['createHandlers', () => connectInMemory(createHandlers(echo), url), () => connectInMemory(createHandlers(echo), listeningTo(url))],
  ] as const) {
    it(`joins ${how} and a client in function style`, async () => {
      const { client, clock } = byUrl()
      await client.send('hello')
      await clock.settle()
      expect(await client.receive()).toBe('hello')
      const closed = client.close()
      await clock.settle(2000)
      expect(await closed).toMatchObject({ code: 1000, wasClean: true })
    })

    it(`joins ${how} and a client in class style`, async () => {
      const { client, clock } = byFactory()
      client.sendMessage('hello')
      await clock.settle()
      expect(await client.next()).toBe('hello')
    })
  }

  it('takes a client by URL with options', () => {
    const factory = new WebSocketServerFactory(undefined, { protocol: Echo, protocols: ['chat'] })
    const options = { client: { protocols: ['chat'], headers: { Cookie: 'id=7' } } }
    const { server } = connectInMemory(factory, new URL('ws://test/a?b=c'), options)
    expect(server.subprotocol).toBe('chat')
    expect({ resource: server.request?.resource, id: server.request?.cookies.get('id') }).toEqual({ resource: '/a?b=c', id: '7' })
  })

  it('opens where onConnect is asynchronous when the clock settles', async () => {
    class Asking extends WebSocketServerProtocol {
      override async onConnect(): Promise<{ data: string }> {
        await new Promise<void>(resolve => setImmediate(resolve))
        return { data: 'alice' }
      }
    }
    const { server, client, clock } = connectInMemory(
      new WebSocketServerFactory(undefined, { protocol: Asking }),
      listeningTo('ws://test/'),
    )
    expect(client.isOpen).toBe(false)
    await clock.settle()
    expect({ isOpen: client.isOpen, data: server.data }).toEqual({ isOpen: true, data: 'alice' })
  })

  it('cuts octets into pieces, and lets them take their time', async () => {
    const { client, clock } = connectInMemory(echoing, listeningTo('ws://test/'), { maxChunk: 1, latency: 50 })
    expect(client.isOpen).toBe(false)
    await clock.settle(100)
    expect(client.isOpen).toBe(true)
    client.sendMessage('hello')
    await clock.settle(99)
    expect(client.trafficStats.incomingWebSocketMessages).toBe(0)
    await clock.settle(1)
    expect(client.trafficStats.incomingWebSocketMessages).toBe(1)
  })

  it('leaves a client that is refused closed, with the reason', async () => {
    const { client, clock } = connectInMemory({ '/chat': echo }, listeningTo('ws://test/other'))
    await clock.settle()
    await expect(client.opened).rejects.toMatchObject({ status: 404 })
  })
})
