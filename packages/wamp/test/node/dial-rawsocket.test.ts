import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SocketByteStream, transportOf } from '@autobahn-ts/websocket'
import { defaultsOf } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { placeOf } from '../../src/node/dial-rawsocket.ts'
import { dialTransport } from '../../src/node/dial-transport.ts'
import { transportClock } from '../../src/node/transport-clock.ts'
import { CborSerializer } from '../../src/serializers/cbor.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { MsgpackSerializer } from '../../src/serializers/msgpack.ts'
import type { Serializer } from '../../src/serializers/serializer.ts'
import type { MessageTransport } from '../../src/transports/message-transport.ts'
import { acceptRawSocket } from '../../src/transports/rawsocket-opening.ts'
import { transportOptions } from '../../src/transports/transport-options.ts'
import type { TransportOptions } from '../../src/transports/transport-settings.ts'
import { relayTo } from '../fixtures/relay.ts'
import { Recorder } from '../transports/recorder.ts'
import { event, type PairSettings, testMessageTransport, turn } from '../transports/transport-suite.ts'

for (const serializer of [new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()])
  for (const place of ['TCP', 'Unix socket'] as const)
    testMessageTransport(
      `RawSocket over ${place}, ${serializer.name}`,
      async ({ client, server, clock, onError }) => {
        const path = place === 'TCP' ? undefined : temporaryPath()
        const served = await serving(serializer, { limits: server, clock, onError, path })
        const relay = path === undefined ? await relayTo(served.port) : undefined
        const url = path === undefined ? `rs://127.0.0.1:${relay!.port}` : `unix:${path}`
        const dialled = await dialTransport(url, { serializers: [serializer], ...client, clock, onError })
        return {
          client: dialled,
          server: await served.transport,
          ...(relay !== undefined && {
            sendGarbage: () => relay.inject(Uint8Array.of(0, 0, 0, 2, ...wrong(serializer))),
            cutOff: () => relay.cut(),
          }),
          dispose: () => {
            relay?.close()
            served.close()
          },
        }
      },
      { isBounded: true, looksClosed: place !== 'TCP' },
    )

