import { describe, expect, it } from 'vitest'
import {
  announcedSize,
  HandshakeOctets,
  HandshakeRefused,
  handshakeOctets,
  Refusal,
  readAnswer,
  readRequest,
  refusalOctets,
} from '../../src/transports/rawsocket-handshake.ts'

describe('handshakeOctets and readRequest', () => {
  it('carry the serializer and the size', () => {
    expect([...handshakeOctets(json, 2 ** 24)]).toEqual([0x7f, 0xf1, 0, 0])
    expect([...handshakeOctets(msgpack, 512)]).toEqual([0x7f, 0x02, 0, 0])
    expect([...handshakeOctets(cbor, 65536)]).toEqual([0x7f, 0x73, 0, 0])
    expect(readRequest(Uint8Array.of(0x7f, 0xf3, 0, 0), all)).toEqual({ serializer: cbor, maxSize: 2 ** 24 })
    expect(readRequest(Uint8Array.of(0x7f, 0x01, 0, 0), all)).toEqual({ serializer: json, maxSize: 512 })
  })

  for (const [why, octets, refusal] of [
    ['serializer 0 is not supported', [0x7f, 0xf0, 0, 0], Refusal.SerializerUnsupported],
    ['serializer 4 is not supported', [0x7f, 0xf4, 0, 0], Refusal.SerializerUnsupported],
    ['serializer 15 is not supported', [0x7f, 0xff, 0, 0], Refusal.SerializerUnsupported],
    ['reserved octets of the handshake are not zero', [0x7f, 0xf1, 1, 0], Refusal.ReservedBits],
    ['reserved octets of the handshake are not zero', [0x7f, 0xf1, 0, 0x80], Refusal.ReservedBits],
  ] as const) {
    it(`refuse [${octets}]: ${why}`, () => {
      expect(refusedBy(() => readRequest(Uint8Array.from(octets), all))).toEqual([refusal, why])
    })
  }

  it('refuse a serializer that this router does not have', () => {
    expect(refusedBy(() => readRequest(handshakeOctets(cbor, 512), [json]))).toEqual([1, 'serializer 3 is not supported'])
  })
})

describe('readAnswer', () => {
  it('reads what the router takes', () => {
    expect(readAnswer(Uint8Array.of(0x7f, 0x31, 0, 0), json)).toBe(4096)
  })

  for (const [why, octets] of [
    ['refused the RawSocket connection: reason 0, which is illegal', [0x7f, 0x00, 0, 0]],
    ['refused the RawSocket connection: serializer unsupported', [...refusalOctets(Refusal.SerializerUnsupported)]],
    ['refused the RawSocket connection: maximum message length unacceptable', [...refusalOctets(Refusal.LengthUnacceptable)]],
    ['refused the RawSocket connection: use of reserved bits', [...refusalOctets(Refusal.ReservedBits)]],
    ['refused the RawSocket connection: maximum connection count reached', [...refusalOctets(Refusal.TooManyConnections)]],
    ['refused the RawSocket connection: reason 9, which is not defined', [0x7f, 0x90, 0, 0]],
    ['the server does not speak RawSocket: its first octet is 72', [0x48, 0x54, 0x54, 0x50]],
    ['answered with serializer 2, and not 1', [0x7f, 0xf2, 0, 0]],
    ["reserved octets of the router's RawSocket handshake are not zero", [0x7f, 0xf1, 0, 1]],
  ] as const) {
    it(`fails: ${why}`, () => {
      expect(() => readAnswer(Uint8Array.from(octets), json)).toThrow(why)
    })
  }
})

describe('announcedSize', () => {
  it('is the power of two below, at most 2^24', () => {
    expect([512, 513, 1023, 1024, 2 ** 24, 2 ** 30].map(announcedSize)).toEqual([512, 512, 512, 1024, 2 ** 24, 2 ** 24])
  })

  it('is at least 512', () => {
    expect(() => announcedSize(511)).toThrow('a RawSocket peer takes messages of at least 512 octets, and maxMessageSize is 511')
  })
})

describe('HandshakeOctets', () => {
  it('collects four octets however they are cut, and leaves the rest', () => {
    const handshake = new HandshakeOctets()
    expect(handshake.take(Uint8Array.of(0x7f))).toBe(1)
    expect(handshake.isComplete).toBe(false)
    expect(handshake.take(Uint8Array.of(0xf1, 0, 0, 9, 9))).toBe(3)
    expect(handshake.isComplete).toBe(true)
    expect([...handshake.octets]).toEqual([0x7f, 0xf1, 0, 0])
  })
})

const json = { rawSocketId: 1 }
const msgpack = { rawSocketId: 2 }
const cbor = { rawSocketId: 3 }
const all = [json, msgpack, cbor]

function refusedBy(call: () => unknown): [number, string] {
  try {
    call()
  } catch (error) {
    if (error instanceof HandshakeRefused) return [error.refusal, error.message]
    throw error
  }
  throw new Error('it was accepted')
}
