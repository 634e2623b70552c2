import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Awaitable } from '../../src/bytes/awaitable.ts'
import type { Emit, Octets } from '../../src/bytes/octets.ts'
import type { Extension, ExtensionInstance, ServerOptions } from '../../src/portable.ts'
import type { ExtensionLink, MessageTransform } from '../../src/protocol/extending/extension.ts'
import { PeerMisbehaved } from '../../src/protocol/faults/errors.ts'
import { fakeRuntime } from '../../src/testing/index.ts'
import { type Call, type OpenedServer, openServer, recording, ServerProtocol, settled } from './opened.ts'
import { closing, counting, frame, framesIn, summary, textOf } from './wire.ts'

/** The wait of an extension within one message that takes several turns of the event loop. */
type Wait = () => Awaitable<void>

describe('a decoder that takes several turns', () => {
  it('brings the same calls in the same order as one that takes none, however the octets are cut', async () => {
    const pieces = fc.array(fc.stringMatching(/^[a-z]{0,5}$/), { minLength: 1, maxLength: 3 })
    const unit = fc.oneof(
      fc.record({ pieces, encoded: fc.boolean() }),
      fc.constantFrom('ping').map(name => ({ ping: name })),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(unit, { maxLength: 6 }),
        fc.array(fc.nat(3), { minLength: 1 }),
        fc.integer({ min: 1, max: 30 }),
        async (units, turns, cut) => {
          const octets = units.flatMap(one =>
            'ping' in one
              ? [...frame(9, one.ping)]
              : one.pieces.flatMap((piece, i) => [...fragment(piece, i, one.pieces.length, one.encoded)]),
          )
          const calls: Call[][] = [[], []]
          for (const [which, inTurns] of [false, true].entries()) {
            let step = 0
            const wait: Wait = () => (inTurns ? microtasks(turns[step++ % turns.length]!) : undefined)
            const { stream, clock } = open({ decoder: () => doubling(wait) }, {}, recording('all', calls[which]!))
            for (let at = 0; at < octets.length; at += cut) stream.receive(octets.slice(at, at + cut))
            stream.receive(frame(8, closing(1000)))
            await settled(clock)
          }
          expect(calls[1]).toEqual(calls[0])
          expect(calls[1]!.at(-1)![0]).toBe('onCloseFrame')
        },
      ),
      { numRuns: 60 },
    )
  })

  it('finishes its message before octets are read that arrive within a hook', async () => {
    const calls: Call[] = []
    const opened: { stream?: OpenedServer<ServerProtocol>['stream'] } = {}
    const Answered = class extends recording('messages', calls) {
      override onMessageFrameEnd(): Awaitable<void> {
        const { stream } = opened
        delete opened.stream
        stream?.receive(frame(1, 'b'))
        return super.onMessageFrameEnd()
      }
    }
    const { stream, clock, protocol } = open({ decoder: () => doubling(() => microtasks(1)) }, {}, Answered)
    opened.stream = stream
    stream.receive(frame(1, 'a', { rsv: 4 }))
    await settled(clock)
    expect([protocol.isOpen, calls.filter(([name]) => name === 'onMessage').length]).toEqual([true, 2])
    expect(stream.isPaused).toBe(false)
  })

  it('has its peer closed with the code of what it rejects with, and nothing behind that is delivered', async () => {
    const calls: Call[] = []
    const decoder = () => doubling(() => Promise.reject(new PeerMisbehaved(1007, 'no')))
    const { stream, clock, protocol, errors } = open({ decoder }, {}, recording('messages', calls))
    stream.receive(frame(1, 'a', { rsv: 4 }), frame(1, 'b'))
    await settled(clock)
    expect(sentFrames(stream.sent())).toEqual(['8 1007 no'])
    expect({ isOpen: protocol.isOpen, errors, calls: calls.map(([name]) => name) }).toEqual({
      isOpen: false,
      errors: [],
      calls: ['onOpen'],
    })
  })

  it('ends the connection with 1011 where it is to blame itself', async () => {
    const broken = new Error('broken')
    const { stream, clock, errors } = open({ decoder: () => doubling(() => Promise.reject(broken)) })
    stream.receive(frame(1, 'a', { rsv: 4 }))
    await settled(clock)
    expect([sentFrames(stream.sent()), errors.map(({ cause }) => cause)]).toEqual([['8 1011 internal error'], [broken]])
  })

  it('refuses text that is not UTF-8 to its end', async () => {
    const cutOff = (): MessageTransform => ({
      reserved: 0,
      write: () => microtasks(1),
      end: emit => microtasks(1).then(() => emit(Uint8Array.of(0xe6))),
    })
    const { stream, clock } = open({ decoder: cutOff })
    stream.receive(frame(1, 'a', { rsv: 4 }))
    await settled(clock)
    expect(sentFrames(stream.sent())).toEqual(['8 1007 text message ends inside a UTF-8 sequence'])
  })

  it('is asked to wait while as much waits for the application as may be read ahead, so that nothing piles up before it', async () => {
    const calls: Call[] = []
    const gates: Gate[] = []
    const answer = (hook: string): Promise<void> | undefined => {
      if (hook !== 'onMessageFrameData') return undefined
      gates.push(gated())
      return gates.at(-1)!.promise
    }
    let emitted = 0
    const emitting: MessageTransform = {
      reserved: 0,
      write: async (_octets, emit) => {
        for (let piece = 0; piece < 5; piece++) {
          emitted++
          await emit(counting(70_000))
        }
      },
      end: () => undefined,
    }
    const { stream, clock } = open({ decoder: () => emitting }, {}, recording('streams', calls, answer))
    stream.receive(frame(2, 'a', { rsv: 4 }))
    for (let piece = 1; piece <= 5; piece++) {
      await settled(clock)
      const called = calls.filter(([hook]) => hook === 'onMessageFrameData').length
      expect([called, emitted]).toEqual([piece, Math.min(5, piece + 1)])
      gates.at(-1)!.resolves()
    }
    await settled(clock)
    expect(calls.at(-1)![0]).toBe('onMessageEnd')
  })

  for (const [tier, isKept, flushes] of [
    ['messages', true, 0],
    ['texts', true, 0],
    ['frames', true, 1],
    ['streams', false, 1],
    ['all', false, 1],
  ] as const) {
    it(`is told what becomes of its output and where frames end, by the hooks that are overridden: ${tier}`, async () => {
      const told: unknown[] = []
      const decoder = (_header: unknown, kept?: boolean): MessageTransform => {
        told.push(kept)
        return { reserved: 0, write: () => undefined, flush: () => void told.push('flush'), end: () => void told.push('end') }
      }
      const { stream, clock } = open({ decoder }, {}, recording(tier, []))
      stream.receive(frame(1, 'a', { fin: false, rsv: 4 }), frame(0, 'b'))
      await settled(clock)
      expect(told).toEqual([isKept, ...Array(flushes).fill('flush'), 'end'])
    })
  }

  it('delivers nothing any more when the connection is dropped meanwhile; a fault of its own is reported all the same', async () => {
    for (const outcome of ['resolves', 'rejects'] as const) {
      const calls: Call[] = []
      const gate = gated()
      const decoder = () => doubling(() => gate.promise)
      const { stream, clock, protocol, errors } = open({ decoder }, {}, recording('messages', calls))
      stream.receive(frame(1, 'a', { rsv: 4 }), frame(1, 'b'))
      protocol.dropConnection({ abort: true })
      gate[outcome]()
      await settled(clock)
      expect([calls.map(([name]) => name), errors.map(({ cause }) => cause)]).toEqual([
        ['onOpen', 'onClose'],
        outcome === 'resolves' ? [] : [new Error('too late')],
      ])
    }
  })

  it('stops the transport while it works, and lets it go on afterwards', async () => {
    const gate = gated()
    const { stream, clock } = open({ decoder: () => doubling(() => gate.promise) })
    stream.receive(frame(1, 'a', { rsv: 4 }))
    expect(stream.isPaused).toBe(false)
    stream.receive(frame(1, 'b'))
    expect(stream.isPaused).toBe(true)
    gate.resolves()
    await settled(clock)
    expect(stream.isPaused).toBe(false)
  })
})