describe('dialTransport by RawSocket', () => {
  it('tells both sides what the other takes, and about each other', async () => {
    const served = await serving(new JsonSerializer(), { limits: { maxMessageSize: 5000 } })
    const client = await dialTransport(`rs://localhost:${served.port}`, { serializers: [new JsonSerializer()], maxMessageSize: 1024 })
    const server = await served.transport
    expect([client.maxSendSize, server.maxSendSize]).toEqual([4096, 1024])
    expect(client.details).toMatchObject({ kind: 'rawsocket', peer: `127.0.0.1:${served.port}`, isSecure: false, headers: {} })
    expect(server.details.peer).toMatch(/^127\.0\.0\.1:\d+$/)
    client.abort('done')
    served.close()
  })

  for (const [why, answer] of [
    ['serializer unsupported', [0x7f, 0x10, 0, 0]],
    ['maximum message length unacceptable', [0x7f, 0x20, 0, 0]],
    ['use of reserved bits', [0x7f, 0x30, 0, 0]],
    ['maximum connection count reached', [0x7f, 0x40, 0, 0]],
    ['the server does not speak RawSocket: its first octet is 72', [0x48, 0x54, 0x54, 0x50]],
    ['the peer has closed the connection in the RawSocket handshake', []],
  ] as const) {
    it(`rejects: ${why}`, async () => {
      const server = await answering(socket => socket.end(Uint8Array.from(answer)))
      const dialling = dialTransport(`rs://127.0.0.1:${server.port}`, { serializers: [new JsonSerializer()] })
      await expect(dialling).rejects.toMatchObject({ name: 'HandshakeFailed', message: expect.stringContaining(why) })
      await server.gone
      server.close()
    })
  }

  it('takes an answer in single octets, and messages right behind it', async () => {
    const server = await answering(async socket => {
      for (const octet of [0x7f, 0xf1, 0, 0, 0, 0, 0, 8, ...Buffer.from('[6,{},"a')]) {
        socket.write(Uint8Array.of(octet))
        await turn()
      }
      socket.end()
    })
    const client = await dialTransport(`rs://127.0.0.1:${server.port}`, { serializers: [new JsonSerializer()] })
    expect((await Recorder.of(client).violation()).message).not.toBe('')
    client.abort('done')
    server.close()
  })

  it('gives up a server that does not answer in time', async () => {
    const server = await answering(() => {})
    const clock = new FakeClock()
    const dialling = dialTransport(`rs://127.0.0.1:${server.port}`, { serializers: [new JsonSerializer()], clock, handshakeTimeout: 3 })
    const rejected = expect(dialling).rejects.toThrow('no RawSocket handshake within 3 s')
    await server.connected
    await turn()
    clock.advance(3000)
    await rejected
    await server.gone
    server.close()
  })

  it('stops at the signal', async () => {
    const server = await answering(() => {})
    const abort = new AbortController()
    const dialling = dialTransport(`rs://127.0.0.1:${server.port}`, { serializers: [new JsonSerializer()], signal: abort.signal })
    await server.connected
    abort.abort(new Error('not any more'))
    await expect(dialling).rejects.toThrow('not any more')
    await server.gone
    server.close()
  })

  it('answers pings with the same payload, one pong for each', async () => {
    const pong = await talking([0x7f, 0xf1, 0, 0, 1, 0, 0, 2, 8, 9, 1, 0, 0, 0, 1, 0, 0, 1, 7], 4 + 6 + 4 + 5)
    expect(pong).toEqual([0x7f, 0xf1, 0, 0, 2, 0, 0, 2, 8, 9, 2, 0, 0, 0, 2, 0, 0, 1, 7])
  })

  it('is lost where the peer ends in the middle of a frame', async () => {
    const server = await answering(socket => socket.end(Uint8Array.of(0x7f, 0xf1, 0, 0, 0, 0, 0, 5, 1)))
    const client = await dialTransport(`rs://127.0.0.1:${server.port}`, { serializers: [new JsonSerializer()] })
    expect(await Recorder.of(client).closed()).toEqual({ wasClean: false, reason: 'the connection was lost' })
    server.close()
  })

  it('sends and takes a message of exactly 2^24 octets, and none of one more', async () => {
    const served = await serving(new JsonSerializer(), {})
    const client = await dialTransport(`rs://127.0.0.1:${served.port}`, { serializers: [new JsonSerializer()] })
    const atServer = Recorder.of(await served.transport)
    const overhead = client.format.prepare(event(1, '')).size
    expect(() => client.send(event(1, 'x'.repeat(2 ** 24 - overhead + 1)))).toThrow('16777217 octets')
    client.send(event(1, 'x'.repeat(2 ** 24 - overhead)))
    const [message] = await atServer.count(1)
    expect((message as unknown as { args: string[] }[])[4]!.args[0]!.length).toBe(2 ** 24 - overhead)
    client.abort('done')
    served.close()
  })
})

describe('acceptRawSocket', () => {
  for (const [why, request, answer] of [
    ['a serializer that it does not have', [0x7f, 0xf2, 0, 0], [0x7f, 0x10, 0, 0]],
    ['serializer 0', [0x7f, 0xf0, 0, 0], [0x7f, 0x10, 0, 0]],
    ['reserved octets', [0x7f, 0xf1, 0, 1], [0x7f, 0x30, 0, 0]],
  ] as const) {
    it(`refuses ${why}`, async () => {
      expect(await talking(request, 4)).toEqual(answer)
    })
  }

  it('refuses a client above the limit of connections', async () => {
    expect(await talking([0x7f, 0xf1, 0, 0], 4, { isFull: () => true })).toEqual([0x7f, 0x40, 0, 0])
  })

  it('takes a request in single octets', async () => {
    expect(await talking([0x7f, 0xf1, 0, 0], 4, {}, true)).toEqual([0x7f, 0xf1, 0, 0])
  })

  it('drops a client that says nothing', async () => {
    const clock = new FakeClock()
    const served = await serving(new JsonSerializer(), { clock })
    const socket = await connected(served.port)
    await served.accepted
    clock.advance(5000)
    await new Promise(resolve => socket.once('close', resolve))
    await expect(served.transport).rejects.toThrow('no RawSocket handshake within 5 s')
    served.close()
  })
})

