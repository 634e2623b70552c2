import { createServer, type Server } from 'node:net'
import { PreparedMessage, permessageDeflate } from '@autobahn-ts/websocket'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { dialTransport } from '../../src/node/dial-transport.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import type { Serializer } from '../../src/serializers/serializer.ts'
import type { EncodedMessage } from '../../src/transports/encoded-message.ts'
import { relayTo } from '../fixtures/relay.ts'
import { webSocketServing as serving } from '../fixtures/serving.ts'
import { Recorder } from '../transports/recorder.ts'
import { event, testMessageTransport } from '../transports/transport-suite.ts'

for (const serializer of [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()])
  for (const batched of [false, true])
    testMessageTransport(`WebSocket, ${serializer.name}${batched ? ', batched' : ''}`, async ({ client, server, clock, onError }) => {
      const served = await serving(serializer, { batched, limits: server, clock, onError })
      const relay = await relayTo(served.port)
      const dialled = await dialTransport(`ws://127.0.0.1:${relay.port}`, { serializers: [serializer], batched, ...client, clock, onError })
      const opcode = serializer.isBinary ? 2 : 1
      return {
        client: dialled,
        server: await served.transport,
        sendGarbage: () => relay.inject(Uint8Array.of(0x80 | opcode, 0x82, 0, 0, 0, 0, ...wrong(serializer))),
        cutOff: () => relay.cut(),
        dispose: async () => {
          relay.close()
          await served.listener.close({ timeout: 0 })
        },
      }
    })

