import { describe, expect, it } from 'vitest'
import { scalarMasker } from '../../../src/bytes/masker.ts'
import { webText } from '../../../src/bytes/text.ts'
import type { ExtensionInstance, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ExtensionChain } from '../../../src/protocol/extending/extension-chain.ts'
import { protocolError } from '../../../src/protocol/faults/errors.ts'
import { FrameParser } from '../../../src/protocol/frames/frame-parser.ts'
import type { WireTap } from '../../../src/protocol/frames/wire-tap.ts'
import { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'
import { ConnectionState } from '../../../src/protocol/life/connection-state.ts'
import { Timings } from '../../../src/protocol/life/timings.ts'
import { TrafficStats } from '../../../src/protocol/life/traffic-stats.ts'
import { defaultsOf } from '../../../src/protocol/options/option-table.ts'
import { clientOptions } from '../../../src/protocol/options/options.ts'
import type { Delivery } from '../../../src/protocol/receiving/delivery.ts'
import type { MessageLimits } from '../../../src/protocol/receiving/incoming-message.ts'
import { MessageReader } from '../../../src/protocol/receiving/message-reader.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { octetsOf, plain, textOf } from '../wire.ts'

describe('MessageReader', () => {
  it('makes messages of fragments, with control frames between them', () => {
    const { read, log } = make()
    read(plain(1, 'ab', { fin: false }), plain(9, 'p'), plain(0, '', { fin: false }), plain(0, 'c'), plain(2, [0xff]))
    expect(log).toEqual([
      ...['text', 'frame 2', 'ab', 'end', 'whole 9 p', 'frame 0', 'end', 'frame 1 final', 'c', 'end', 'message'],
      ...['binary', 'frame 1 final', '\ufffd', 'end', 'message'],
    ])
  })

  it('gathers control frames that arrive in pieces, also empty ones', () => {
    const { read, log } = make()
    const ping = plain(9, 'abc')
    read(ping.slice(0, 3), ping.slice(3, 4), ping.slice(4), plain(10))
    expect(log).toEqual(['whole 9 abc', 'whole 10 '])
  })

  for (const [message, ...frames] of [
    ['continuation frame without a message to continue', plain(0, 'a')],
    ['continuation frame without a message to continue', plain(1, 'a'), plain(0, 'a')],
    ['new message inside a fragmented message', plain(1, 'a', { fin: false }), plain(1, 'b')],
    ['new message inside a fragmented message', plain(1, 'a', { fin: false }), plain(2, 'b')],
  ] as const) {
    it(`refuses with 1002: ${message}`, () => {
      expect(() => make().read(...frames)).toThrow(expect.objectContaining({ closeCode: 1002, message }))
    })
  }

  for (const [message, options, ...frames] of [
    ['frame of 4 octets is above the limit of 3', { maxFramePayloadSize: 3 }, plain(1, 'abcd')],
    ['frame of 4 octets is above the limit of 3', { maxFramePayloadSize: 3 }, plain(9, 'abcd')],
    ['message of 4 octets is above the limit of 3', { maxMessagePayloadSize: 3 }, plain(1, 'abcd')],
    ['message of 4 octets is above the limit of 3', { maxMessagePayloadSize: 3 }, plain(1, 'ab', { fin: false }), plain(0, 'cd')],
    ['message of more than 2 frames', { maxMessageFrames: 2 }, plain(1, '', { fin: false }), plain(0, '', { fin: false }), plain(0)],
  ] as const) {
    it(`refuses with 1009: ${message}`, () => {
      const { read } = make(options)
      read(...frames.slice(0, -1))
      expect(() => read(frames.at(-1)!.slice(0, 2))).toThrow(expect.objectContaining({ closeCode: 1009, message }))
    })
  }

  it('takes what is exactly at the limits, and anything without limits', () => {
    const exact = make({ maxFramePayloadSize: 2, maxMessagePayloadSize: 3, maxMessageFrames: 2 })
    exact.read(plain(1, 'ab', { fin: false }), plain(0, 'c'), plain(1, 'ab', { fin: false }), plain(0, 'c'))
    expect(exact.log.filter(entry => entry === 'message').length).toBe(2)
    const unlimited = make({ maxFramePayloadSize: 0, maxMessagePayloadSize: 0, maxMessageFrames: 0 })
    unlimited.read(Uint8Array.of(0x82, 127, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))
    expect(unlimited.log).toEqual(['binary', `frame ${2 ** 53 - 1} final`])
  })

  it('refuses bad UTF-8 at the first octet, and says where', () => {
    const { read, log } = make()
    read(plain(1, 'abc', { fin: false }))
    const expected = expect.objectContaining({ closeCode: 1007, message: 'text message is not UTF-8, in its octets 3 to 4' })
    expect(() => read(plain(0, [0x61, 0xff, 0x61, 0x61]).slice(0, 4))).toThrow(expected)
    expect(log.at(-1)).toBe('frame 4 final')
  })

  it('refuses a sequence that the end of the message cuts off, after the frame', () => {
    const { read, log } = make()
    const expected = expect.objectContaining({ closeCode: 1007, message: 'text message ends inside a UTF-8 sequence' })
    expect(() => read(plain(1, [0x61, 0xe2, 0x82]))).toThrow(expected)
    expect(log.at(-1)).toBe('end')
  })

  it('lets a sequence go on across frames, and begins anew with each message', () => {
    const { read, log } = make()
    read(plain(1, [0xe2, 0x82], { fin: false }), plain(9), plain(0, [0xac]), plain(1, 'x'))
    expect(log.filter(entry => entry === 'message').length).toBe(2)
  })

  it('validates text unless utf8validateIncoming is false, and never binary', () => {
    const { read, log } = make({ utf8validateIncoming: false })
    read(plain(1, [0xff]), plain(2, [0xff]))
    expect(log.filter(entry => entry === 'message').length).toBe(2)
    const strict = make()
    strict.read(plain(2, [0xff]))
    expect(strict.log.at(-1)).toBe('message')
  })

  it('reads nothing after a close frame', () => {
    const { read, log } = make()
    read(Uint8Array.from([...plain(8), ...plain(1, 'a'), ...plain(3)]))
    expect(log).toEqual(['whole 8 '])
  })

  it('tells when a message begins and is complete', () => {
    const clock = new FakeClock()
    const timings = new Timings(clock)
    const { read } = make({}, [], { timings })
    clock.advance(1)
    read(plain(1, 'a', { fin: false }))
    clock.advance(2)
    read(plain(0))
    expect([...timings]).toEqual([
      ['onMessageBegin', 1],
      ['onMessage', 3],
    ])
  })
})

describe('MessageReader, with extensions', () => {
  it('hands whole frames of claimed opcodes on, data and control', () => {
    const { read, log } = make({}, [{ opcodes: [3, 11], reservedBits: 2 }])
    read(plain(1, 'a', { fin: false }), plain(3, 'x', { fin: false, rsv: 2 }), plain(11, 'y'), plain(0, 'b'))
    expect(log.filter(entry => entry.startsWith('whole'))).toEqual(['whole 3 x', 'whole 11 y'])
    expect(log.at(-1)).toBe('message')
  })

  it('limits whole frames also where streams have no limit: they are gathered', () => {
    const { read } = make({ maxFramePayloadSize: 0, maxMessagePayloadSize: 0 }, [{ opcodes: [3] }])
    const expected = expect.objectContaining({ closeCode: 1009, message: 'frame of 16777217 octets is above the limit of 16777216' })
    expect(() => read(Uint8Array.of(0x83, 127, 0, 0, 0, 0, 1, 0, 0, 1))).toThrow(expected)
  })

  it('lets extensions check the headers that they claim', () => {
    const check = (): never => {
      throw protocolError('not so')
    }
    expect(() => make({}, [{ reservedBits: 1, check }]).read(plain(1, '', { rsv: 1 }))).toThrow('not so')
    expect(() => make({}, [{ opcodes: [4], check }]).read(plain(4))).toThrow('not so')
    make({}, [{ reservedBits: 1, opcodes: [4], check }]).read(plain(1))
  })

  it('refuses a bit that marks whole messages on a continuation frame, and lets other bits pass', () => {
    const instances = [{ reservedBits: 4, decoder: () => doubling() }, { reservedBits: 1 }]
    const { read, log } = make({}, instances)
    read(plain(1, 'a', { fin: false }), plain(0, 'b', { rsv: 1 }))
    expect(log.at(-1)).toBe('message')
    const expected = expect.objectContaining({ closeCode: 1002, message: 'reserved bits 4 on a continuation frame' })
    expect(() => read(plain(1, 'a', { fin: false }), plain(0, 'b', { rsv: 4 }))).toThrow(expected)
  })

  it('decodes before it validates and delivers', () => {
    const { read, log, stats } = make({}, [{ reservedBits: 4, decoder: ({ reserved }) => (reserved === 4 ? doubling() : undefined) }])
    read(plain(1, 'ab', { rsv: 4, fin: false }), plain(0, 'c'), plain(1, 'ab'))
    const doubled = ['text', 'frame 2', 'aabb', 'end', 'frame 1 final', 'cc', '.', 'end', 'message']
    expect(log).toEqual([...doubled, 'text', 'frame 2 final', 'ab', 'end', 'message'])
    expect(stats).toMatchObject({
      incomingOctetsWebSocketLevel: 5,
      incomingOctetsAppLevel: 9,
      incomingWebSocketFrames: 3,
      incomingWebSocketMessages: 2,
    })
  })

  it('takes nothing from a decoder after its call, which would land in the next message', () => {
    let late: (() => void) | undefined
    const decoder = (): MessageTransform => ({
      reserved: 4,
      write: (octets, emit) => {
        emit(octets)
        late = () => emit(octets)
      },
      end: () => undefined,
    })
    const { read, log } = make({}, [{ reservedBits: 4, decoder }])
    read(plain(2, 'a', { rsv: 4 }))
    expect(() => late!()).toThrow('its decoder emits before write, flush and end are done, and not later')
    expect(log).toEqual(['binary', 'frame 1 final', 'a', 'end', 'message'])
  })

  it('takes nothing from a decoder of an earlier message while the next one is being decoded', () => {
    let late: (() => void) | undefined
    const thrown: unknown[] = []
    const decoder = (): MessageTransform => ({
      reserved: 4,
      write: (octets, emit) => {
        try {
          late?.()
        } catch (error) {
          thrown.push(error)
        }
        emit(octets)
        late = () => emit(Uint8Array.of(33))
      },
      end: () => undefined,
    })
    const { read, log } = make({}, [{ reservedBits: 4, decoder }])
    read(plain(2, 'a', { rsv: 4 }), plain(2, 'b', { rsv: 4 }))
    expect(log.filter(entry => ['a', 'b', '!'].includes(entry))).toEqual(['a', 'b'])
    expect(thrown).toEqual([expect.objectContaining({ message: expect.stringContaining('its decoder emits before') })])
  })

  it('limits what comes out of a decoder while it comes', () => {
    let written = 0
    const bomb = (): MessageTransform => ({
      reserved: 4,
      write: (_, emit) => {
        for (let piece = 0; piece < 1000; piece++) {
          emit(new Uint8Array(10))
          written += 10
        }
      },
      end: () => undefined,
    })
    const { read } = make({ maxMessagePayloadSize: 35 }, [{ reservedBits: 4, decoder: bomb }])
    const expected = expect.objectContaining({ closeCode: 1009, message: 'message of 40 octets is above the limit of 35' })
    expect(() => read(plain(2, 'a', { rsv: 4 }))).toThrow(expected)
    expect(written).toBe(30)
  })
})

describe('MessageReader, with a tap', () => {
  it('shows each header', () => {
    const seen: unknown[] = []
    const source = {}
    const { read } = make({}, [], { source, wireTap: { frameReceived: (header, from) => void seen.push([header, from]) } })
    read(plain(1, 'a', { fin: false }), plain(9))
    expect(seen).toEqual([
      [{ opcode: 1, isFinal: false, reserved: 0, length: 1 }, source],
      [{ opcode: 9, isFinal: true, reserved: 0, length: 0 }, source],
    ])
  })

  it('ignores what a tap throws, and taps without this method', () => {
    const fail = (): never => {
      throw new Error('tap')
    }
    for (const wireTap of [{ frameReceived: fail }, {}]) {
      const { read, log } = make({}, [], { wireTap })
      read(plain(9))
      expect(log).toEqual(['whole 9 '])
    }
  })
})

/** Each octet twice, and a full stop at the end. */
function doubling(): MessageTransform {
  return {
    reserved: 4,
    write: (octets, emit) => emit(Uint8Array.from(octets.length === 0 ? [] : [...octets].flatMap(octet => [octet, octet]))),
    end: emit => emit(Uint8Array.from(octetsOf('.'))),
  }
}

function make(
  options: Partial<MessageLimits> = {},
  extensions: readonly Partial<ExtensionInstance>[] = [],
  more: { timings?: Timings; wireTap?: WireTap; source?: object } = {},
) {
  const log: string[] = []
  const delivery: Delivery = {
    keeps: 'message',
    messageBegan: isBinary => void log.push(isBinary ? 'binary' : 'text'),
    frameBegan: (length, _reserved, isFinal) => void log.push(`frame ${length}${isFinal ? ' final' : ''}`),
    frameData: (octets, start, end) => void log.push(textOf(octets.subarray(start, end))),
    frameEnded: () => void log.push('end'),
    messageEnded: () => void log.push('message'),
    chunkEnded: () => undefined,
  }
  const instances = extensions.map(instance => ({ reservedBits: 0, opcodes: [], close: () => undefined, ...instance }))
  const chain = new ExtensionChain(instances.map(instance => ({ name: 'x', parameters: new Map(), instance })))
  const stats = new TrafficStats()
  const state = new ConnectionState()
  const reader = new MessageReader({ ...defaultsOf(clientOptions), ...options }, webText)
  reader.readFor({
    connectionState: state,
    runner: new HookRunner({ readingReleased: () => undefined, hookFailed: () => undefined }),
    delivery,
    chain,
    wholeFrameReceived: ({ opcode }, payload) => {
      log.push(`whole ${opcode} ${textOf(payload)}`)
      if (opcode === 8) state.closeReceived(undefined, '')
    },
    decodingDone: () => void log.push('decoded'),
    decodingFailed: error => void log.push(`failed: ${error}`),
    stats,
    source: more.source ?? {},
    timings: more.timings,
    wireTap: more.wireTap,
  })
  const parser = new FrameParser({ peerMasks: false, reservedBits: chain.reservedBits, opcodes: chain.opcodes }, reader, scalarMasker)
  const read = (...pieces: readonly Uint8Array[]): void => {
    for (const piece of pieces) parser.parse(piece)
  }
  return { read, log, stats }
}