describe('placeOf', () => {
  it('reads the URLs of RawSocket', () => {
    expect(placeOf('rs://router.example:8081')).toMatchObject({ host: 'router.example', port: 8081, isSecure: false })
    expect(placeOf('RSS://[::1]:443/')).toMatchObject({ host: '::1', port: 443, isSecure: true })
    expect(placeOf('unix:/run/router%20a.sock')).toMatchObject({ socketPath: '/run/router a.sock', isSecure: false })
  })

  for (const [url, says] of [
    ['rs://router.example', 'needs a port'],
    ['rs://router.example:80/ws', 'has no path'],
    ['rs://', 'URL has no host'],
    ['unix:relative.sock', 'URL has no absolute path'],
    ['unix:/run/a.sock:/ws', 'has no path'],
  ] as const) {
    it(`refuses ${url}`, () => {
      expect(() => placeOf(url)).toThrow(says)
    })
  }

  it('has no place for headers', async () => {
    const dialling = dialTransport('rs://a:1', { serializers: [new JsonSerializer()], headers: { Cookie: 'a' } })
    await expect(dialling).rejects.toThrow('the option headers is for HTTP requests, and RawSocket has none')
  })
})

interface ServingOptions {
  readonly limits?: Partial<TransportOptions> | undefined
  readonly clock?: FakeClock
  readonly onError?: PairSettings['onError']
  readonly path?: string | undefined
  readonly isFull?: () => boolean
}

/** A server of transports over RawSocket. */
async function serving(serializer: Serializer, { limits, clock, onError, path, isFull = () => false }: ServingOptions) {
  let accept = (_: Promise<MessageTransport>): void => {}
  let came = (): void => {}
  const accepted = new Promise<void>(resolve => {
    came = resolve
  })
  const transport = new Promise<MessageTransport>(resolve => {
    accept = resolve
  })
  const server = createServer({ allowHalfOpen: true }, socket => {
    const ground = {
      stream: new SocketByteStream(socket),
      socket: transportOf(socket),
      clock: transportClock(clock),
      limits: { ...defaultsOf(transportOptions), ...limits },
      onError,
    }
    const accepting = acceptRawSocket(ground, { serializers: [serializer], isFull })
    accepting.catch(() => {})
    accept(accepting)
    came()
  })
  transport.catch(() => {})
  await listening(server, path)
  return { port: path === undefined ? portOf(server) : 0, transport, accepted, close: () => void server.close() }
}

/** Sends octets to a server of RawSocket, and returns so many that it answers. */
async function talking(sent: readonly number[], wanted: number, options: ServingOptions = {}, isCut = false): Promise<number[]> {
  const served = await serving(new JsonSerializer(), options)
  void served.transport.then(
    transport => Recorder.of(transport),
    () => {},
  )
  const socket = await connected(served.port)
  const answered: number[] = []
  const done = new Promise<void>(resolve => {
    socket.on('data', (octets: Buffer) => {
      answered.push(...octets)
      if (answered.length >= wanted) resolve()
    })
    socket.on('close', () => resolve())
  })
  if (!isCut) socket.write(Uint8Array.from(sent))
  else
    for (const octet of sent) {
      socket.write(Uint8Array.of(octet))
      await turn()
    }
  await done
  socket.destroy()
  served.close()
  return answered
}

/** A server whose answers a test writes. */
async function answering(answer: (socket: Socket) => unknown) {
  let gone = (): void => {}
  let came = (): void => {}
  const ended = new Promise<void>(resolve => {
    gone = resolve
  })
  const connected = new Promise<void>(resolve => {
    came = resolve
  })
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('close', () => gone())
    socket.resume()
    came()
    void answer(socket)
  })
  await listening(server, undefined)
  return { port: portOf(server), gone: ended, connected, close: () => void server.close() }
}

async function connected(port: number): Promise<Socket> {
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise(resolve => socket.once('connect', resolve))
  return socket
}

async function listening(server: Server, path: string | undefined): Promise<void> {
  await new Promise<void>(resolve => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port
}

let paths = 0

function temporaryPath(): string {
  return join(tmpdir(), `wamp-${process.pid}-${paths++}.sock`)
}

/** Two octets that are not a message. */
function wrong({ isBinary }: Serializer): number[] {
  return isBinary ? [0xc1, 0xff] : [0x5b, 0x5b]
}
