import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { type ClientFactoryOptions, connectWS, WebSocketClientFactory } from '../../src/index.ts'
import { until } from '../fixtures/until.ts'
import { pattern, RecordingClient } from './recording.ts'

let server: WebSocketServer
afterEach(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

describe('this client against the server of ws', () => {
  it('gets its text back', async () => {
    const { client } = await connected()
    client.sendMessage('Grüße, 世界 🌍')
    await until(() => client.messages.length > 0)
    expect(client.messages).toEqual([{ payload: Buffer.from('Grüße, 世界 🌍'), isBinary: false }])
  })

  it('gets empty messages back', async () => {
    const { client } = await connected()
    client.sendMessage('')
    client.sendMessage(Buffer.alloc(0))
    await until(() => client.messages.length > 1)
    expect(client.messages).toEqual([
      { payload: Buffer.alloc(0), isBinary: false },
      { payload: Buffer.alloc(0), isBinary: true },
    ])
  })

  for (const length of [125, 126, 65_535, 65_536, 1024 * 1024]) {
    it(`gets ${length} octets back, and its own are not changed by the mask`, async () => {
      const { client } = await connected()
      const sent = pattern(length)
      client.sendMessage(sent)
      await until(() => client.messages.length > 0)
      expect(pattern(length).equals(client.messages[0]!.payload)).toBe(true)
      expect(pattern(length).equals(sent)).toBe(true)
    })
  }

  it('sends frames and streams, which arrive as messages', async () => {
    const { client } = await connected()
    client.beginMessage(false)
    client.sendMessageFrame(Buffer.from('one '))
    client.sendMessageFrame(Buffer.from('two '))
    client.beginMessageFrame(5)
    client.sendMessageFrameData(Buffer.from('thr'))
    client.sendMessageFrameData(Buffer.from('ee'))
    client.endMessage()
    await until(() => client.messages.length > 0)
    expect(client.messages).toEqual([{ payload: Buffer.from('one two three'), isBinary: false }])
  })

  it('takes fragments', async () => {
    const { client, peer } = await connected()
    peer.send(pattern(10), { fin: false, binary: true })
    peer.send(Buffer.alloc(0), { fin: false, binary: true })
    peer.send(pattern(20), { fin: true, binary: true })
    await until(() => client.messages.length > 0)
    expect(client.messages).toEqual([{ payload: Buffer.concat([pattern(10), pattern(20)]), isBinary: true }])
    expect(client.trafficStats.incomingWebSocketFrames).toBe(3)
  })

  it('gets many messages back in their order', async () => {
    const { client } = await connected()
    const sent = Array.from({ length: 2000 }, (_, at) => `message ${at}`)
    for (const text of sent) client.sendMessage(text)
    await until(() => client.messages.length === sent.length)
    expect(client.messages.map(({ payload }) => payload.toString())).toEqual(sent)
  })

  it('sends prepared messages', async () => {
    const { client } = await connected()
    const prepared = client.factory.prepareMessage('prepared')
    client.sendPreparedMessage(prepared)
    client.sendPreparedMessage(prepared)
    await until(() => client.messages.length > 1)
    expect(client.messages.map(({ payload }) => payload.toString())).toEqual(['prepared', 'prepared'])
  })

  it('pings and gets its pong', async () => {
    const { client } = await connected()
    client.sendPing(Buffer.from('are you there'))
    await until(() => client.events.length > 0)
    expect(client.events).toEqual(['pong are you there'])
  })

  it('answers a ping', async () => {
    const { client, peer } = await connected()
    peer.ping('and you')
    const [payload] = (await once(peer, 'pong')) as [Buffer]
    expect(payload.toString()).toBe('and you')
    expect(client.events).toEqual(['ping and you'])
  })

  it('closes with a code and a reason, and gets the code back', async () => {
    const { client, peer } = await connected()
    const closing = once(peer, 'close')
    client.sendClose(4321, 'so long')
    const [code, reason] = (await closing) as [number, Buffer]
    expect([code, reason.toString()]).toEqual([4321, 'so long'])
    expect(await client.closed).toMatchObject({ code: 4321, wasClean: true, by: 'self', localCloseCode: 4321 })
  })

  it('closes without a code', async () => {
    const { client, peer } = await connected()
    const closing = once(peer, 'close')
    client.sendClose()
    expect((await closing)[0]).toBe(1005)
    expect(await client.closed).toMatchObject({ code: 1005, wasClean: true, by: 'self' })
  })

  it('is closed with a code and a reason', async () => {
    const { client, peer } = await connected()
    const closing = once(peer, 'close')
    peer.close(3000, 'enough')
    expect((await closing)[0]).toBe(3000)
    expect(await client.closed).toMatchObject({ code: 3000, reason: 'enough', wasClean: true, by: 'peer' })
    expect(client.events).toEqual(['closed clean 3000 enough'])
  })

  it('tells the server why it fails the connection', async () => {
    const { client, peer } = await connected({}, { maxMessagePayloadSize: 10 })
    const closing = once(peer, 'close')
    peer.send('more than ten octets')
    expect((await closing)[0]).toBe(1009)
    expect(await client.closed).toMatchObject({ wasClean: false, by: 'self', localCloseCode: 1009 })
  })

  it('is told that the server has gone without a close frame', async () => {
    const { client, peer } = await connected()
    peer.terminate()
    expect(await client.closed).toMatchObject({ code: 1006, wasClean: false, by: 'network' })
  })

  it('gets a subprotocol of those it offered', async () => {
    const { client, peer } = await connected({ handleProtocols: () => 'second' }, { protocols: ['first', 'second'] })
    expect(client.subprotocol).toBe('second')
    expect(peer.protocol).toBe('second')
  })

  it('asks for no compression of a server that has it', async () => {
    const { client, peer } = await connected({ perMessageDeflate: true })
    expect(peer.extensions).toBe('')
    client.sendMessage('x'.repeat(5000))
    await until(() => client.messages.length > 0)
    expect(client.messages[0]!.payload.toString()).toBe('x'.repeat(5000))
  })

  it('hears that it is refused', async () => {
    await expect(connected({ verifyClient: (_, decide) => decide(false, 401, 'Unauthorized') })).rejects.toMatchObject({
      name: 'HandshakeFailed',
      status: 401,
    })
  })
})

async function connected(
  options: ServerOptions = {},
  clientOptions: Omit<ClientFactoryOptions, 'protocol' | 'build'> = {},
): Promise<{ client: RecordingClient; peer: WebSocket }> {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options })
  server.on('connection', socket => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const factory = new WebSocketClientFactory(`ws://127.0.0.1:${port}/`, { protocol: RecordingClient, ...clientOptions })
  const client = await connectWS<RecordingClient>(factory)
  const [peer] = server.clients
  return { client, peer: peer! }
}
