import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import type { ExtensionInstance, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { BegunMessage } from '../../../src/protocol/sending/begun-message.ts'
import { Piece } from '../../../src/protocol/sending/encode-piece.ts'
import { EncodedMessages } from '../../../src/protocol/sending/encoded-messages.ts'
import { PreparedMessage } from '../../../src/protocol/sending/prepared-message.ts'
import { chainOf, outgoingFrames } from '../outgoing.ts'
import { octetsOf, summary } from '../wire.ts'

describe('EncodedMessages', () => {
  it('puts whole, prepared and begun messages through the encoder', () => {
    const { encoded, sent } = make(upperCase)
    const message = new BegunMessage(true)
    const taken = [
      encoded.putMessage(octets('abc'), false, {}, 2),
      encoded.putPrepared(new PreparedMessage(octets('d'), false, {}), 'x='),
      encoded.begin(message, {}),
      encoded.putPiece(message, octets('e'), 0, Piece.Frame),
      encoded.putPiece(message, octets('f'), 0, Piece.Final),
    ]
    expect({ taken, sent: sent() }).toEqual({ taken: [true, true, true, true, true], sent: ['1-:AB', '0:C', '1:D', '2-:E', '0:F'] })
  })

  it('keeps the order behind an encoder that takes its time, and copies small payloads that wait', async () => {
    const slow = later()
    const { encoded, sent } = make(slow.encoder)
    const [first, second] = [octets('a'), octets('b')]
    encoded.putMessage(first, false, {}, 0)
    encoded.putMessage(second, false, {}, 0)
    second.fill(0x78)
    expect({ isBusy: encoded.isBusy, octets: encoded.octets, sent: sent() }).toEqual({ isBusy: true, octets: 2, sent: [] })
    await slow.finish()
    await slow.finish()
    expect({ isBusy: encoded.isBusy, octets: encoded.octets, sent: sent() }).toEqual({ isBusy: false, octets: 0, sent: ['1:a', '1:b'] })
  })

  it('does not take a message whose encoder fails, and reports that', () => {
    const broken = new Error('broken')
    const { encoded, sent, failures } = make(() => {
      throw broken
    })
    expect({ taken: encoded.putMessage(octets('a'), false, {}, 0), sent: sent() }).toEqual({ taken: false, sent: [] })
    expect(failures).toEqual([expect.objectContaining({ cause: broken })])
  })

  it('throws misuse to the caller', () => {
    const { encoded, failures } = make(upperCase)
    const payload = octets('a')
    structuredClone(payload, { transfer: [payload.buffer] })
    const message = new PreparedMessage(octets('a'), false, {})
    expect(() => encoded.putPrepared({ ...message, payload, made: misuse } as unknown as PreparedMessage, 'x=')).toThrow(ApiMisuse)
    expect(failures).toEqual([])
  })

  it('forgets what waits when it is abandoned', async () => {
    const slow = later()
    const { encoded, sent } = make(slow.encoder)
    encoded.putMessage(octets('a'), false, {}, 0)
    encoded.abandon()
    await slow.finish()
    expect({ isBusy: encoded.isBusy, sent: sent() }).toEqual({ isBusy: false, sent: [] })
  })
})

function misuse(): never {
  throw new ApiMisuse('wrong')
}

function upperCase(): MessageTransform {
  return {
    reserved: 0,
    write: (piece, emit) => emit(piece.map(octet => octet - 32)),
    end: () => undefined,
  }
}

/** An encoder that changes nothing, and takes each message only when `finish` is called. */
function later() {
  const waiting: (() => void)[] = []
  const encoder = (): MessageTransform => ({
    reserved: 0,
    write: (piece, emit) => new Promise<void>(resolve => waiting.push(resolve)).then(() => emit(piece)),
    end: () => undefined,
  })
  const finish = async (): Promise<void> => {
    waiting.shift()?.()
    // The queue goes on in microtasks: all of them have run when the next turn begins.
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return { encoder, finish }
}

function make(encoder: NonNullable<ExtensionInstance['encoder']>) {
  const failures: unknown[] = []
  const { clock, frames, sent } = outgoingFrames()
  const events = {
    jobWritten: () => undefined,
    queueEmptied: () => undefined,
    encodingFailed: (error: unknown) => void failures.push(error),
  }
  const chain = chainOf({ reservedBits: 4, encoder })
  return { encoded: new EncodedMessages({ chain, frames, clock }, events), sent: () => summary(sent()), failures }
}

function octets(text: string): Octets {
  return Uint8Array.from(octetsOf(text))
}
