import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joined } from '../../src/bytes/octets.ts'
import type { Octets, WebSocketProtocol } from '../../src/portable.ts'
import {
  type Call,
  ClientProtocol,
  openClient,
  openServer,
  recording,
  recordingClient,
  ServerProtocol,
  settled,
  type Tier,
  tiers,
} from './opened.ts'
import { closing, counting, type Frame, frame, framesIn, octetsOf, plain } from './wire.ts'

const tierNames = Object.keys(tiers) as Tier[]

describe('however a legal stream is cut', () => {
  for (const tier of tierNames) {
    it(`the same hooks are called with the same arguments: ${tier}`, () => {
      fc.assert(
        fc.property(legalStream, cuts, (stream, cuts) => {
          expect(callsFor(tier, cutUp(stream, cuts))).toEqual(callsFor(tier, [stream]))
        }),
        { numRuns: 60 },
      )
    })

    it(`also octet by octet: ${tier}`, () => {
      fc.assert(
        fc.property(legalStream, stream => {
          expect(
            callsFor(
              tier,
              Array.from(stream, octet => [octet]),
            ),
          ).toEqual(callsFor(tier, [stream]))
        }),
        { numRuns: 20 },
      )
    })

    it(`and however slow the hooks are: ${tier}`, async () => {
      await fc.assert(
        fc.asyncProperty(legalStream, cuts, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), async (stream, cuts, slow) => {
          const calls: Call[] = []
          let turn = 0
          const opened = openServer(recording(tier, calls, () => (slow[turn++ % slow.length] ? Promise.resolve() : undefined)))
          for (const piece of cutUp(stream, cuts)) opened.stream.receive(piece)
          for (let turns = -1; turns < calls.length; ) {
            turns = calls.length
            await settled(opened.clock)
          }
          expect(withJoinedData(calls)).toEqual(callsFor(tier, [stream]))
        }),
        { numRuns: 25 },
      )
    })
  }
})

describe('a protocol that wants text as strings', () => {
  it('gets what one without gets as octets, however the stream is cut', () => {
    fc.assert(
      fc.property(legalStream, cuts, (stream, cuts) => {
        expect(messagesIn(callsFor('texts', cutUp(stream, cuts)), 'texts')).toEqual(messagesIn(callsFor('messages', [stream]), 'messages'))
      }),
      { numRuns: 100 },
    )
  })

  it('is told of no text that one without is not told of, whatever the octets are', () => {
    const octets = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0xc3, 0xe2, 0xed, 0xef, 0xf0, 0x80, 0xbf, 0xbd)), { maxLength: 60 })
    fc.assert(
      fc.property(octets, cuts, (payload, cuts) => {
        const stream = frame(1, payload)
        const [strings, arrays] = (['texts', 'messages'] as const).map(tier => callsFor(tier, cutUp(stream, cuts)))
        expect(messagesIn(strings!, 'texts')).toEqual(messagesIn(arrays!, 'messages'))
      }),
      { numRuns: 500 },
    )
  })
})

