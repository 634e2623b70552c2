import { describe, expect, it } from 'vitest'
import { noOctets, type Octets } from '../../../src/bytes/octets.ts'
import type { ExtensionInstance, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { BegunMessage } from '../../../src/protocol/sending/begun-message.ts'
import { Piece } from '../../../src/protocol/sending/encode-piece.ts'
import { BeginJob, type EncodingTools, MessageJob, madeBy, PieceJob, PreparedJob } from '../../../src/protocol/sending/encoding-jobs.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { chainOf, outgoingFrames } from '../outgoing.ts'
import { octetsOf, summary } from '../wire.ts'

describe('MessageJob', () => {
  it('writes nothing before it is encoded, and then what the encoder emitted, in fragments', () => {
    const { tools, sent } = make(bracketing)
    const job = new MessageJob(tools, octets('ab'), false, {}, 3)
    job.encode()
    expect(sent()).toEqual([])
    job.write()
    expect(sent()).toEqual(['1-:<ab', '0:>.'])
  })

  it('writes the payload as it is where no encoder wants it', () => {
    const { tools, sent } = make(() => undefined)
    const job = new MessageJob(tools, octets('ab'), true, {}, 0)
    job.encode()
    job.write()
    expect(sent()).toEqual(['2:ab'])
  })

  it('counts as its payload length, or as two octets when empty', () => {
    const { tools } = make(bracketing)
    const counted = [octets('abc'), noOctets].map(payload => new MessageJob(tools, payload, true, {}, 0).octets)
    expect(counted).toEqual([3, 2])
  })

  it('refuses a payload that was transferred while it waited', () => {
    const { tools } = make(bracketing)
    const payload = octets('abc')
    const job = new MessageJob(tools, payload, true, {}, 0)
    structuredClone(payload, { transfer: [payload.buffer] })
    expect(() => job.encode()).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
  })
})

describe('BeginJob and PieceJob', () => {
  it('write a frame for each end of a frame, with the bits of the encoder on the first', () => {
    const { tools, sent } = make(bracketing)
    const message = new BegunMessage(false)
    const begin = new BeginJob(tools, message, false, {})
    begin.encode()
    begin.write()
    for (const [text, piece] of [
      ['a', Piece.Part],
      ['', Piece.Part],
      ['b', Piece.Frame],
      ['', Piece.Final],
    ] as const) {
      const job = new PieceJob(tools, message, octets(text), 0, piece)
      job.encode()
      job.write()
    }
    expect(sent()).toEqual(['1-:<a>', '0-:<b>!', '0:.'])
  })

  it('refuse a piece that was transferred while it waited', () => {
    const { tools } = make(bracketing)
    const payload = octets('abc')
    const job = new PieceJob(tools, new BegunMessage(false), payload, 0, Piece.Part)
    structuredClone(payload, { transfer: [payload.buffer] })
    expect(() => job.encode()).toThrow(expect.objectContaining({ name: 'ApiMisuse' }))
  })
})

describe('PreparedJob', () => {
  it('encodes once for all that send the message, and tells the extension each time', () => {
    let encoders = 0
    const { tools, sent, shared } = make(() => {
      encoders++
      return bracketing()
    })
    const message = new PreparedMessage(octets('a'), false, {})
    for (let times = 0; times < 2; times++) {
      const job = new PreparedJob(tools, message, 'key')
      job.encode()
      job.write()
    }
    expect({ sent: sent(), encoders, shared: shared() }).toEqual({ sent: ['1:<a>.', '1:<a>.'], encoders: 1, shared: 2 })
  })

  it('waits for an encoder that takes its time', async () => {
    const { tools, sent } = make(() => ({ ...bracketing(), end: async emit => void emit(octets('late')) }))
    const job = new PreparedJob(tools, new PreparedMessage(octets('a'), false, {}), 'key')
    await job.encode()
    job.write()
    expect(sent()).toEqual(['1:<a>late'])
  })
})

describe('madeBy', () => {
  it('makes the whole frame, and says whether an encoder had a part in it', () => {
    const message = new PreparedMessage(octets('a'), true, {})
    expect(madeBy(make(bracketing).tools, message)).toMatchObject({ first: 0xc2, payload: octets('<a>.'), isEncoded: true })
    expect(madeBy(make(() => undefined).tools, message)).toMatchObject({ first: 0x82, payload: octets('a'), isEncoded: false })
  })
})

/** Brackets each piece, and marks flush with `!` and the end with `.`. */
function bracketing(): MessageTransform {
  return {
    reserved: 4,
    write: (data, emit) => emit(Uint8Array.from([...octets('<'), ...data, ...octets('>')])),
    flush: emit => emit(octets('!')),
    end: emit => emit(octets('.')),
  }
}

function make(encoder: NonNullable<ExtensionInstance['encoder']>): { tools: EncodingTools; sent(): string[]; shared(): number } {
  let shared = 0
  const { clock, frames, sent } = outgoingFrames()
  const chain = chainOf({ reservedBits: 4, encoder, sharedWasSent: () => void shared++ })
  return { tools: { chain, frames, clock }, sent: () => summary(sent()), shared: () => shared }
}

function octets(text: string): Octets {
  return Uint8Array.from(octetsOf(text))
}
