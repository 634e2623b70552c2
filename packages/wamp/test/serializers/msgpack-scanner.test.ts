import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/serializers/limits.ts'
import { endsEarly, MsgpackScanner } from '../../src/serializers/msgpack-scanner.ts'
import { fromHex } from '../fixtures/octets.ts'

describe('MsgpackScanner', () => {
  it.each([
    ['00', 'a small integer'],
    ['7f', 'the largest of them'],
    ['e0', 'a small negative integer'],
    ['c0', 'nil'],
    ['c2', 'false'],
    ['c3', 'true'],
    ['c401ff', 'bin 8'],
    ['c50001ff', 'bin 16'],
    ['c600000001ff', 'bin 32'],
    ['ca3fc00000', 'float 32'],
    ['cb7fefffffffffffff', 'the largest float'],
    ['ccff', 'uint 8'],
    ['cdffff', 'uint 16'],
    ['ceffffffff', 'uint 32'],
    ['cfffffffffffffffff', 'uint 64'],
    ['d080', 'int 8'],
    ['d18000', 'int 16'],
    ['d280000000', 'int 32'],
    ['d38000000000000000', 'int 64'],
    ['a0', 'an empty text'],
    ['a3610062', 'a text with U+0000 within'],
    ['d90161', 'str 8'],
    ['da000161', 'str 16'],
    ['db0000000161', 'str 32'],
    ['9201c0', 'a list'],
    ['dc000101', 'array 16'],
    ['dd0000000101', 'array 32'],
    ['82a16101a16202', 'a map'],
    ['de0001d9016101', 'map 16, and a key of str 8'],
    ['df00000001da00016101', 'map 32, and a key of str 16'],
    ['81db000000016101', 'a key of str 32'],
    ['92 81a16101 81a16101', 'two maps with the same key'],
  ])('takes %s: %s', hex => {
    const octets = fromHex(hex)
    expect(scan(octets)).toBe(octets.length)
    for (let cut = 0; cut < octets.length; cut++) expect(() => scan(octets.subarray(0, cut))).toThrow(endsEarly())
  })

  it.each([
    ['c1', 'an extension type'],
    ['c70100', 'an extension type'],
    ['d40001', 'an extension type'],
    ['d40100', 'an extension type'],
    ['d5000000', 'an extension type'],
    ['d6ff00000000', 'an extension type'],
    ['ca7f800000', 'not finite'],
    ['caff800001', 'not finite'],
    ['cb7ff0000000000000', 'not finite'],
    ['cbfff8000000000000', 'not finite'],
    ['a100', 'a text of the message begins with U+0000'],
    ['a1ff', 'a text of the message is not UTF-8'],
    ['a3eda080', 'a text of the message is not UTF-8'],
    ['810102', 'a key of the message is not a text'],
    ['81c4016101', 'a key of the message is not a text'],
    ['81a10001', 'a key of the message begins with U+0000'],
    ['81a1ff01', 'a key of the message is not UTF-8'],
    ['82a16101a16102', 'a key twice'],
    ['ddffffffff', 'the message ends too early'],
    ['dfffffffff', 'the message ends too early'],
    ['c6ffffffff', 'the message ends too early'],
    ['91'.repeat(65), 'nested deeper than 64 levels'],
  ])('refuses %s: %s', (hex, fault) => {
    expect(() => scan(fromHex(hex))).toThrow(
      expect.objectContaining({ name: 'ProtocolViolation', message: expect.stringContaining(fault) }),
    )
  })

  it('takes undefined of msgpackr as foreign', () => {
    const scanner = new MsgpackScanner(defaultLimits)
    scanner.begin(fromHex('d40000'))
    scanner.value()
    expect([scanner.at, scanner.isForeign]).toEqual([3, true])
    scanner.begin(fromHex('c0'))
    expect(scanner.isForeign).toBe(false)
  })

  it('knows the kind of the next value', () => {
    const kinds = [
      '90',
      'dc0000',
      'dd00000000',
      '80',
      'de0000',
      'df00000000',
      'c400',
      'c50000',
      'c600000000',
      'c0',
      'd40000',
      'a0',
      '01',
      '',
    ].map(hex => {
      const scanner = new MsgpackScanner(defaultLimits)
      scanner.begin(fromHex(hex))
      return scanner.kind()
    })
    expect(kinds.map(kind => kind[0]).join('')).toBe('llldddbbbnnooo')
  })

  it('begins the list that is the message', () => {
    const lengths = ['93', 'dc0101', 'dd00010000'].map(hex => {
      const scanner = new MsgpackScanner(defaultLimits)
      scanner.begin(fromHex(hex))
      return scanner.beginList()
    })
    expect(lengths).toEqual([3, 257, 65536])
    const scanner = new MsgpackScanner(defaultLimits)
    scanner.begin(fromHex('80'))
    expect(() => scanner.beginList()).toThrow('a message must be a list')
  })
})

/** Goes over one value and returns the index behind it. */
function scan(octets: Uint8Array): number {
  const scanner = new MsgpackScanner(defaultLimits)
  scanner.begin(octets)
  scanner.value()
  return scanner.at
}