describe('dialTransport by WebSocket', () => {
  it('agrees on the first serializer that both sides have, and tells the server of the request', async () => {
    const served = await serving(new JsonSerializer())
    const client = await dialTransport(`ws://127.0.0.1:${served.port}/ws?a=1`, {
      serializers: [named('cbor'), new JsonSerializer()],
      headers: { Cookie: 'a=1' },
    })
    const server = await served.transport
    expect([client.format.serializer, server.format.serializer]).toEqual(['json', 'json'])
    expect(server.details.headers).toMatchObject({
      cookie: 'a=1',
      upgrade: 'websocket',
      'sec-websocket-protocol': 'wamp.2.cbor,wamp.2.json',
    })
    expect(client.details).toMatchObject({ kind: 'websocket', peer: `127.0.0.1:${served.port}`, isSecure: false, headers: {} })
    expect(server.details.peer).toMatch(/^127\.0\.0\.1:\d+$/)
    expect([client.details.channelId?.(), server.details.channelId?.()]).toEqual([undefined, undefined])
    await served.listener.close({ timeout: 0 })
  })

  it('falls back from batched to plain where the router has no batched form', async () => {
    const served = await serving(new JsonSerializer())
    const client = await dialTransport(served.url, { serializers: [new JsonSerializer()], batched: true })
    const atServer = Recorder.of(await served.transport)
    client.send(event(1))
    client.send(event(2))
    expect((await atServer.count(2)).length).toBe(2)
    await served.listener.close({ timeout: 0 })
  })

  it('is refused where both sides have no serializer in common, and the router says what it speaks', async () => {
    const served = await serving(new JsonSerializer())
    const dialling = dialTransport(served.url, { serializers: [named('cbor')] })
    await expect(dialling).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: expect.stringContaining('this router speaks wamp.2.json'),
    })
    await served.listener.close({ timeout: 0 })
  })

  it('rejects where nothing listens, with the cause', async () => {
    const port = await freePort()
    const dialling = dialTransport(`ws://127.0.0.1:${port}`, { serializers: [new JsonSerializer()] })
    await expect(dialling).rejects.toMatchObject({ name: 'HandshakeFailed', cause: { code: 'ECONNREFUSED' } })
  })

  it('ends with 1003 where the wrong kind of message comes, and with 1002 for one that is not WAMP', async () => {
    for (const [opcode, code, says] of [
      [2, 1003, 'a binary message of WebSocket came, and json is not binary'],
      [1, 1002, ''],
    ] as const) {
      const served = await serving(new JsonSerializer())
      const relay = await relayTo(served.port)
      const client = await dialTransport(`ws://127.0.0.1:${relay.port}`, { serializers: [new JsonSerializer()] })
      const server = await served.transport
      const [atClient, atServer] = [Recorder.of(client), Recorder.of(server)]
      relay.inject(Uint8Array.of(0x80 | opcode, 0x82, 0, 0, 0, 0, 0x5b, 0x5b))
      expect((await atServer.violation()).message).toContain(says)
      server.close()
      expect((await atClient.closed()).reason).toBe(`closed by the peer with the code ${code}`)
      relay.close()
      await served.listener.close({ timeout: 0 })
    }
  })

  it('frames and compresses a prepared message once for all connections', async () => {
    const served = await serving(new JsonSerializer(), { websocket: { extensions: [permessageDeflate()] } })
    const dial = () => dialTransport(served.url, { serializers: [new JsonSerializer()], websocket: { extensions: [permessageDeflate()] } })
    const clients = [await dial(), await dial(), await dial()].map(each => Recorder.of(each))
    const servers = await served.all(3)
    const prepared = servers[0]!.format.prepare(event(1, 'x'.repeat(5000)))
    const framed = servers.map(server => {
      server.sendPrepared(prepared)
      return (prepared as EncodedMessage).framed
    })
    for (const client of clients) expect((await client.count(1))[0]![2]).toBe(1)
    expect(new Set(framed).size).toBe(1)
    expect(PreparedMessage.is(framed[0])).toBe(true)
    expect(served.listener.totals.traffic.outgoingCompressionRatio).toBeLessThan(0.1)
    await served.listener.close({ timeout: 0 })
  })

  it('sends the origin that the options of the WebSocket layer have, and is refused with one that the server does not allow', async () => {
    const served = await serving(new JsonSerializer(), { websocket: { allowedOrigins: ['https://app.example'] } })
    const dial = (origin: string) => dialTransport(served.url, { serializers: [new JsonSerializer()], websocket: { origin } })
    ;(await dial('https://app.example')).close()
    await expect(dial('https://other.example')).rejects.toThrow('403')
    await served.listener.close({ timeout: 0 })
  })

  it('stops at the signal', async () => {
    const silent = await silentServer()
    const abort = new AbortController()
    const dialling = dialTransport(silent.url, { serializers: [new JsonSerializer()], signal: abort.signal })
    abort.abort(new Error('not any more'))
    await expect(dialling).rejects.toThrow('not any more')
    silent.close()
  })

  it('gives up a server that does not answer the handshake in time', async () => {
    const silent = await silentServer()
    const clock = new FakeClock()
    const dialling = dialTransport(silent.url, { serializers: [new JsonSerializer()], clock, handshakeTimeout: 3 })
    await silent.connected
    clock.advance(30_000)
    await expect(dialling).rejects.toMatchObject({ name: 'HandshakeFailed' })
    silent.close()
  })
})

/** A serializer that the tests only name. */
function named(name: 'cbor'): Serializer {
  return Object.assign(Object.create(new JsonSerializer()) as Serializer, { name })
}

async function freePort(): Promise<number> {
  const server = await listeningServer()
  const port = portOf(server)
  await new Promise(resolve => server.close(resolve))
  return port
}

/** A server that accepts connections and never answers. */
async function silentServer() {
  const server = await listeningServer()
  const connected = new Promise<void>(resolve => server.once('connection', () => resolve()))
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', socket => sockets.add(socket.resume()))
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url: `ws://127.0.0.1:${portOf(server)}`, connected, close }
}

async function listeningServer(): Promise<Server> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port
}

/** Two octets that are not a message. */
function wrong({ isBinary }: Serializer): number[] {
  return isBinary ? [0xc1, 0xff] : [0x5b, 0x5b]
}
