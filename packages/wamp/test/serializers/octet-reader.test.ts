import { describe, expect, it } from 'vitest'
import { OctetReader } from '../../src/serializers/octet-reader.ts'
import { fromHex } from '../fixtures/octets.ts'

describe('OctetReader', () => {
  it('reads integers without a sign', () => {
    expect(reader('ff').uint8()).toBe(255)
    expect(reader('fffe').uint16()).toBe(65534)
    expect(reader('fffffffe').uint32()).toBe(2 ** 32 - 2)
    expect(reader('0000000100000000').uint64()).toBe(2 ** 32)
    expect(reader('0020000000000000').uint64()).toBe(2 ** 53)
    expect(reader('0020000000000001').uint64()).toBe(2n ** 53n + 1n)
    expect(reader('ffffffffffffffff').uint64()).toBe(2n ** 64n - 1n)
  })

  it('reads integers with a sign', () => {
    expect(reader('ffffffffffffffff').int64()).toBe(-1)
    expect(reader('ffe0000000000000').int64()).toBe(-(2 ** 53))
    expect(reader('ffdfffffffffffff').int64()).toBe(-(2n ** 53n) - 1n)
    expect(reader('8000000000000000').int64()).toBe(-(2n ** 63n))
    expect(reader('0020000000000000').int64()).toBe(2 ** 53)
    expect(reader('7fffffffffffffff').int64()).toBe(2n ** 63n - 1n)
  })

  it('reads floats', () => {
    expect(reader('3fc00000').float32()).toBe(1.5)
    expect(reader('bff8000000000000').float64()).toBe(-1.5)
    expect(reader('8000000000000000').float64()).toBe(-0)
  })

  it('copies binary data', () => {
    const octets = fromHex('010203')
    const from = new OctetReader()
    from.begin(octets, 1)
    const data = from.binary(2)
    octets.fill(0)
    expect(data).toEqual(new Uint8Array([2, 3]))
    expect(from.at).toBe(3)
  })

  it('reads texts, known ones too', () => {
    const octets = new TextEncoder().encode('com.example.addcom.example.adé')
    const from = new OctetReader()
    for (let n = 0; n < 3; n++) {
      from.begin(octets, 0)
      expect([from.knownText(15), from.knownText(16)]).toEqual(['com.example.add', 'com.example.adé'])
      expect(from.at).toBe(octets.length)
    }
    from.begin(octets, 0)
    expect([from.knownText(0), from.text(15)]).toEqual(['', 'com.example.add'])
  })

  it('knows thousands of texts apart', () => {
    const texts = Array.from({ length: 5000 }, (_, n) => `key${n % 2500}`)
    for (const text of texts) {
      const from = new OctetReader()
      from.begin(new TextEncoder().encode(text), 0)
      expect(from.knownText(text.length)).toBe(text)
    }
  })

  it('reads long texts', () => {
    const from = new OctetReader()
    from.begin(new TextEncoder().encode('x'.repeat(300)), 0)
    expect(from.knownText(300)).toBe('x'.repeat(300))
  })

  it('lets go of the octets', () => {
    const from = reader('01')
    from.end()
    expect(from.octets.length).toBe(0)
  })
})

function reader(hex: string): OctetReader {
  const from = new OctetReader()
  from.begin(fromHex(hex), 0)
  return from
}
