import { describe, expect, it } from 'vitest'
import { WebSocketServerFactory } from '../../src/portable.ts'
import { fakeRuntime } from '../../src/testing/index.ts'
import { FakeStream } from './fake-stream.ts'
import { ServerProtocol } from './opened.ts'
import { frame, summary } from './wire.ts'

describe('many connections of one factory, which lend each other what they read and send with', () => {
  it('each answer what they were sent, round after round', () => {
    const { streams, protocols } = open(150)
    for (const round of ['one', 'two']) {
      for (const [at, stream] of streams.entries()) stream.receive(frame(1, `${round} ${at}`))
    }
    expect(streams.map(stream => summary(stream.sent()))).toEqual(streams.map((_, at) => [`1:one ${at}`, `1:two ${at}`]))
    expect(protocols.map(({ trafficStats }) => trafficStats.outgoingWebSocketMessages)).toEqual(protocols.map(() => 2))
    expect(protocols.map(({ trafficStats }) => trafficStats.incomingWebSocketMessages)).toEqual(protocols.map(() => 2))
  })

  it('go on with messages that were in the middle when others spoke', () => {
    const { streams, protocols } = open(150)
    const early = streams.slice(0, 70)
    for (const [at, stream] of early.entries()) stream.receive(frame(1, `begun ${at}`, { fin: false }).slice(0, -1))
    for (const protocol of protocols.slice(0, 70)) protocol.beginMessage(true)
    for (const stream of streams.slice(70)) stream.receive(frame(1, 'x'))
    for (const protocol of protocols.slice(0, 70)) protocol.sendMessageFrame(Uint8Array.of(7), { final: true })
    for (const [at, stream] of early.entries()) {
      stream.receive(frame(1, `begun ${at}`, { fin: false }).slice(-1))
      stream.receive(frame(0, '!'))
    }
    expect(streams.slice(70).map(stream => summary(stream.sent()))).toEqual(streams.slice(70).map(() => ['1:x']))
    expect(early.map(stream => summary(stream.sent()).at(-1))).toEqual(early.map((_, at) => `1:begun ${at}!`))
  })

  it('are not mixed up where one transport hands on to another connection while it is written to', () => {
    const { streams, protocols } = open(150)
    for (const protocol of protocols.slice(0, 80)) protocol.sendMessage('first')
    // each write makes the next connection send
    for (const [at, stream] of streams.entries()) {
      const write = stream.write.bind(stream)
      stream.write = octets => {
        if (at + 1 < streams.length) streams[at + 1]!.receive(frame(1, `after ${at}`))
        write(octets)
      }
    }
    streams[0]!.receive(frame(1, 'start'))
    const all = streams.map(stream => summary(stream.sent()).at(-1))
    expect(all).toEqual(['1:start', ...streams.slice(1).map((_, at) => `1:after ${at}`)])
  })

  it('deliver messages that wait for a hook to the connection that they came on', () => {
    const { streams, protocols } = open(150)
    for (const protocol of protocols) protocol.pauseReceiving()
    for (const [at, stream] of streams.entries()) stream.receive(frame(1, `waits ${at}`))
    expect(streams.map(stream => stream.sent().length)).toEqual(streams.map(() => 0))
    for (const protocol of protocols) protocol.resumeReceiving()
    expect(streams.map(stream => summary(stream.sent()))).toEqual(streams.map((_, at) => [`1:waits ${at}`]))
  })

  it('stay paused, and are closed, while others use what they read with', () => {
    const { streams, protocols } = open(150)
    for (const stream of streams) stream.receive(frame(1, 'first'))
    const [paused, ended, closed] = [0, 1, 2]
    protocols[paused]!.pauseReceiving()
    for (const stream of streams.slice(3)) stream.receive(frame(1, 'second'))
    streams[paused]!.receive(frame(1, 'waits'))
    streams[ended]!.receiveEnd()
    streams[closed]!.receive(frame(8, Uint8Array.of(0x03, 0xe8)))
    for (const stream of streams.slice(3)) stream.receive(frame(1, 'third'))
    expect(summary(streams[paused]!.sent())).toEqual(['1:first'])
    expect(protocols[ended]!.isOpen).toBe(false)
    expect(summary(streams[closed]!.sent()).at(-1)).toMatch(/^8:/)
    protocols[paused]!.resumeReceiving()
    expect(summary(streams[paused]!.sent())).toEqual(['1:waits'])
    expect(streams.slice(3).map(stream => summary(stream.sent()))).toEqual(streams.slice(3).map(() => ['1:first', '1:second', '1:third']))
  })

  it('keep their own order of hooks where one waits while others read', async () => {
    const gate = promised()
    class Slow extends Echo {
      override async onMessage(payload: Uint8Array, isBinary: boolean): Promise<void> {
        await gate.promise
        super.onMessage(payload, isBinary)
      }
    }
    const { streams } = open(150, new WebSocketServerFactory(undefined, { protocol: Slow, autoPingInterval: 0 }))
    for (const [at, stream] of streams.entries()) stream.receive(frame(1, `first ${at}`))
    for (const [at, stream] of streams.entries()) stream.receive(frame(1, `second ${at}`))
    expect(streams.every(stream => stream.sent().length === 0)).toBe(true)
    gate.resolve()
    await new Promise(resolve => setImmediate(resolve))
    expect(streams.map(stream => summary(stream.sent()))).toEqual(streams.map((_, at) => [`1:first ${at}`, `1:second ${at}`]))
  })

  it('deliver in the way of their own class where a factory has protocols of several', () => {
    const factory = new WebSocketServerFactory(undefined, { autoPingInterval: 0 })
    const classes = [Echo, TextEcho, PieceEcho]
    let count = 0
    factory.buildProtocol = () => new classes[count++ % classes.length]!()
    const { streams } = open(150, factory)
    for (let round = 0; round < 2; round++) {
      for (const stream of streams) stream.receive(frame(1, 'hello'))
      expect(streams.map(stream => summary(stream.sent()))).toEqual(
        streams.map((_, at) => [['1:hello', '1:text hello', '1:5 octets'][at % 3]]),
      )
    }
  })

  it('deliver texts as strings to the connection that they came on: at once, in pieces, and behind a hook', () => {
    const { streams, protocols } = open(150, new WebSocketServerFactory(undefined, { protocol: TextEcho, autoPingInterval: 0 }))
    for (const [at, stream] of streams.entries()) stream.receive(frame(1, `one ${at}`))
    for (const protocol of protocols.slice(100)) protocol.pauseReceiving()
    for (const [at, stream] of streams.entries()) stream.receive(frame(1, `two ${at}`, { fin: false }))
    for (const [at, stream] of streams.entries()) stream.receive(frame(0, `, grün ${at}`), frame(1, `three ${at}`))
    for (const protocol of protocols.slice(100)) protocol.resumeReceiving()
    expect(streams.map(stream => summary(stream.sent()))).toEqual(
      streams.map((_, at) => [`1:text one ${at}`, `1:text two ${at}, grün ${at}`, `1:text three ${at}`]),
    )
  })

  it('do so where those that deliver octets have borrowed from those that deliver strings, and the other way round', () => {
    const factory = new WebSocketServerFactory(undefined, { autoPingInterval: 0 })
    let count = 0
    factory.buildProtocol = () => new [Echo, TextEcho][count++ % 2]!()
    const { streams } = open(300, factory)
    for (let round = 0; round < 6; round++) {
      const speaking = streams.map((stream, at) => ({ stream, at })).filter(({ at }) => at % 2 === round % 2)
      for (const { stream, at } of speaking) stream.receive(frame(1, `hello ${at}`), frame(2, 'ab'))
      expect(speaking.map(({ stream }) => summary(stream.sent())[0])).toEqual(
        speaking.map(({ at }) => (at % 2 === 0 ? `1:hello ${at}` : `1:text hello ${at}`)),
      )
    }
  })

  it('tell how much each was handed, after others have used what it sent with', () => {
    const { streams, protocols } = open(150)
    streams[0]!.receive(frame(1, 'abc'))
    const before = protocols[0]!.trafficStats.outgoingOctetsWireLevel
    for (const stream of streams) stream.receive(frame(1, 'abc'))
    expect(protocols[0]!.trafficStats.outgoingOctetsWireLevel - before).toBe(5)
    expect(protocols[0]!.bufferedAmount).toBe(0)
  })

  it('lend nothing of a connection that is gone', () => {
    const { streams, factory, runtime } = open(150)
    for (const stream of streams) stream.receive(frame(1, 'x'))
    for (const stream of streams) stream.close()
    const { streams: later } = open(150, factory, runtime)
    for (const stream of later) stream.receive(frame(1, 'y'))
    expect(later.map(stream => summary(stream.sent()))).toEqual(later.map(() => ['1:y']))
  })
})