describe('what is sent', () => {
  for (const isServer of [true, false]) {
    it(`arrives as it was, in whatever tier it was sent and received: ${isServer ? 'server to client' : 'client to server'}`, () => {
      fc.assert(
        fc.property(
          fc.array(sentMessage, { maxLength: 4 }),
          fc.constantFrom(...tierNames),
          fc.boolean(),
          cuts,
          (messages, tier, mask, cuts) => {
            const sender = isServer
              ? openServer(ServerProtocol, { maskServerFrames: mask })
              : openClient(ClientProtocol, { maskClientFrames: mask })
            const before = messages.map(message => message.pieces.map(digest))
            for (const message of messages) send(sender.protocol, message)
            const wire = sender.stream.sent()
            const calls: Call[] = []
            const receiver = isServer
              ? openClient(recordingClient(tier, calls), { acceptMaskedServerFrames: true })
              : openServer(recording(tier, calls), { requireMaskedClientFrames: mask })
            for (const piece of cutUp(wire, cuts)) receiver.stream.receive(piece)
            expect(messagesIn(calls, tier)).toEqual(messages.map(({ isBinary, pieces }) => [isBinary, digest(joined(pieces))]))
            expect(messages.map(message => message.pieces.map(digest))).toEqual(before)
          },
        ),
        { numRuns: 25 },
      )
    })
  }

  it('is the same as text and as its octets', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, fc.boolean(), fc.boolean()), { maxLength: 6 }), fc.boolean(), (messages, masks) => {
        const [asText, asOctets] = [false, true].map(encodes => {
          const { protocol, stream } = openClient(ClientProtocol, { maskClientFrames: masks })
          for (const [message, isBinary, isCut] of messages) {
            const options = isCut ? { fragmentSize: 1000 } : {}
            protocol.sendMessage(encodes ? Uint8Array.from(octetsOf(message)) : message, isBinary, options)
          }
          return { frames: framesIn(stream.sent()).map(shapeOf), stats: { ...protocol.trafficStats } }
        })
        expect(asText).toEqual(asOctets)
      }),
      { numRuns: 100 },
    )
  })

  it('keeps its size and content at each boundary of the length field and of the buffers', () => {
    for (const size of [0, 1, 125, 126, 127, 8191, 8192, 8193, 16383, 16384, 16385, 65535, 65536, 70000]) {
      for (const masks of [true, false]) {
        const { protocol, stream } = openClient(ClientProtocol, { maskClientFrames: masks })
        protocol.sendMessage(counting(size))
        const [sent, ...others] = framesIn(stream.sent())
        expect(others).toEqual([])
        expect({ opcode: sent!.opcode, isFinal: sent!.isFinal, isMasked: sent!.key !== undefined }).toEqual({
          opcode: 2,
          isFinal: true,
          isMasked: masks,
        })
        expect(digest(sent!.payload)).toBe(digest(counting(size)))
      }
    }
  })
})

