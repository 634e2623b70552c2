import { describe, expect, it } from 'vitest'
import { nodeRuntime } from '../../src/node/node-runtime.ts'

describe('allocateUnset of nodeRuntime', () => {
  it('gives memory that nobody else has', () => {
    for (const size of [1, 100, 4096, 100_000]) {
      const octets = nodeRuntime.allocateUnset!(size)
      expect([octets.constructor, octets.length, octets.byteOffset, octets.buffer.byteLength]).toEqual([Uint8Array, size, 0, size])
    }
  })
})

describe('text of nodeRuntime', () => {
  const { text } = nodeRuntime

  for (const sample of ['', 'plain', 'Grüße 漢字 🚀', '\ufeffwith a byte order mark', 'x'.repeat(100_000)]) {
    it(`carries ${JSON.stringify(sample.slice(0, 20))} there and back`, () => {
      const octets = text.encode(sample)
      expect(Object.getPrototypeOf(octets)).toBe(Uint8Array.prototype)
      expect(text.isValid?.(octets)).toBe(true)
      expect(text.decode(octets)).toBe(sample)
    })
  }

  it('turns lone surrogates into U+FFFD', () => {
    expect([...text.encode('a\ud800b')]).toEqual([0x61, 0xef, 0xbf, 0xbd, 0x62])
  })

  it('tells what is no UTF-8', () => {
    expect(text.isValid?.(Uint8Array.of(0xc0, 0x80))).toBe(false)
    expect(text.isValid?.(Uint8Array.of(0xed, 0xa0, 0x80))).toBe(false)
  })
})
