import { once } from 'node:events'
import { type CloseEvent, type MessageEvent, WebSocket } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { type Listener, listenWS, type ServerFactoryOptions, WebSocketServerFactory } from '../../src/index.ts'
import { until } from '../fixtures/until.ts'
import { pattern, RecordingServer } from './recording.ts'

let listener: Listener
let factory: WebSocketServerFactory
afterEach(() => listener.close({ timeout: 0 }))

describe('the WebSocket of undici against this server', () => {
  it('gets its text back', async () => {
    const client = await connected()
    client.send('Grüße, 世界 🌍')
    expect(await message(client)).toBe('Grüße, 世界 🌍')
  })

  for (const length of [0, 125, 126, 65_536, 1024 * 1024]) {
    it(`gets ${length} octets back`, async () => {
      const client = await connected()
      client.send(pattern(length))
      expect(pattern(length).equals(Buffer.from((await message(client)) as ArrayBuffer))).toBe(true)
    })
  }

  it('takes fragments', async () => {
    const client = await connected({ autoFragmentSize: 100 })
    client.send('x'.repeat(1000))
    expect(await message(client)).toBe('x'.repeat(1000))
    expect(server().trafficStats.outgoingWebSocketFrames).toBe(10)
  })

  it('answers a ping', async () => {
    await connected()
    server().sendPing(Buffer.from('and you'))
    await until(() => server().events.length > 0)
    expect(server().events).toEqual(['pong and you'])
  })

  it('closes with a code and a reason, and gets the code back', async () => {
    const client = await connected()
    const peer = server()
    const closing = closed(client)
    client.close(4321, 'so long')
    expect(await closing).toMatchObject({ code: 4321, wasClean: true })
    expect(await peer.closed).toMatchObject({ code: 4321, reason: 'so long', wasClean: true, by: 'peer' })
  })

  it('is closed with a code and a reason', async () => {
    const client = await connected()
    const peer = server()
    const closing = closed(client)
    peer.sendClose(3000, 'enough')
    expect(await closing).toMatchObject({ code: 3000, reason: 'enough', wasClean: true })
    expect(await peer.closed).toMatchObject({ code: 3000, wasClean: true, by: 'self' })
  })

  it('gets a subprotocol of those it offered', async () => {
    const client = await connected({ protocols: ['second'] }, ['first', 'second'])
    expect(client.protocol).toBe('second')
  })

  it('offers compression, and is content without', async () => {
    const client = await connected()
    expect(server().request?.extensions.map(({ name }) => name)).toEqual(['permessage-deflate'])
    expect(client.extensions).toBe('')
  })
})

async function connected(options: ServerFactoryOptions = {}, protocols: string[] = []): Promise<WebSocket> {
  factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: RecordingServer, ...options })
  listener = await listenWS(factory)
  const client = new WebSocket(listener.url, protocols)
  client.binaryType = 'arraybuffer'
  await once(client, 'open')
  return client
}

function server(): RecordingServer {
  const [protocol] = factory.connections
  return protocol as RecordingServer
}

async function message(client: WebSocket): Promise<unknown> {
  const [event] = (await once(client, 'message')) as [MessageEvent]
  return event.data
}

async function closed(client: WebSocket): Promise<CloseEvent> {
  const [event] = (await once(client, 'close')) as [CloseEvent]
  return event
}
