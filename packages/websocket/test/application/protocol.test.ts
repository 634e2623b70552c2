import { describe, expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { type ServerFactoryOptions, WebSocketServerFactory } from '../../src/application/server-factory.ts'
import type { Extension, ExtensionInstance } from '../../src/protocol/extending/extension.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { State } from '../../src/protocol/life/state.ts'
import { raisesNothingUnhandled } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'
import { MemoryLink, masked, quiet, type RawPeer, transport } from './memory-link.ts'

raisesNothingUnhandled()

class Plain extends WebSocketServerProtocol {}
class PlainClient extends WebSocketClientProtocol {}

describe('a protocol that is not connected', () => {
  it('is not open, and says what it lacks where more is asked', () => {
    const protocol = new Plain()
    expect(protocol.isOpen).toBe(false)
    for (const use of [
      () => protocol.factory,
      () => protocol.transport,
      () => protocol.state,
      () => protocol.closed,
      () => protocol.sendMessage('a'),
      () => protocol.sendClose(),
    ]) {
      expect(use).toThrow(ApiMisuse)
      expect(use).toThrow('the protocol is not connected')
    }
  })
})

describe('life', () => {
  it('goes through the states of the platform, and tells of each', async () => {
    const [peer, protocol] = new MemoryLink().serve(factoryOf(Plain))
    expect({ state: protocol.state, isOpen: protocol.isOpen, closeInfo: protocol.closeInfo }).toEqual({
      state: State.Connecting,
      isOpen: false,
      closeInfo: undefined,
    })
    const { opened, closed } = protocol
    await peer.open()
    await opened
    expect([protocol.state, protocol.isOpen]).toEqual([State.Open, true])
    expect(protocol.sendClose(4000, 'enough')).toBe(true)
    expect([protocol.state, protocol.isOpen]).toEqual([State.Closing, false])
    await peer.frame('close 4000 enough')
    peer.write(masked(0x88, Uint8Array.of(15, 160)))
    peer.stream.end()
    expect(await closed).toBe(protocol.closeInfo)
    expect(protocol.closeInfo).toMatchObject({ code: 4000, wasClean: true, by: 'self', localCloseCode: 4000 })
    expect(protocol.state).toBe(State.Closed)
  })

  it('can be closed without code and reason', async () => {
    const { peer, protocol } = await open()
    expect([protocol.sendClose(), protocol.sendClose()]).toEqual([true, false])
    await peer.frame('close')
  })

  it('can be failed, with a close frame', async () => {
    const { peer, protocol } = await open()
    protocol.failConnection(1008, 'not like this')
    await peer.frame('close 1008 not like this')
    peer.stream.end()
    expect(await protocol.closed).toMatchObject({ wasClean: false, by: 'self', localCloseCode: 1008 })
  })

  for (const [options, error] of [
    [undefined, undefined],
    [{ abort: false }, undefined],
    [{ abort: true }, 'connection reset by peer'],
  ] as const) {
    it(`can be dropped: ${JSON.stringify(options)}`, async () => {
      const { peer, protocol } = await open()
      protocol.sendMessage('unsent, perhaps')
      protocol.dropConnection(options)
      expect((await protocol.closed).reason).toBe('dropped by this side')
      peer.stream.end()
      await until(() => peer.isClosed)
      expect(peer.error?.message).toBe(error)
    })
  }
})

describe('the default hooks', () => {
  it('answer pings, and let everything else be', async () => {
    const { peer, protocol } = await open({ extensions: [claiming] }, 'Sec-WebSocket-Extensions: x-claim')
    peer.write(masked(0x81, 'text'), masked(0x02, 'bi'), masked(0x80, 'nary'), masked(0x8a, 'pong'), masked(0x8b, 'claimed'))
    peer.write(masked(0x89, 'ping'), masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    expect(peer.frames).toEqual(['pong ping', 'close 1000'])
    peer.stream.end()
    expect(await protocol.closed).toMatchObject({ code: 1000, wasClean: true, by: 'peer' })
  })

  it('measure automatic pings', async () => {
    const { peer, protocol, link } = await open()
    expect(protocol.roundTripTime).toBeUndefined()
    link.clock.advance(20_000)
    await until(() => peer.frames.length === 1)
    link.clock.advance(5)
    peer.write(masked(0x8a, Buffer.from(lastFrame(peer).slice(2))))
    await until(() => protocol.roundTripTime !== undefined)
    expect(protocol.roundTripTime).toBe(5)
  })

  it('choose the first subprotocol of the client that is spoken here', async () => {
    const { protocol } = await open({ protocols: ['c', 'b'] }, 'Sec-WebSocket-Protocol: a, b, c')
    expect(protocol.subprotocol).toBe('b')
    expect((await open({ protocols: ['c'] })).protocol.subprotocol).toBe('')
  })

  it('of frames and streams bring whole messages to onMessage', async () => {
    const received: string[] = []
    class All extends WebSocketServerProtocol {
      override onMessageBegin(isBinary: boolean): void {
        received.push(`begin ${isBinary}`)
        super.onMessageBegin(isBinary)
      }

      override onMessage(payload: Uint8Array, isBinary: boolean): void {
        received.push(`${Buffer.from(payload)} ${isBinary}`)
      }
    }
    const { peer } = await open({ protocol: All })
    peer.write(masked(0x01, 'wh'), masked(0x00, ''), masked(0x80, 'ole'), masked(0x82, ''))
    await until(() => received.length === 4)
    expect(received).toEqual(['begin false', 'whole false', 'begin true', ' true'])
  })

  it('call onMessage for nothing that the application has kept for itself', async () => {
    const received: string[] = []
    class Keeping extends WebSocketServerProtocol {
      override onMessageFrameData(payload: Uint8Array): void {
        if (payload[0] === 0x6b) received.push(`kept ${Buffer.from(payload)}`)
        else super.onMessageFrameData(payload)
      }

      override onMessageFrame(payload: Uint8Array, reserved: number): void {
        received.push(`frame ${Buffer.from(payload)}`)
        if (payload[0] !== 0x66) super.onMessageFrame(payload, reserved)
      }

      override onMessage(payload: Uint8Array): void {
        received.push(`message ${Buffer.from(payload)}`)
      }
    }
    const { peer } = await open({ protocol: Keeping })
    peer.write(masked(0x81, 'k'), masked(0x81, 'f'), masked(0x81, 'm'))
    await until(() => received.includes('message m'))
    expect(received).toEqual(['kept k', 'frame f', 'frame m', 'message m'])
  })
})

describe('sending', () => {
  it('takes messages as text or binary, by type or as told', async () => {
    const { peer, protocol } = await open()
    expect(protocol.sendMessage('text')).toBe(true)
    protocol.sendMessage(Uint8Array.of(1, 2))
    protocol.sendMessage('four', true)
    protocol.sendMessage(Uint8Array.of(0x61), false)
    protocol.sendMessage('fragments', false, { fragmentSize: 4 })
    protocol.sendPreparedMessage(protocol.factory.prepareMessage('prepared'))
    await peer.frame('text prepared')
    expect(peer.frames).toEqual([
      'text text',
      'binary 2',
      'binary 4',
      'text a',
      'text... frag',
      'continuation... 4',
      'continuation 1',
      'text prepared',
    ])
  })

  it('takes frames', async () => {
    const { peer, protocol } = await open()
    expect(protocol.beginMessage(false)).toBe(true)
    expect(protocol.sendMessageFrame(Uint8Array.of(0x61))).toBe(true)
    protocol.sendMessageFrame(Uint8Array.of(0x62), { final: true })
    protocol.beginMessage(true, { doNotCompress: true })
    protocol.sendMessageFrame(new Uint8Array(3))
    expect(protocol.endMessage()).toBe(true)
    await peer.frame('continuation 0')
    expect(peer.frames).toEqual(['text... a', 'continuation 1', 'binary... 3', 'continuation 0'])
  })

  it('takes frames in pieces, and says how much is missing or did not fit', async () => {
    const { peer, protocol } = await open()
    protocol.beginMessage(true)
    expect(protocol.beginMessageFrame(4)).toBe(true)
    expect(protocol.sendMessageFrameData(new Uint8Array(3))).toBe(1)
    expect(protocol.sendMessageFrameData(new Uint8Array(3))).toBe(-2)
    protocol.beginMessageFrame(2, { final: true })
    expect(protocol.sendMessageFrameData(new Uint8Array(2))).toBe(0)
    await peer.frame('continuation 2')
    expect(peer.frames).toEqual(['binary... 4', 'continuation 2'])
  })

  it('takes pings and pongs, with payload or without', async () => {
    const { peer, protocol } = await open()
    protocol.sendPing()
    protocol.sendPing(Buffer.from('a'))
    protocol.sendPong()
    protocol.sendPong(Buffer.from('b'))
    await peer.frame('pong b')
    expect(peer.frames).toEqual(['ping ', 'ping a', 'pong ', 'pong b'])
  })

  it('takes frames of an opcode that an extension has claimed, and of no other', async () => {
    const { peer, protocol } = await open({ extensions: [claiming] }, 'Sec-WebSocket-Extensions: x-claim')
    protocol.sendFrame(11)
    protocol.sendFrame(3, Uint8Array.of(1), { isFinal: false, reserved: 2 })
    expect(protocol.extensions.map(({ name }) => name)).toEqual(['x-claim'])
    await peer.frame('opcode 3... rsv2 1')
    expect(peer.frames).toEqual(['opcode 11 ', 'opcode 3... rsv2 1'])
    for (const opcode of [1, 8, 4, 12]) expect(() => protocol.sendFrame(opcode)).toThrow(ApiMisuse)
    expect(() => protocol.sendFrame(11, new Uint8Array(0), { reserved: 1 })).toThrow(ApiMisuse)
  })

  for (const [method, call] of [
    ['sendMessage', (protocol, payload) => protocol.sendMessage(payload)],
    ['sendMessageFrame', (protocol, payload) => protocol.sendMessageFrame(payload)],
    ['sendMessageFrameData', (protocol, payload) => protocol.sendMessageFrameData(payload)],
    ['sendPing', (protocol, payload) => protocol.sendPing(payload)],
    ['sendPong', (protocol, payload) => protocol.sendPong(payload)],
    ['sendFrame', (protocol, payload) => protocol.sendFrame(11, payload)],
  ] as [string, (protocol: Plain, payload: Uint8Array) => unknown][]) {
    it(`throws at once where ${method} is given anything but octets, and sends nothing`, async () => {
      const { peer, protocol } = await open({ extensions: [claiming] }, 'Sec-WebSocket-Extensions: x-claim')
      for (const payload of [100, null, [1], new ArrayBuffer(3)]) {
        expect(() => call(protocol, payload as unknown as Uint8Array)).toThrow(ApiMisuse)
      }
      await quiet()
      expect(peer.frames).toEqual([])
      expect(protocol.isOpen).toBe(true)
    })
  }

  it('before the connection is open is misuse', () => {
    const [, protocol] = new MemoryLink().serve(factoryOf(Plain))
    for (const send of [
      () => protocol.sendMessage('a'),
      () => protocol.sendPreparedMessage(protocol.factory.prepareMessage('a')),
      () => protocol.beginMessage(true),
      () => protocol.sendMessageFrameData(new Uint8Array(1)),
      () => protocol.sendPing(),
      () => protocol.sendPong(),
      () => protocol.sendFrame(11),
      () => protocol.sendClose(),
      () => protocol.failConnection(1011, 'a'),
    ]) {
      expect(send).toThrow(ApiMisuse)
    }
  })

  it('after the connection has begun to close is not misuse: the message is counted, and not sent', async () => {
    const { peer, protocol } = await open()
    protocol.sendClose(1000)
    expect([
      protocol.sendMessage('a'),
      protocol.beginMessage(true),
      protocol.sendPing(),
      protocol.sendPong(),
      protocol.sendFrame(11),
    ]).toEqual(Array(5).fill(false))
    expect(protocol.sendMessageFrameData(new Uint8Array(3))).toBe(-3)
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBe(6)
    await quiet()
    expect(peer.frames).toEqual(['close 1000'])
  })
})

describe('flow', () => {
  it('returns false above the high-water mark, and calls onDrain when everything has been sent', async () => {
    let drains = 0
    class Counting extends WebSocketServerProtocol {
      override onDrain(): void {
        drains++
      }
    }
    for (const protocolClass of [Counting, Plain]) {
      const { peer, protocol } = await open({ protocol: protocolClass })
      peer.stream.pause()
      expect([protocol.isWritable, protocol.bufferedAmount]).toEqual([true, 0])
      expect(protocol.sendMessage(new Uint8Array(100_000))).toBe(false)
      expect([protocol.isWritable, protocol.bufferedAmount]).toEqual([false, 100_010])
      await quiet()
      peer.stream.resume()
      await until(() => protocol.isWritable)
      await quiet()
    }
    expect(drains).toBe(1)
  })

  it('can hold what is received, and let it go', async () => {
    const received: string[] = []
    class Receiving extends WebSocketServerProtocol {
      override onMessage(payload: Uint8Array): void {
        received.push(Buffer.from(payload).toString())
      }
    }
    const { peer, protocol } = await open({ protocol: Receiving })
    protocol.pauseReceiving()
    peer.write(masked(0x81, 'a'))
    await quiet()
    expect(received).toEqual([])
    protocol.resumeReceiving()
    await until(() => received.length === 1)
  })
})

describe('what a protocol knows', () => {
  it('is its factory, transport, statistics and, where wanted, timings', async () => {
    const { protocol, factory } = await open({ trackTimings: true })
    expect(protocol.factory).toBe(factory)
    expect(protocol.transport).toBe(transport)
    expect(protocol.timings?.get('onOpen')).toBe(0)
    protocol.sendMessage('abc')
    expect(protocol.trafficStats).toMatchObject({ outgoingWebSocketMessages: 1, outgoingOctetsAppLevel: 3 })
    expect((await open()).protocol.timings).toBeUndefined()
  })
})

describe('a client', () => {
  it('has a default for each hook, and keeps the response', async () => {
    const factory = new WebSocketClientFactory('ws://localhost', { protocol: PlainClient, autoPingInterval: 1 })
    const link = new MemoryLink()
    const [peer, protocol] = link.connect(factory)
    expect(protocol.response).toBeUndefined()
    await peer.accept('X-A: 1')
    await protocol.opened
    expect(protocol.factory).toBe(factory)
    expect(protocol.response?.headers.get('x-a')).toBe('1')
    protocol.sendMessage('masked')
    await peer.frame('text masked')
  })
})

const claims: ExtensionInstance = { reservedBits: 2, opcodes: [3, 11], close: () => undefined }
const claiming: Extension = { name: 'x-claim', accept: () => ({ parameters: new Map(), instance: claims }) }

function factoryOf(protocol: new () => WebSocketServerProtocol, options: ServerFactoryOptions = {}): WebSocketServerFactory {
  return new WebSocketServerFactory(undefined, { protocol, ...options })
}

async function open(options: ServerFactoryOptions = {}, ...headers: readonly string[]) {
  const link = new MemoryLink()
  const factory = factoryOf(Plain, options)
  const [peer, protocol] = link.serve(factory)
  await peer.open('/', ...headers)
  return { link, factory, peer, protocol }
}

/** The octets of the only frame that has come. */
function lastFrame(peer: RawPeer): Uint8Array {
  return Buffer.from(peer.text.slice(peer.text.indexOf('\r\n\r\n') + 4), 'latin1')
}
