import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket, { type ClientOptions, type RawData } from 'ws'
import { type Listener, listenWS, type ServerFactoryOptions, WebSocketServerFactory } from '../../src/index.ts'
import { until } from '../fixtures/until.ts'
import { pattern, RecordingServer } from './recording.ts'

let listener: Listener
let factory: WebSocketServerFactory
afterEach(() => listener.close({ timeout: 0 }))

describe('the client of ws against this server', () => {
  it('gets its text back', async () => {
    const client = await connected()
    client.send('Grüße, 世界 🌍')
    expect(await message(client)).toEqual(['Grüße, 世界 🌍', false])
  })

  it('gets its binary back', async () => {
    const client = await connected()
    client.send(pattern(300))
    expect(await message(client)).toEqual([pattern(300), true])
  })

  it('gets empty messages back', async () => {
    const client = await connected()
    client.send('')
    expect(await message(client)).toEqual(['', false])
    client.send(Buffer.alloc(0))
    expect(await message(client)).toEqual([Buffer.alloc(0), true])
  })

  for (const length of [125, 126, 65_535, 65_536, 1024 * 1024]) {
    it(`gets ${length} octets back`, async () => {
      const client = await connected()
      client.send(pattern(length))
      const [data] = await message(client)
      expect(pattern(length).equals(data as Buffer)).toBe(true)
    })
  }

  it('sends fragments, which arrive as one message', async () => {
    const client = await connected()
    client.send('one ', { fin: false })
    client.send('two ', { fin: false })
    client.send('three', { fin: true })
    expect(await message(client)).toEqual(['one two three', false])
    expect(server().trafficStats.incomingWebSocketFrames).toBe(3)
  })

  it('takes fragments', async () => {
    const client = await connected({}, { autoFragmentSize: 1000 })
    client.send(pattern(10_000))
    const [data] = await message(client)
    expect(pattern(10_000).equals(data as Buffer)).toBe(true)
    expect(server().trafficStats.outgoingWebSocketFrames).toBe(10)
  })

  it('gets many messages back in their order', async () => {
    const client = await connected()
    const sent = Array.from({ length: 2000 }, (_, at) => `message ${at}`)
    const got: string[] = []
    client.on('message', data => got.push(data.toString()))
    for (const text of sent) client.send(text)
    await until(() => got.length === sent.length)
    expect(got).toEqual(sent)
  })

  it('pings and gets its pong', async () => {
    const client = await connected()
    client.ping('are you there')
    const [payload] = (await once(client, 'pong')) as [Buffer]
    expect(payload.toString()).toBe('are you there')
    expect(server().events).toEqual(['ping are you there'])
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
    client.close(4321, 'so long')
    expect(await closed(client)).toEqual([4321, ''])
    expect(await peer.closed).toMatchObject({ code: 4321, reason: 'so long', wasClean: true, by: 'peer' })
  })

  it('closes without a code', async () => {
    const client = await connected()
    const peer = server()
    client.close()
    expect(await closed(client)).toEqual([1005, ''])
    expect(await peer.closed).toMatchObject({ code: 1005, wasClean: true, by: 'peer' })
  })

  it('is closed with a code and a reason', async () => {
    const client = await connected()
    const peer = server()
    const closing = closed(client)
    peer.sendClose(3000, 'enough')
    expect(await closing).toEqual([3000, 'enough'])
    expect(await peer.closed).toMatchObject({ code: 3000, wasClean: true, by: 'self', localCloseCode: 3000 })
  })

  it('hears why it was failed', async () => {
    const client = await connected({}, { maxMessagePayloadSize: 10 })
    const peer = server()
    const closing = closed(client)
    client.send('more than ten octets')
    expect(await closing).toEqual([1009, 'message of 20 octets is above the limit of 10'])
    expect(await peer.closed).toMatchObject({ wasClean: false, by: 'self', localCloseCode: 1009 })
  })

  it('that terminates is told apart from one that closes', async () => {
    const client = await connected()
    const peer = server()
    client.terminate()
    expect(await peer.closed).toMatchObject({ code: 1006, wasClean: false, by: 'network' })
  })

  it('gets a subprotocol of those it offered', async () => {
    const client = await connected({}, { protocols: ['second', 'third'] }, ['first', 'second'])
    expect(client.protocol).toBe('second')
    expect(server().subprotocol).toBe('second')
  })

  it('offers compression, and is content without', async () => {
    const client = await connected({ perMessageDeflate: true })
    expect(client.extensions).toBe('')
    client.send('x'.repeat(5000))
    expect(await message(client)).toEqual(['x'.repeat(5000), false])
  })

  it('hears that its origin is not allowed', async () => {
    await listening()
    const client = new WebSocket(listener.url, { origin: 'https://elsewhere.example' })
    const [error] = (await once(client, 'error')) as [Error]
    expect(error.message).toBe('Unexpected server response: 403')
  })
})

async function listening(options: ServerFactoryOptions = {}): Promise<void> {
  factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: RecordingServer, ...options })
  listener = await listenWS(factory)
}

async function connected(client: ClientOptions = {}, options: ServerFactoryOptions = {}, protocols: string[] = []): Promise<WebSocket> {
  await listening(options)
  const socket = new WebSocket(listener.url, protocols, { perMessageDeflate: false, ...client })
  await once(socket, 'open')
  return socket
}

function server(): RecordingServer {
  const [protocol] = factory.connections
  return protocol as RecordingServer
}

async function message(client: WebSocket): Promise<[RawData | string, boolean]> {
  const [data, isBinary] = (await once(client, 'message')) as [RawData, boolean]
  return [isBinary ? data : data.toString(), isBinary]
}

async function closed(client: WebSocket): Promise<[number, string]> {
  const [code, reason] = (await once(client, 'close')) as [number, Buffer]
  return [code, reason.toString()]
}