class Echo extends ServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.sendMessage(payload, isBinary)
  }
}

class TextEcho extends ServerProtocol {
  override onTextMessage(text: string): void {
    this.sendMessage(`text ${text}`)
  }
}

class PieceEcho extends ServerProtocol {
  override onMessageFrameData(payload: Uint8Array): void {
    this.sendMessage(`${payload.length} octets`)
  }
}

function promised(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

function open(
  count: number,
  factory: WebSocketServerFactory = new WebSocketServerFactory(undefined, { protocol: Echo, autoPingInterval: 0 }),
  runtime = fakeRuntime(),
): { factory: WebSocketServerFactory; runtime: ReturnType<typeof fakeRuntime>; streams: FakeStream[]; protocols: ServerProtocol[] } {
  const streams = Array.from({ length: count }, () => new FakeStream(runtime.clock))
  const protocols = streams.map(stream => {
    const protocol = factory.acceptStream(stream, transport, runtime) as ServerProtocol
    stream.receive(new TextEncoder().encode(request))
    stream.writes.shift()
    return protocol
  })
  return { factory, runtime, streams, protocols }
}

const transport = { peer: { address: '10.0.0.1', port: 1 }, own: { address: '10.0.0.2', port: 2 }, isSecure: false }
const request =
  'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