describe('any mutation of a legal stream', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  beforeAll(() => void process.on('unhandledRejection', note))
  afterAll(() => void process.off('unhandledRejection', note))

  for (const isServer of [true, false]) {
    it(`ends in silence or in a close code, never in an exception: ${isServer ? 'server' : 'client'}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          legalStream,
          fc.array(mutation, { minLength: 1, maxLength: 4 }),
          cuts,
          fc.boolean(),
          async (stream, mutations, cuts, slow) => {
            const calls: Call[] = []
            const answer = slow ? (hook: string) => (hook === 'onMessage' ? Promise.resolve() : undefined) : undefined
            const opened = isServer ? openServer(recording('all', calls, answer)) : openClient(recordingClient('all', calls, answer))
            const mutated = mutations.reduce(mutate, [...(isServer ? stream : unmasked(stream))])
            for (const piece of cutUp(Uint8Array.from(mutated), cuts)) opened.stream.receive(piece)
            if (slow) await settled(opened.clock)
            opened.stream.receiveEnd()
            if (slow) await settled(opened.clock)
            opened.clock.advance(60_000)
            expect(opened.errors).toEqual([])
            const codes = framesIn(opened.stream.sent())
              .filter(({ opcode }) => opcode === 8)
              .map(({ payload }) => (payload.length === 0 ? 0 : payload[0]! * 256 + payload[1]!))
            expect(codes.length).toBeLessThan(2)
            for (const code of codes) expect(answers.has(code) || isLegal(code), `close code ${code}`).toBe(true)
            expect(calls.filter(([hook]) => hook === 'onClose').length).toBe(1)
            expect(opened.clock.pending).toBe(0)
          },
        ),
        { numRuns: 150 },
      )
      await new Promise(resolve => setImmediate(resolve))
      expect(unhandled).toEqual([])
    })
  }
})

/** Codes that we answer faults with; others are echoes of the peer's, and 0 stands for none. */
const answers = new Set([0, 1002, 1007, 1009])

function isLegal(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
}

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map(octetsOf)
const binary = fc.uint8Array({ maxLength: 300 }).map(octets => [...octets])
const key = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
const control = fc
  .tuple(fc.constantFrom(9, 10), fc.uint8Array({ maxLength: 125 }), key)
  .map(([opcode, payload, key]) => frame(opcode, payload, { key }))

/** One message in fragments, with control frames between them. */
const message = fc
  .tuple(
    fc.oneof(
      text.map(payload => ({ opcode: 1, payload })),
      binary.map(payload => ({ opcode: 2, payload })),
    ),
    fc.array(fc.nat(300), { maxLength: 4 }),
    fc.array(control, { maxLength: 3 }),
    key,
  )
  .map(([{ opcode, payload }, cuts, controls, key]) => {
    const fragments = cutUp(Uint8Array.from(payload), cuts.length === 0 ? [] : [0, ...cuts])
    if (fragments.length === 0) fragments.push(new Uint8Array(0))
    return fragments.flatMap((fragment, at) => [
      frame(at === 0 ? opcode : 0, fragment, { fin: at === fragments.length - 1, key }),
      ...controls.slice(at, at + 1),
    ])
  })

const close = fc.constantFrom([], [frame(8, [])], [frame(8, closing(1000, 'bye'))], [frame(8, closing(4999))])

/** The messages and frames that a client may send. */
const legalStream: fc.Arbitrary<Octets> = fc
  .tuple(
    fc.array(
      fc.oneof(
        message,
        control.map(one => [one]),
      ),
      { maxLength: 6 },
    ),
    close,
  )
  .map(([frames, close]) => Uint8Array.from([...frames.flat(), ...close].flatMap(octets => [...octets])))

const cuts = fc.array(fc.nat(2000), { maxLength: 8 })

type Mutation = readonly [kind: 'flip' | 'insert' | 'delete' | 'cut', at: number, octet: number]
const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom('flip', 'insert', 'delete', 'cut'),
  fc.nat(2000),
  fc.integer({ min: 1, max: 255 }),
)

function mutate(octets: number[], [kind, at, octet]: Mutation): number[] {
  const where = octets.length === 0 ? 0 : at % octets.length
  if (kind === 'cut') return octets.slice(0, where)
  if (kind === 'insert') return [...octets.slice(0, where), octet, ...octets.slice(where)]
  if (kind === 'delete') return [...octets.slice(0, where), ...octets.slice(where + 1)]
  return octets.map((old, position) => (position === where ? old ^ octet : old))
}

interface SentMessage {
  readonly how: 'message' | 'fragments' | 'prepared' | 'frames' | 'final frames' | 'streams' | 'final streams'
  readonly isBinary: boolean
  readonly pieces: readonly Octets[]
}

/** UTF-16 of any kind and of lengths around the steps of the length field; lone surrogates among it. */
const anyText = fc
  .tuple(fc.array(fc.oneof(fc.nat(127), fc.nat(0x7ff), fc.nat(0xffff)), { maxLength: 130 }), fc.constantFrom(1, 1, 1, 30, 600))
  .map(([units, times]) => String.fromCharCode(...units).repeat(times))

const sizes = fc.oneof(
  { arbitrary: fc.nat(200), weight: 5 },
  fc.constantFrom(125, 126, 8191, 8192, 16384, 65535, 65536, 70000),
  fc.nat(20000),
)
const sentMessage: fc.Arbitrary<SentMessage> = fc.record({
  how: fc.constantFrom<SentMessage['how'][]>('message', 'fragments', 'prepared', 'frames', 'final frames', 'streams', 'final streams'),
  isBinary: fc.boolean(),
  pieces: fc.array(sizes.map(ascii), { maxLength: 3 }),
})

function send(protocol: WebSocketProtocol, { how, isBinary, pieces }: SentMessage): void {
  if (how === 'message') protocol.sendMessage(joined(pieces), isBinary)
  else if (how === 'fragments') protocol.sendMessage(joined(pieces), isBinary, { fragmentSize: 1000 })
  else if (how === 'prepared') protocol.sendPreparedMessage(protocol.factory.prepareMessage(joined(pieces), isBinary))
  else sendInPieces(protocol, how, isBinary, pieces)
}

function sendInPieces(protocol: WebSocketProtocol, how: SentMessage['how'], isBinary: boolean, pieces: readonly Octets[]): void {
  protocol.beginMessage(isBinary)
  for (const [at, piece] of pieces.entries()) {
    const final = how.startsWith('final') && at === pieces.length - 1
    if (how.endsWith('frames')) {
      protocol.sendMessageFrame(piece, { final })
    } else {
      protocol.beginMessageFrame(piece.length, { final })
      const middle = Math.floor(piece.length / 3)
      if (piece.length > 0) expect(protocol.sendMessageFrameData(piece.subarray(0, middle))).toBe(piece.length - middle)
      if (piece.length > 0) expect(protocol.sendMessageFrameData(piece.subarray(middle))).toBe(0)
    }
  }
  if (!how.startsWith('final') || pieces.length === 0) protocol.endMessage()
}

function ascii(length: number): Octets {
  return counting(length).map(octet => octet & 127)
}

function callsFor(tier: Tier, pieces: readonly (Octets | readonly number[])[]): Call[] {
  const calls: Call[] = []
  const { stream, clock } = openServer(recording(tier, calls))
  stream.receive(...pieces)
  clock.flush()
  return withJoinedData(calls)
}

/** Counts the calls without data: the number of pieces depends on the cuts, the data does not. */
function withJoinedData(calls: readonly Call[]): Call[] {
  const merged: Call[] = []
  for (const call of calls) {
    const last = merged.at(-1)
    if (call[0] === 'onMessageFrameData' && last?.[0] === 'onMessageFrameData') {
      merged[merged.length - 1] = ['onMessageFrameData', [...(last[1] as number[]), ...(call[1] as number[])]]
    } else {
      merged.push(call)
    }
  }
  return merged
}

/** The received messages, put together from the hooks of any tier. */
function messagesIn(calls: readonly Call[], tier: Tier): [isBinary: boolean, digest: string][] {
  if (tier === 'messages' || tier === 'texts' || tier === 'all') {
    const whole = calls.filter(([hook]) => hook === 'onMessage' || hook === 'onTextMessage')
    return whole.map(([, payload, isBinary]) => [isBinary === true, digest(octetsOf(payload as string | number[]))])
  }
  const messages: [boolean, string][] = []
  let isBinary = false
  let octets: number[] = []
  for (const [hook, first] of calls) {
    if (hook === 'onMessageBegin') [isBinary, octets] = [first as boolean, []]
    if (hook === 'onMessageFrame' || hook === 'onMessageFrameData') octets = octets.concat(first as number[])
    if (hook === 'onMessageEnd') messages.push([isBinary, digest(octets)])
  }
  return messages
}

function shapeOf({ opcode, isFinal, reserved, key, payload }: Frame): unknown[] {
  return [opcode, isFinal, reserved, key !== undefined, digest(payload)]
}

/** Long arrays make `toEqual` slow: their length and a checksum (FNV-1a) compare as well. */
function digest(octets: readonly number[] | Octets): string {
  let hash = 0x811c9dc5
  for (const octet of octets) hash = Math.imul(hash ^ octet, 0x01000193)
  return `${octets.length} octets ${hash >>> 0}`
}

/** Pieces of a whole, cut at positions that are taken as they come. */
function cutUp(whole: Octets, cuts: readonly number[]): Octets[] {
  const positions = cuts.map(cut => cut % (whole.length + 1)).sort((one, other) => one - other)
  return [0, ...positions].map((from, at) => whole.slice(from, positions[at] ?? whole.length))
}

/** The frames of a server: the same without their masks. */
function unmasked(stream: Octets): number[] {
  return framesIn(stream).flatMap(({ opcode, isFinal, payload }) => [...plain(opcode, payload, { fin: isFinal })])
}
