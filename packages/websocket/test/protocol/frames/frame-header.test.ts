import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkHeader,
  firstOctet,
  type HeaderRules,
  headerSize,
  isFinal,
  isMasked,
  opcodeOf,
  readKey,
  readLength,
  reservedOf,
  shortLengthOf,
  unmaskedHeaderSize,
  withFinal,
  writeHeader,
} from '../../../src/protocol/frames/frame-header.ts'

const server: HeaderRules = { peerMasks: true, reservedBits: 0, opcodes: new Set() }
const client: HeaderRules = { peerMasks: false, reservedBits: 0, opcodes: new Set() }
const lenient: HeaderRules = { peerMasks: undefined, reservedBits: 0, opcodes: new Set() }

describe('the bits of a header', () => {
  it('are found in the first octet', () => {
    expect({ isFinal: isFinal(0x81), reserved: reservedOf(0x81), opcode: opcodeOf(0x81) }).toEqual({
      isFinal: true,
      reserved: 0,
      opcode: 1,
    })
    expect({ isFinal: isFinal(0x5a), reserved: reservedOf(0x5a), opcode: opcodeOf(0x5a) }).toEqual({
      isFinal: false,
      reserved: 5,
      opcode: 10,
    })
  })

  it('are found in the second octet', () => {
    expect({ isMasked: isMasked(0xfe), shortLength: shortLengthOf(0xfe) }).toEqual({ isMasked: true, shortLength: 126 })
    expect({ isMasked: isMasked(0x7d), shortLength: shortLengthOf(0x7d) }).toEqual({ isMasked: false, shortLength: 125 })
  })

  it('are joined into the first octet', () => {
    expect({
      finalText: firstOctet(1, true, 0),
      continuation: firstOctet(0, false, 0),
      finalBinaryWithBits: firstOctet(2, true, 5),
    }).toEqual({ finalText: 0x81, continuation: 0, finalBinaryWithBits: 0xd2 })
  })

  it('are the same after FIN was set or cleared, but for FIN', () => {
    expect({
      setsIt: withFinal(0x41, true),
      leavesItSet: withFinal(0xc1, true),
      clearsIt: withFinal(0xc1, false),
      leavesItClear: withFinal(0x41, false),
    }).toEqual({ setsIt: 0xc1, leavesItSet: 0xc1, clearsIt: 0x41, leavesItClear: 0x41 })
  })
})

describe('checkHeader', () => {
  it('lets legal headers pass', () => {
    for (const first of [0x81, 0x01, 0x82, 0x02, 0x80, 0x00, 0x88, 0x89, 0x8a]) {
      checkHeader(first, 0x80, server)
      checkHeader(first, 0x80 | 125, server)
      checkHeader(first, 0, client)
      checkHeader(first, 0, lenient)
      checkHeader(first, 0x80, lenient)
    }
    for (const first of [0x81, 0x02, 0x00]) checkHeader(first, 127, client)
  })

  for (const [message, first, second, rules] of [
    ['reserved bits 4 without an extension that claims them', 0xc1, 0, client],
    ['reserved bits 3 without an extension that claims them', 0xb1, 0, { ...client, reservedBits: 4 }],
    ['reserved opcode 3', 0x83, 0, client],
    ['reserved opcode 15', 0x8f, 0, { ...client, opcodes: new Set([3, 11]) }],
    ['unmasked client frame', 0x81, 0x00, server],
    ['masked server frame', 0x81, 0x80, client],
    ['reserved bits 4 on a control frame', 0xc9, 0, { ...client, reservedBits: 4 }],
    ['fragmented control frame', 0x09, 0, client],
    ['control frame longer than 125 octets', 0x89, 126, client],
    ['control frame longer than 125 octets', 0x88, 127, client],
    ['close frame with one octet', 0x88, 1, client],
  ] as const) {
    it(`refuses: ${message} (${first.toString(16)} ${second.toString(16)})`, () => {
      expect(() => checkHeader(first, second, rules)).toThrow(expect.objectContaining({ closeCode: 1002, message }))
    })
  }

  it('lets bits and opcodes pass that extensions have claimed', () => {
    checkHeader(0xc1, 0, { ...client, reservedBits: 4 })
    checkHeader(0x83, 0, { ...client, opcodes: new Set([3]) })
    checkHeader(0xdb, 0, { ...client, reservedBits: 5, opcodes: new Set([11]) })
  })

  it('holds claimed control opcodes to the rules of control frames', () => {
    const rules = { ...client, opcodes: new Set([11]) }
    expect(() => checkHeader(0x0b, 0, rules)).toThrow('fragmented control frame')
    expect(() => checkHeader(0x8b, 126, rules)).toThrow('control frame longer than 125 octets')
  })
})

