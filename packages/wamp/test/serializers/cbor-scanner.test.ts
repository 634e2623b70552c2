import { describe, expect, it } from 'vitest'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import { CborScanner } from '../../src/serializers/cbor-scanner.ts'
import { defaultLimits } from '../../src/serializers/limits.ts'
import { endsEarly } from '../../src/serializers/msgpack-scanner.ts'
import { fromHex } from '../fixtures/octets.ts'

describe('CborScanner', () => {
  it.each([
    ['00', 'a small integer'],
    ['17', 'the largest of them'],
    ['18ff', 'one octet'],
    ['19ffff', 'two octets'],
    ['1affffffff', 'four octets'],
    ['1bffffffffffffffff', 'the largest uint64'],
    ['20', '-1'],
    ['3b7fffffffffffffff', 'the smallest int64'],
    ['1800', 'an integer that is longer than it needs to be'],
    ['40', 'no octets'],
    ['4101', 'binary data'],
    ['60', 'an empty text'],
    ['62c3a9', 'a text'],
    ['63610062', 'a text with U+0000 within'],
    ['8201f6', 'a list'],
    ['9f01ff', 'a list without a length'],
    ['a2616101616202', 'a dictionary'],
    ['bf616101ff', 'a dictionary without a length'],
    ['bfff', 'an empty one'],
    ['f4', 'false'],
    ['f5', 'true'],
    ['f6', 'null'],
    ['f97bff', 'the largest float 16'],
    ['fa7f7fffff', 'the largest float 32'],
    ['fb7fefffffffffffff', 'the largest float 64'],
    ['82 a1616101 a1616101', 'two dictionaries with the same key'],
  ])('takes %s: %s', hex => {
    const octets = fromHex(hex)
    expect(scan(octets)).toEqual({ at: octets.length, isForeign: false })
    for (let cut = 0; cut < octets.length; cut++) expect(() => scan(octets.subarray(0, cut))).toThrow(endsEarly())
  })

  it.each([
    ['f7', 'undefined'],
    ['d84043010203', 'tag 64 before binary data'],
    ['d9d9f701', 'tag 55799'],
    ['5f4201024103ff', 'binary data in pieces'],
    ['7f61616162ff', 'a text in pieces'],
    ['7f60616160ff', 'a text in pieces, of which some are empty'],
    ['a17f6161ff01', 'a key in pieces'],
    ['a27f6161ff017f6161617fff02', 'two keys in pieces, of which one begins like the other'],
    ['a2617f017f6161ff02', 'a key that is the head of pieces, and one in pieces'],
  ])('takes %s as foreign: %s', hex => {
    const octets = fromHex(hex)
    expect(scan(octets)).toEqual({ at: octets.length, isForeign: true })
    for (let cut = 0; cut < octets.length; cut++) expect(() => scan(octets.subarray(0, cut))).toThrow(ProtocolViolation)
  })

  it.each([
    ['3b8000000000000000', 'neither an int64 nor a uint64'],
    ['c101', 'the tag 1 of CBOR'],
    ['c249010000000000000000', 'the tag 2 of CBOR'],
    ['d8406161', 'the tag 64 of CBOR'],
    ['d9d9f7d9d9f701', 'tags within tags'],
    ['e0', 'a simple value'],
    ['f820', 'a simple value'],
    ['fc', 'a simple value'],
    ['ff', 'a simple value'],
    ['1c', 'a head of CBOR that does not exist'],
    ['1f', 'a head of CBOR that does not exist'],
    ['3f', 'a head of CBOR that does not exist'],
    ['f97c00', 'not finite'],
    ['f97e00', 'not finite'],
    ['fa7f800000', 'not finite'],
    ['fb7ff0000000000000', 'not finite'],
    ['fbfff8000000000000', 'not finite'],
    ['6100', 'a text of the message begins with U+0000'],
    ['7f606100ff', 'a text of the message begins with U+0000'],
    ['61ff', 'a text of the message is not UTF-8'],
    ['7f61c361a9ff', 'a text of the message is not UTF-8'],
    ['7f4161ff', 'a piece of text in the message is not text'],
    ['5f5f4101ffff', 'a piece of binary data in the message is not binary data'],
    ['a10102', 'a key of the message is not a text'],
    ['a1610001', 'a key of the message begins with U+0000'],
    ['a161ff01', 'a key of the message is not UTF-8'],
    ['a2616101616102', 'a key twice'],
    ['a261610178016102', 'a key twice'],
    ['a27f6161ff01616102', 'a key twice'],
    ['a26161017f606161ff02', 'a key twice'],
    ['a27f61616162ff017f626162ff02', 'a key twice'],
    [`b1${'0123456789abcdef'.replace(/./g, letter => `7f616161${letter.charCodeAt(0).toString(16)}ff01`)}62613002`, 'a key twice'],
    ['9bffffffffffffffff', 'the message ends too early'],
    ['bbffffffffffffffff', 'the message ends too early'],
    ['5bffffffffffffffff', 'the message ends too early'],
    ['81'.repeat(65), 'nested deeper than 64 levels'],
    ['9f'.repeat(65), 'nested deeper than 64 levels'],
  ])('refuses %s: %s', (hex, fault) => {
    expect(() => scan(fromHex(hex))).toThrow(
      expect.objectContaining({ name: 'ProtocolViolation', message: expect.stringContaining(fault) }),
    )
  })

  it('knows the kind of the next value', () => {
    const kinds = ['80', '9f', 'a0', 'bf', '40', '5f', 'f6', 'f7', '60', '01', ''].map(hex => {
      const scanner = new CborScanner(defaultLimits)
      scanner.begin(fromHex(hex))
      return scanner.kind()
    })
    expect(kinds.map(kind => kind[0]).join('')).toBe('llddbbnnooo')
  })

  it('begins the list that is the message, also one without a length', () => {
    const scanner = new CborScanner(defaultLimits)
    scanner.begin(fromHex('9a00010000'))
    expect(scanner.beginList()).toBe(65536)
    scanner.begin(fromHex('9f 01 8102 f7 ff'))
    expect([scanner.beginList(), scanner.at, scanner.end, scanner.isForeign]).toEqual([3, 1, 5, false])
    for (let n = 0; n < 3; n++) scanner.value()
    scanner.endList()
    expect(scanner.at).toBe(6)
    scanner.begin(fromHex('9f01'))
    expect(() => scanner.beginList()).toThrow(endsEarly())
    scanner.begin(fromHex('a0'))
    expect(() => scanner.beginList()).toThrow('a message must be a list')
  })
})

/** Goes over one value. Returns the index behind it, and whether it is foreign. */
function scan(octets: Uint8Array): { at: number; isForeign: boolean } {
  const scanner = new CborScanner(defaultLimits)
  scanner.begin(octets)
  scanner.value()
  return { at: scanner.at, isForeign: scanner.isForeign }
}
