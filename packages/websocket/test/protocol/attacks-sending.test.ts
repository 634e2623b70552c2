import { describe, expect, it } from 'vitest'
import { type Octets, WebSocketServerFactory } from '../../src/portable.ts'
import { fakeRuntime } from '../../src/testing/index.ts'
import { ClientProtocol, openClient, openServer, ServerProtocol } from './opened.ts'
import { counting, framesIn, summary } from './wire.ts'

describe('a peer that does not read', () => {
  for (const [policy, isOpen] of [
    ['drop', false],
    ['skip', true],
    ['throw', true],
  ] as const) {
    it(`costs at most maxUnsentSize and one message, under the policy ${policy}`, () => {
      const { protocol, stream } = openServer(ServerProtocol, { maxUnsentSize: 10_000, unsentPolicy: policy })
      stream.isStuck = true
      for (let message = 0; message < 100; message++) {
        try {
          protocol.sendMessage(new Uint8Array(1000))
        } catch (error) {
          expect([policy, (error as Error).name]).toEqual(['throw', 'UnsentLimitExceeded'])
        }
        if (protocol.isOpen) expect(protocol.bufferedAmount).toBeLessThanOrEqual(10_000 + 1004)
      }
      expect(protocol.isOpen).toBe(isOpen)
    })
  }

  it('is dropped by default, and everything that waited is forgotten', () => {
    const { protocol, stream, clock } = openServer(ServerProtocol)
    stream.isStuck = true
    for (let message = 0; message < 20; message++) protocol.sendMessage(new Uint8Array(1024 * 1024))
    clock.flush()
    expect({ destroyed: stream.destroyed, closeCode: protocol.closeInfo?.code, timers: clock.pending }).toEqual({
      destroyed: 'aborted',
      closeCode: 1006,
      timers: 0,
    })
  })
})

describe('an application that sends too late', () => {
  it('after our close frame, after the peer’s, and after the end: nothing is sent, and nothing thrown', () => {
    const { protocol, stream, clock } = openServer(ServerProtocol)
    protocol.sendClose(1000)
    stream.sent()
    const sends = [
      () => protocol.sendMessage('x'),
      () => protocol.sendPreparedMessage(protocol.factory.prepareMessage('x')),
      () => protocol.beginMessage(true),
      () => protocol.sendMessageFrame(Uint8Array.of(1)),
      () => protocol.beginMessageFrame(3),
      () => protocol.endMessage(),
      () => protocol.sendPing(),
      () => protocol.sendPong(),
      () => protocol.sendFrame(11),
    ]
    expect(sends.map(send => send())).toEqual(sends.map(() => false))
    stream.close()
    clock.flush()
    expect(sends.map(send => send())).toEqual(sends.map(() => false))
    expect(protocol.sendMessageFrameData(new Uint8Array(0))).toBe(0)
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBe(2 * sends.length + 1)
    expect(stream.sent().length).toBe(0)
  })

  it('before the connection is open: misuse, with the name of the method', () => {
    const factory = new WebSocketServerFactory(undefined, { protocol: ServerProtocol })
    const stream = { bufferedAmount: 0, start: () => undefined } as never
    const transport = { peer: { address: '', port: undefined }, own: { address: '', port: undefined }, isSecure: false }
    const protocol = factory.acceptStream(stream, transport, fakeRuntime())!
    for (const [method, call] of [
      ['sendMessage', () => protocol.sendMessage('x')],
      ['sendPreparedMessage', () => protocol.sendPreparedMessage(factory.prepareMessage('x'))],
      ['beginMessage', () => protocol.beginMessage(true)],
      ['sendMessageFrame', () => protocol.sendMessageFrame(Uint8Array.of(1))],
      ['endMessage', () => protocol.endMessage()],
      ['beginMessageFrame', () => protocol.beginMessageFrame(1)],
      ['sendMessageFrameData', () => protocol.sendMessageFrameData(Uint8Array.of(1))],
      ['sendPing', () => protocol.sendPing()],
      ['sendPong', () => protocol.sendPong()],
      ['sendFrame', () => protocol.sendFrame(11)],
      ['sendClose', () => protocol.sendClose()],
      ['failConnection', () => protocol.failConnection(1008, '')],
    ] as const) {
      expect(call, method).toThrow(expect.objectContaining({ name: 'ApiMisuse', message: `${method} before the connection is open` }))
    }
    expect([protocol.isWritable, protocol.bufferedAmount]).toEqual([false, 0])
  })
})