describe('headerSize', () => {
  it('counts extended length and key', () => {
    expect([0, 125, 126, 127].map(headerSize)).toEqual([2, 2, 4, 10])
    expect([0x80, 0x80 | 125, 0x80 | 126, 0x80 | 127].map(headerSize)).toEqual([6, 6, 8, 14])
  })
})

describe('readLength', () => {
  for (const [octets, length] of [
    [[0x82, 0], 0],
    [[0x82, 0x80 | 125], 125],
    [[0x82, 126, 0, 126], 126],
    [[0x82, 126, 0xff, 0xff], 65535],
    [[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], 65536],
    [[0x82, 127, 0, 0, 0, 1, 0, 0, 0, 1], 2 ** 32 + 1],
    [[0x82, 127, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], 2 ** 32 - 1],
    [[0x82, 127, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 2 ** 53 - 1],
    [[0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 0], 2n ** 53n],
    [[0x82, 127, 0, 0x20, 0, 0, 0, 0, 0, 1], 2n ** 53n + 1n],
    [[0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 2n ** 63n - 1n],
  ] as const) {
    it(`reads ${length}`, () => expect(readLength(Uint8Array.from(octets), 0)).toBe(length))
  }

  for (const [message, closeCode, octets] of [
    ['length 5 in more octets than it needs', 1002, [0x82, 126, 0, 5]],
    ['length 125 in more octets than it needs', 1002, [0x82, 126, 0, 125]],
    ['length 65535 in more octets than it needs', 1002, [0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff]],
    ['length 0 in more octets than it needs', 1002, [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['frame length above 2^63-1', 1002, [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]],
  ] as const) {
    it(`refuses: ${message} (${octets.slice(2).join(' ')})`, () => {
      expect(() => readLength(Uint8Array.from(octets), 0)).toThrow(expect.objectContaining({ closeCode, message }))
    })
  }
})

describe('readKey', () => {
  it('has the first octet highest', () => {
    expect(readKey(Uint8Array.of(9, 0x12, 0x34, 0x56, 0x78), 1)).toBe(0x12345678)
    expect(readKey(Uint8Array.of(0xff, 0, 0, 1), 0) >>> 0).toBe(0xff000001)
  })
})

describe('writeHeader', () => {
  it('writes what readLength reads, in as many octets as announced', () => {
    const lengths = fc.oneof(fc.nat(70_000), fc.maxSafeNat(), fc.constantFrom(0, 125, 126, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1))
    fc.assert(
      fc.property(lengths, fc.nat(255), fc.nat(5), fc.boolean(), (length, first, at, masks) => {
        const target = new Uint8Array(20)
        const end = writeHeader(target, at, first, length, masks)
        expect(end - at).toBe(unmaskedHeaderSize(length))
        expect(headerSize(target[at + 1]!)).toBe(end - at + (masks ? 4 : 0))
        expect({ first: target[at], isMasked: isMasked(target[at + 1]!), length: readLength(target, at) }).toEqual({
          first,
          isMasked: masks,
          length,
        })
        expect(target.subarray(end).every(octet => octet === 0)).toBe(true)
      }),
    )
  })
})