describe('an encoder that takes several turns', () => {
  it('counts empty messages that wait, so that a flood of them is bounded', async () => {
    const { clock, protocol } = open({ encoder: () => doubling(() => microtasks(1)) }, { maxUnsentSize: 100, unsentPolicy: 'skip' })
    for (let sent = 0; sent < 1000; sent++) protocol.sendMessage('')
    expect(protocol.trafficStats.outgoingMessagesNotSent).toBeGreaterThan(900)
    await settled(clock)
    expect(protocol.bufferedAmount).toBe(0)
  })

  it('fails the connection where a message that waits for it is detached, and sends nothing of it', async () => {
    const { stream, clock, protocol, errors } = open({ encoder: () => doubling(() => microtasks(1)) })
    const octets = new Uint8Array(10_000)
    protocol.sendMessage('a')
    protocol.sendMessage(octets)
    structuredClone(octets, { transfer: [octets.buffer] })
    await settled(clock)
    expect(errors).toEqual([expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining('was detached') })])
    expect(summary(stream.sent())).toEqual([expect.stringMatching(/^1.*:aa\.$/), '8:1011 internal error'])
  })

  it('sends the same frames as one that takes none, in the order of sending, however they are sent', async () => {
    const way = fc.record({
      how: fc.constantFrom('message', 'plain', 'fragments', 'frames', 'stream', 'prepared', 'broadcast' as const),
      text: fc.stringMatching(/^[a-z]{0,9}$/),
      pause: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(way, { maxLength: 8 }), fc.array(fc.nat(3), { minLength: 1 }), async (ways, turns) => {
        const sent: string[][] = []
        for (const inTurns of [false, true]) {
          let step = 0
          const wait: Wait = () => (inTurns ? microtasks(turns[step++ % turns.length]!) : undefined)
          const { stream, clock, protocol } = open({
            encoder: ({ options }) => (options.doNotCompress ? undefined : doubling(wait)),
            cacheKey: 'k',
          })
          for (const { how, text, pause } of ways) {
            send(protocol, how, text)
            if (pause) await settled(clock)
          }
          protocol.sendClose(1000)
          await settled(clock)
          expect(protocol.bufferedAmount).toBe(0)
          sent.push(sentFrames(stream.sent()))
        }
        expect(sent[1]).toEqual(sent[0])
        expect(sent[1]!.at(-1)).toBe('8 1000')
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what the caller may change as soon as it was sent', async () => {
    const gate = gated()
    const { stream, clock, protocol } = open({ encoder: () => doubling(() => gate.promise) })
    const payload = Uint8Array.from(Buffer.from('ab'))
    protocol.sendMessage('first')
    protocol.sendMessage(payload, false)
    payload.fill(0)
    gate.resolves()
    await settled(clock)
    expect(sentFrames(stream.sent())).toEqual(['1 rsv4 ffiirrsstt.', '1 rsv4 aabb.'])
  })

  it('lets control frames pass, but for the close frame, and counts what waits', async () => {
    const gate = gated()
    const { stream, clock, protocol } = open({ encoder: () => doubling(() => gate.promise) })
    protocol.sendMessage('abc')
    protocol.sendMessage('de')
    protocol.sendPing(Uint8Array.of(33))
    expect(protocol.bufferedAmount).toBe(5 + 3)
    protocol.sendClose(1000)
    expect(sentFrames(stream.sent())).toEqual(['9 !'])
    gate.resolves()
    await settled(clock)
    expect(sentFrames(stream.sent())).toEqual(['1 rsv4 aabbcc.', '1 rsv4 ddee.', '8 1000'])
  })

  it('calls onDrain for callers that were told to stop', async () => {
    let drains = 0
    const Draining = class extends ServerProtocol {
      override onDrain(): void {
        drains++
      }
    }
    const gate = gated()
    const { clock, protocol } = open({ encoder: () => doubling(() => gate.promise) }, { sendHighWaterMark: 5 }, Draining)
    expect({ first: protocol.sendMessage('abc'), second: protocol.sendMessage('def'), isWritable: protocol.isWritable }).toEqual({
      first: true,
      second: false,
      isWritable: false,
    })
    await settled(clock)
    expect(drains).toBe(0)
    gate.resolves()
    await settled(clock)
    expect([drains, protocol.isWritable]).toEqual([1, true])
  })

  it('ends the connection with 1011 where it fails, and loses what waits', async () => {
    const broken = new Error('broken')
    const { stream, clock, protocol, errors } = open({ encoder: () => doubling(() => Promise.reject(broken)) })
    protocol.sendMessage('a')
    protocol.sendMessage('b')
    await settled(clock)
    expect({ frames: sentFrames(stream.sent()), causes: errors.map(({ cause }) => cause), isOpen: protocol.isOpen }).toEqual({
      frames: ['8 1011 internal error'],
      causes: [broken],
      isOpen: false,
    })
  })

  it('sends nothing any more when the connection fails meanwhile, and is not heard', async () => {
    const gate = gated()
    const { stream, clock, protocol, errors } = open({ encoder: () => doubling(() => gate.promise) })
    protocol.sendMessage('a')
    protocol.sendMessage('b')
    protocol.failConnection(1008, 'enough')
    gate.rejects()
    await settled(clock)
    expect([sentFrames(stream.sent()), errors]).toEqual([['8 1008 enough'], []])
  })

  it('makes a prepared message once, for all who wait for it; one that failed is made again', async () => {
    let made = 0
    const gates = [gated(), gated()]
    // it is waited for twice in each message
    const encoder = () => doubling(() => gates[Math.min(made++ >> 1, 1)]!.promise)
    const { stream, clock, protocol, factory } = open({ encoder, cacheKey: 'k' })
    const message = factory.prepareMessage('a')
    protocol.sendPreparedMessage(message)
    protocol.sendPreparedMessage(message)
    gates[0]!.resolves()
    await settled(clock)
    expect(sentFrames(stream.sent())).toEqual(['1 rsv4 aa.', '1 rsv4 aa.'])
    expect(made).toBe(2)
    const other = factory.prepareMessage('b')
    protocol.sendPreparedMessage(other)
    gates[1]!.rejects()
    await settled(clock)
    expect(protocol.isOpen).toBe(false)
    const again = open({ encoder: () => doubling(() => undefined), cacheKey: 'k' })
    again.protocol.sendPreparedMessage(other)
    expect(sentFrames(again.stream.sent())).toEqual(['1 rsv4 bb.'])
  })

  for (const call of ['write', 'end'] as const) {
    for (const isPromise of [false, true]) {
      it(`is named where it emits after ${call} ${isPromise ? 'has resolved' : 'has returned'}, and no other message has these octets`, async () => {
        const late: (() => void)[] = []
        const emitLater = (emit: Emit): Awaitable<void> => {
          late.push(() => void emit(Uint8Array.of(33)))
          return isPromise ? microtasks(1) : undefined
        }
        const encoder = (): MessageTransform => ({
          reserved: 4,
          write: (octets, emit) => {
            emit(octets)
            return call === 'write' ? emitLater(emit) : undefined
          },
          end: emit => (call === 'end' ? emitLater(emit) : undefined),
        })
        const { stream, clock, protocol } = open({ encoder })
        protocol.sendMessage('a')
        await settled(clock)
        protocol.sendMessage('b')
        expect(late[0]).toThrow(
          expect.objectContaining({
            name: 'ApiMisuse',
            message: 'extension x: its encoder emits before write, flush and end are done, and not later',
          }),
        )
        await settled(clock)
        expect(sentFrames(stream.sent())).toEqual(['1 rsv4 a', '1 rsv4 b'])
      })
    }
  }

  it('gets large messages in slices, without waiting for all of them', async () => {
    const sizes: number[] = []
    const encoder = (): MessageTransform => ({
      reserved: 4,
      write: (octets, emit) => {
        sizes.push(octets.length)
        emit(octets)
      },
      end: () => undefined,
    })
    const { stream, clock, protocol } = open({ encoder })
    const payload = counting(150_000)
    protocol.sendMessage(payload)
    await settled(clock)
    expect(sizes).toEqual([65_536, 65_536, 18_928])
    expect(Buffer.compare(Uint8Array.from(framesIn(stream.sent())[0]!.payload), payload)).toBe(0)
  })
})

describe('an extension with frames of its own', () => {
  function openWith(instance: Partial<ExtensionInstance>, calls: Call[] = []): OpenedServer<ServerProtocol> {
    const whole: ExtensionInstance = { reservedBits: 2, opcodes: [3, 11], close: () => {}, ...instance }
    const extension: Extension = { name: 'x', accept: () => ({ parameters: new Map(), instance: whole }) }
    return openServer(recording('messages', calls), { extensions: [extension] }, fakeRuntime(), false, 'Sec-WebSocket-Extensions: x\r\n')
  }

  it('receives and sends them from the opening on, and the application does not hear of them', async () => {
    const calls: Call[] = []
    let link: ExtensionLink | undefined
    const got: string[] = []
    const { stream, clock } = openWith(
      {
        opened: given => {
          link = given
          link.sendFrame(3, Uint8Array.from(Buffer.from('hi')))
        },
        onFrame: async (header, payload) => {
          got.push(`${header.opcode} ${header.reserved} ${textOf(payload)}`)
          link!.sendFrame(11, payload, { reserved: 2 })
        },
      },
      calls,
    )
    stream.receive(frame(1, 'm', { fin: false }), frame(11, 'a', { rsv: 2 }), frame(0, 'n'), frame(3, 'b'))
    await settled(clock)
    expect(got).toEqual(['11 2 a', '3 0 b'])
    expect(sentFrames(stream.sent())).toEqual(['3 hi', '11 rsv2 a', '11 rsv2 b'])
    expect(calls.map(([name]) => name)).toEqual(['onOpen', 'onMessage'])
  })

  it('leaves them to the application where it has no onFrame', async () => {
    const { stream, clock, protocol } = openWith({})
    const got: number[] = []
    protocol.onFrame = ({ opcode }) => void got.push(opcode)
    stream.receive(frame(3, 'a'))
    await settled(clock)
    expect(got).toEqual([3])
  })

  it('has frames without FIN where the application asks for them, by either name', () => {
    const { stream, protocol } = openWith({})
    protocol.sendFrame(3, undefined, { final: false })
    protocol.sendFrame(3, undefined, { isFinal: false })
    protocol.sendFrame(3, undefined, { reserved: 2 })
    expect(sentFrames(stream.sent())).toEqual(['3-', '3-', '3 rsv2'])
  })

  it('sends nothing that it has not claimed, and nothing once the connection is closing', async () => {
    let link: ExtensionLink | undefined
    const { protocol } = openWith({
      opened: given => {
        link = given
      },
    })
    expect(() => link!.sendFrame(4)).toThrow('extension x: sendFrame with opcode 4, which it does not claim')
    expect(() => link!.sendFrame(3, undefined, { reserved: 4 })).toThrow(
      'extension x: sendFrame with reserved bits 4, of which it claims 2',
    )
    protocol.sendClose()
    expect(link!.sendFrame(3)).toBe(false)
  })

  it('has the peer closed with the code of what its onFrame throws, now or later', async () => {
    for (const onFrame of [
      () => {
        throw new PeerMisbehaved(1008, 'no such time')
      },
      () => Promise.reject(new PeerMisbehaved(1008, 'no such time')),
    ]) {
      const { stream, clock, errors } = openWith({ onFrame })
      stream.receive(frame(3, 'a'))
      await settled(clock)
      expect([sentFrames(stream.sent()), errors]).toEqual([['8 1008 no such time'], []])
    }
  })

  for (const [member, instance] of [
    ['onFrame', { onFrame: () => fail() }],
    ['opened', { opened: () => fail() }],
    ['check', { check: () => fail() }],
    ['decoder', { decoder: () => fail() }],
    ['decoder', { decoder: () => ({ reserved: 0, write: () => fail(), end: () => undefined }) }],
    ['decoder', { decoder: () => ({ reserved: 0, write: async () => fail(), end: () => undefined }) }],
    ['encoder', { encoder: () => fail() }],
    ['encoder', { encoder: () => ({ reserved: 2, write: () => fail(), end: () => undefined }) }],
    ['encoder', { encoder: () => ({ reserved: 2, write: async () => fail(), end: () => undefined }) }],
    ['close', { close: () => fail() }],
  ] as const) {
    it(`is named with the member that fails: ${member}`, async () => {
      const { stream, clock, protocol, errors } = openWith(instance as Partial<ExtensionInstance>)
      if (protocol.isOpen) stream.receive(frame(3, 'a'), frame(1, 'b', { rsv: 2 }))
      if (protocol.isOpen) protocol.sendMessage('c')
      if (member === 'close') protocol.dropConnection({ abort: true })
      await settled(clock)
      expect(errors[0]).toMatchObject({ message: `extension x failed in its ${member}: broken`, cause: new Error('broken') })
    })
  }
})

function fail(): never {
  throw new Error('broken')
}

/** A server with an extension that claims RSV1. */
function open(
  transforms: Pick<ExtensionInstance, 'encoder' | 'decoder' | 'cacheKey'>,
  options: Partial<ServerOptions> = {},
  protocol: new () => ServerProtocol = ServerProtocol,
): OpenedServer<ServerProtocol> {
  const instance: ExtensionInstance = { reservedBits: 4, opcodes: [], close: () => {}, ...transforms }
  if (instance.decoder !== undefined) {
    const { decoder } = instance
    instance.decoder = (header, isKept) => (header.reserved === 4 ? decoder(header, isKept) : undefined)
  }
  const extension: Extension = { name: 'x', accept: () => ({ parameters: new Map(), instance }) }
  return openServer(protocol, { ...options, extensions: [extension] }, fakeRuntime(), true, 'Sec-WebSocket-Extensions: x\r\n')
}

/** Each octet twice, and a full stop at the end; before each it waits, with a copy of what it was lent. */
function doubling(wait: Wait): MessageTransform {
  const after = (emission: Octets, emit: (octets: Octets) => void): Awaitable<void> => {
    const waiting = wait()
    if (waiting === undefined) return emit(emission)
    return waiting.then(() => emit(emission))
  }
  return {
    reserved: 4,
    write: (octets, emit) => after(Uint8Array.from([...octets].flatMap(octet => [octet, octet])), emit),
    flush: emit => after(Uint8Array.from(Buffer.from('!')), emit),
    end: emit => after(Uint8Array.from(Buffer.from('.')), emit),
  }
}

function fragment(piece: string, i: number, of: number, isEncoded: boolean): Octets {
  return frame(i === 0 ? 1 : 0, piece, { fin: i === of - 1, rsv: isEncoded && i === 0 ? 4 : 0 })
}

function send(protocol: ServerProtocol, how: string, text: string): void {
  const octets = Uint8Array.from(Buffer.from(text))
  if (how === 'message') protocol.sendMessage(text)
  else if (how === 'plain') protocol.sendMessage(text, false, { doNotCompress: true })
  else if (how === 'fragments') protocol.sendMessage(text, false, { fragmentSize: 3 })
  else if (how === 'prepared') protocol.sendPreparedMessage(protocol.factory.prepareMessage(text))
  else if (how === 'broadcast') protocol.factory.broadcast(text)
  else {
    protocol.beginMessage(false, how === 'stream' ? { doNotCompress: text.length > 5 } : {})
    if (how === 'stream') {
      protocol.beginMessageFrame(octets.length, { reserved: 4 })
      protocol.sendMessageFrameData(octets.subarray(0, 2))
      protocol.sendMessageFrameData(octets.subarray(2))
    } else {
      protocol.sendMessageFrame(octets)
      protocol.sendMessageFrame(octets)
    }
    protocol.endMessage()
  }
}

function sentFrames(octets: Octets): string[] {
  return framesIn(octets).map(({ opcode, isFinal, reserved, payload }) => {
    const [high, low, ...reason] = payload
    const text = opcode === 8 ? `${high! * 256 + low!} ${textOf(reason)}` : textOf(payload)
    return `${opcode}${isFinal ? '' : '-'}${reserved === 0 ? '' : ` rsv${reserved}`} ${text}`.trim()
  })
}

interface Gate {
  readonly promise: Promise<void>
  resolves(): void
  rejects(): void
}

function gated(): Gate {
  let resolves = (): void => {}
  let reject = (_error: Error): void => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolves = onResolve
    reject = onReject
  })
  promise.catch(() => {})
  return { promise, resolves: () => resolves(), rejects: () => reject(new Error('too late')) }
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined
}