describe("the caller's octets", () => {
  it('may be changed at once where they are few: what was there goes out', () => {
    const { protocol, stream } = openClient(ClientProtocol)
    const payload = counting(1000)
    protocol.sendMessage(payload)
    protocol.sendPing(payload.subarray(0, 100))
    payload.fill(0)
    expect(framesIn(stream.sent()).map(frame => frame.payload)).toEqual([[...counting(1000)], [...counting(100)]])
  })

  for (const size of [10, 8192, 100_000]) {
    it(`are never altered by masking: ${size} octets, in every tier`, () => {
      const { protocol, stream } = openClient(ClientProtocol)
      const payload = counting(size)
      protocol.sendMessage(payload)
      protocol.beginMessage(true)
      protocol.sendMessageFrame(payload)
      protocol.beginMessageFrame(size, { final: true })
      protocol.sendMessageFrameData(payload)
      protocol.sendPreparedMessage(protocol.factory.prepareMessage(payload))
      stream.sent()
      expect(payload).toEqual(counting(size))
    })
  }

  it('are sent from where a view shows them, of whatever kind it is', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    const shared = new Uint8Array(new SharedArrayBuffer(4))
    shared.set([1, 2, 3, 4])
    const resizable = new Uint8Array(resizableBuffer(4, 8))
    resizable.set([1, 2, 3, 4])
    const views: Octets[] = [
      counting(9).fill(1, 0, 9).subarray(3, 5),
      Buffer.from('abcd').subarray(1, 3),
      shared.subarray(1, 3),
      resizable.subarray(2),
    ]
    for (const view of views) protocol.sendMessage(view)
    expect(framesIn(stream.sent()).map(({ payload }) => payload)).toEqual([
      [1, 1],
      [98, 99],
      [2, 3],
      [3, 4],
    ])
  })

  it('are refused if they are not octets: numbers, arrays, detached buffers', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    const detached = new Uint8Array(8)
    structuredClone(detached.buffer, { transfer: [detached.buffer] })
    for (const [payload, what] of [
      [100, 'Uint8Array, and not number'],
      [[1, 2], 'Uint8Array, and not Array'],
      [null, 'Uint8Array, and not null'],
      [new DataView(new ArrayBuffer(1)), 'Uint8Array, and not DataView'],
      [detached, 'the payload belongs to a detached buffer'],
    ] as const) {
      const octets = payload as never
      expect(() => protocol.sendMessage(octets)).toThrow(what)
      expect(() => protocol.sendPing(octets)).toThrow(what)
      expect(() => protocol.factory.prepareMessage(octets)).toThrow(what)
    }
    expect(() => protocol.sendClose('1000' as never)).toThrow('close code "1000" may not be sent')
    expect(() => protocol.sendPreparedMessage('a' as never)).toThrow('sendPreparedMessage takes a message made by factory.prepareMessage')
    expect(stream.sent().length).toBe(0)
  })

  it('of a scratch that was used before never leak: only what was written goes out', () => {
    const { protocol, stream } = openServer(ServerProtocol)
    protocol.sendMessage(counting(5000).fill(0xaa))
    stream.sent()
    protocol.sendMessage('a')
    protocol.sendPing()
    expect([...stream.sent()]).toEqual([0x81, 1, 97, 0x89, 0])
  })
})

describe('masks', () => {
  it('are fresh for each frame, also for fragments, control frames and prepared messages', () => {
    const { protocol, stream } = openClient(ClientProtocol)
    const prepared = protocol.factory.prepareMessage('same')
    for (let times = 0; times < 100; times++) {
      protocol.sendMessage('abcd', false, { fragmentSize: 1 })
      protocol.sendPreparedMessage(prepared)
      protocol.sendPing()
    }
    const keys = framesIn(stream.sent()).map(({ key }) => String(key))
    expect(keys.length).toBe(600)
    expect(new Set(keys).size).toBe(600)
  })

  it("come from the runtime's cryptography, four octets each", () => {
    const runtime = fakeRuntime()
    const asked: number[] = []
    const { fillRandom } = runtime.crypto
    const crypto = {
      ...runtime.crypto,
      fillRandom: (target: Octets) => {
        asked.push(target.length)
        fillRandom(target)
      },
    }
    const { protocol } = openClient(ClientProtocol, {}, { ...runtime, crypto })
    asked.length = 0
    protocol.sendMessage('abc', false, { fragmentSize: 1 })
    expect(asked).toEqual([4, 4, 4])
  })
})

describe('options objects', () => {
  it('pollute nothing and are read by their own properties', () => {
    expect(() => openServer(ServerProtocol, JSON.parse('{"__proto__": {"failByDrop": true}}'))).toThrow('there is no option __proto__')
    const { factory } = openServer(ServerProtocol, Object.create({ failByDrop: true }))
    expect(factory.options.failByDrop).toBe(false)
    expect(Reflect.get({}, 'failByDrop')).toBeUndefined()
  })
})

describe('exceptions of a report', () => {
  it('that onError itself throws stay within', () => {
    const Failing = class extends ServerProtocol {
      override onPing(): void {
        throw new Error('hook')
      }
    }
    const { factory, stream } = openServer(Failing)
    const printed: unknown[] = []
    const original = console.error
    console.error = (...data: unknown[]) => void printed.push(...data)
    factory.onError = () => {
      throw new Error('report')
    }
    try {
      stream.receive(Uint8Array.of(0x89, 0x80, 0, 0, 0, 0))
    } finally {
      console.error = original
    }
    expect(summary(stream.sent())).toEqual(['8:1011 internal error'])
    expect(printed).toEqual([new Error('report')])
  })
})

/** The types of the language version do not know them yet. */
function resizableBuffer(length: number, maxByteLength: number): ArrayBuffer {
  return Reflect.construct(ArrayBuffer, [length, { maxByteLength }])
}
