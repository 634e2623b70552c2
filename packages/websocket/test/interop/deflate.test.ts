import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import {
  connect,
  listenWS,
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  permessageDeflate,
  type ServerFactoryOptions,
  serve,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'

const samples = [
  '',
  'short',
  JSON.stringify({ text: 'similar '.repeat(50), number: 1 }),
  JSON.stringify({ text: 'similar '.repeat(50), number: 2 }),
  'x'.repeat(100_000),
  JSON.stringify(Array.from({ length: 30_000 }, (_, i) => i * 7919)),
]

describe('permessage-deflate of this server, with the client of ws', () => {
  for (const [what, ours, theirs] of [
    ['defaults', permessageDeflate({ threshold: 0 }), {}],
    ['no context', permessageDeflate({ threshold: 0, noContextTakeover: true, requestNoContextTakeover: true }), {}],
    ['large windows', permessageDeflate({ threshold: 0, windowBits: 15, memLevel: 9, level: 9, requestMaxWindowBits: 0 }), {}],
    ['demands of the client', permessageDeflate({ threshold: 0 }), { serverNoContextTakeover: true, serverMaxWindowBits: 9 }],
    ['a window of 8 bits asked for', permessageDeflate({ threshold: 0, requestMaxWindowBits: 8 }), { clientMaxWindowBits: 10 }],
  ] as const) {
    it(`brings all messages back: ${what}`, async () => {
      const { factory, url } = await echo({ extensions: [ours] })
      const client = await opened(url, theirs)
      expect(client.extensions).toBe('permessage-deflate')
      for (const sample of [...samples, ...samples]) expect(await answer(client, sample)).toBe(sample)
      const [protocol] = factory.connections
      expect(protocol!.trafficStats.outgoingCompressionRatio).toBeLessThan(0.5)
      expect(protocol!.trafficStats.incomingCompressionRatio).toBeLessThan(1)
    })
  }

  it('may be declined, and then nothing is compressed', async () => {
    const { url } = await echo({ perMessageCompressionAccept: () => undefined })
    const client = await opened(url)
    expect(client.extensions).toBe('')
    expect(await answer(client, 'plain')).toBe('plain')
  })

  it('is chosen by the hook of AutobahnPython', async () => {
    const offered: PerMessageDeflateOffer[] = []
    const { url } = await echo({
      perMessageCompressionAccept: offers => {
        offered.push(...offers)
        return new PerMessageDeflateOfferAccept(offers[0]!, { windowBits: 10, threshold: 0 })
      },
    })
    const client = await opened(url)
    for (const sample of samples) expect(await answer(client, sample)).toBe(sample)
    expect(offered).toEqual([new PerMessageDeflateOffer()])
  })

  it('sends prepared messages between usual ones, compressed once for all who agreed on the same', async () => {
    const { factory, url } = await echo({ extensions: [permessageDeflate({ threshold: 0 })] })
    const clients = await Promise.all([opened(url), opened(url), opened(url)])
    const news = factory.prepareMessage(`news ${'similar '.repeat(50)}`)
    for (let round = 0; round < 3; round++) {
      for (const client of clients) expect(await answer(client, samples[2]!)).toBe(samples[2])
      const heard = clients.map(client => once(client, 'message'))
      expect(factory.broadcast(news)).toEqual({ sent: 3, skipped: 0, skippedMembers: [] })
      for (const [data] of await Promise.all(heard)) expect(String(data)).toBe(`news ${'similar '.repeat(50)}`)
    }
  })
})

describe('permessage-deflate of this client', () => {
  it('brings all messages back from the server of ws', async () => {
    for (const perMessageDeflate of [true, { serverNoContextTakeover: true, clientNoContextTakeover: true, clientMaxWindowBits: 9 }]) {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate })
      onTestFinished(() => server.close())
      server.on('connection', socket => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
      await once(server, 'listening')
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
      const client = await connect(url, { extensions: [permessageDeflate({ threshold: 0 })] })
      for (const sample of [...samples, ...samples]) {
        await client.send(sample)
        expect(await client.receive()).toBe(sample)
      }
      await client.close()
    }
  })

  it('offers what the option says, as AutobahnPython has it', async () => {
    const { factory, url } = await echo({ extensions: [permessageDeflate()] })
    const client = await connect(url, { perMessageCompressionOffers: [new PerMessageDeflateOffer({ requestMaxWindowBits: 9 })] })
    const [protocol] = factory.connections
    expect(protocol!.extensions.map(({ name, parameters }) => [name, [...parameters]])).toEqual([
      [
        'permessage-deflate',
        [
          ['server_max_window_bits', '9'],
          ['client_max_window_bits', '12'],
        ],
      ],
    ])
    await client.send(samples[2]!)
    expect(await client.receive()).toBe(samples[2])
    await client.close()
  })

  it('streams both ways, compressed as it goes', async () => {
    const deflate = permessageDeflate()
    const listener = await serve({ port: 0, host: '127.0.0.1', extensions: [deflate] }, async ws => {
      for await (const stream of ws.streams()) await ws.send(stream)
    })
    onTestFinished(() => listener.close())
    const client = await connect(listener.url, { extensions: [deflate] })
    const pieces = Array.from({ length: 50 }, (_, i) => new Uint8Array(10_000).fill(i))
    await client.send(pieces)
    const back = (await client.receive()) as Uint8Array
    expect(Buffer.compare(back, Buffer.concat(pieces))).toBe(0)
    await client.close()
  })
})

async function echo(options: ServerFactoryOptions): Promise<{ factory: WebSocketServerFactory; url: string }> {
  const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Echo, ...options })
  const listener = await listenWS(factory)
  onTestFinished(() => listener.close({ timeout: 0 }))
  return { factory, url: listener.url }
}

async function opened(url: string, perMessageDeflate: object = {}): Promise<WebSocket> {
  const client = new WebSocket(url, { perMessageDeflate: { threshold: 0, ...perMessageDeflate } })
  await once(client, 'open')
  onTestFinished(() => client.terminate())
  return client
}

async function answer(client: WebSocket, message: string): Promise<string> {
  const answered = once(client, 'message')
  client.send(message)
  const [data] = await answered
  return String(data)
}

class Echo extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.sendMessage(payload, isBinary)
  }
}
