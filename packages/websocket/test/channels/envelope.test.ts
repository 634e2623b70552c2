import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import { webText } from '../../src/bytes/text.ts'
import { type Envelope, readEnvelope, writeEnvelope } from '../../src/channels/envelope.ts'
import { PreparedFrame } from '../../src/protocol/extending/prepared-frame.ts'
import { PreparedMessage } from '../../src/protocol/sending/prepared-message.ts'

describe('writeEnvelope and readEnvelope', () => {
  it('are the inverse of each other, for messages', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.string(),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (octets, words, isBinary, doNotCompress, skipsSlow) => {
          const payload = isBinary ? octets : webText.encode(words)
          const { message, ...others } = read(
            writeEnvelope({ message: new PreparedMessage(payload, isBinary, { doNotCompress }), skipsSlow }),
          )
          expect(others).toEqual({ skipsSlow })
          expect(message).toMatchObject({ isBinary, options: doNotCompress ? { doNotCompress } : {} })
          expect([...message.payload]).toEqual([...payload])
        },
      ),
    )
  })

  it('are the inverse of each other, for frames', () => {
    const frame = new PreparedFrame(3, Uint8Array.of(1, 2), { final: false, reserved: 5 })
    const { message, skipsSlow } = read(writeEnvelope({ message: frame, skipsSlow: true }))
    expect(message).toBeInstanceOf(PreparedFrame)
    expect({ frame: message, skipsSlow }).toEqual({ frame, skipsSlow: true })
  })

  it('do not copy the payload of a message that is read', () => {
    const octets = Uint8Array.of(2, 7, 8)
    expect(read(octets).message.payload.buffer).toBe(octets.buffer)
  })
})

describe('writeEnvelope', () => {
  it('writes one octet before the payload of a message, and two before that of a frame', () => {
    const written = (message: Envelope['message'], skipsSlow: boolean): number[] => [...writeEnvelope({ message, skipsSlow })]
    expect(written(new PreparedMessage(Uint8Array.of(65), false, {}), false)).toEqual([0x01, 65])
    expect(written(new PreparedMessage(Uint8Array.of(65), true, { doNotCompress: true }), true)).toEqual([0x32, 65])
    expect(written(new PreparedFrame(3, Uint8Array.of(65)), false)).toEqual([0x03, 0x83, 65])
  })
})

describe('readEnvelope', () => {
  for (const { octets, closeCode, message } of [
    { octets: [], closeCode: 1002, message: 'what came over the bus for "room" is not a broadcast: it is empty' },
    { octets: [0x00], closeCode: 1002, message: 'there is no kind 0' },
    { octets: [0x04, 1], closeCode: 1002, message: 'there is no kind 4' },
    { octets: [0x41, 65], closeCode: 1002, message: 'its first octet is 65' },
    { octets: [0x03], closeCode: 1002, message: 'it ends after its first octet' },
    { octets: [0x03, 0x81, 65], closeCode: 1002, message: 'an extension can claim the opcodes 3 to 7 and 11 to 15, and not 1' },
    { octets: [0x03, 0x0b], closeCode: 1002, message: 'it is a frame that may not be sent' },
    { octets: [0x01, 0xff], closeCode: 1007, message: 'a text that is not UTF-8 came over the bus for "room"' },
    { octets: [0x01, 0xe2, 0x82], closeCode: 1007, message: 'a text that is not UTF-8' },
    {
      octets: [0x02, ...Array(11).fill(0)],
      closeCode: 1009,
      message: '11 octets came over the bus for "room", and at most 10 are accepted',
    },
  ]) {
    it(`refuses [${octets}]: ${message}`, () => {
      const misbehaved = expect.objectContaining({ name: 'PeerMisbehaved', closeCode, message: expect.stringContaining(message) })
      expect(() => readEnvelope(Uint8Array.from(octets), { maxSize: 10, subject: 'room', text: webText })).toThrow(misbehaved)
    })
  }

  it('throws nothing but PeerMisbehaved, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), octets => {
        try {
          const { message } = read(octets)
          expect(
            message instanceof PreparedFrame ||
              message.isBinary ||
              webText.decodeValid(message.payload, 0, message.payload.length) !== undefined,
          ).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ name: 'PeerMisbehaved' })
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('uses the check for UTF-8 of the runtime where it has one, and has no limit where it is 0', () => {
    const text = { ...webText, isValid: () => false }
    expect(() => readEnvelope(Uint8Array.of(1, 65), { maxSize: 0, subject: 'room', text })).toThrow('not UTF-8')
    expect(readEnvelope(new Uint8Array(100).fill(2), { maxSize: 0, subject: 'room', text }).message.payload.length).toBe(99)
  })
})

function read(octets: Octets): Envelope {
  return readEnvelope(octets, { maxSize: 1000, subject: 'room', text: webText })
}
