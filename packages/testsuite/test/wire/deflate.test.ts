import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageDeflater, MessageInflater } from '../../src/wire/deflate.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

describe('MessageDeflater and MessageInflater', () => {
  it('give every message back, with any window, with and without context', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.constant(new Uint8Array(5000).fill(65)))),
        fc.integer({ min: 9, max: 15 }),
        fc.boolean(),
        (messages, windowBits, keepsContext) => {
          const deflater = new MessageDeflater({ windowBits, keepsContext })
          const inflater = new MessageInflater({ windowBits, keepsContext })
          for (const message of messages) expect(Buffer.compare(inflater.inflate(deflater.deflate(message)), message)).toBe(0)
        },
      ),
    )
  })

  it('inflate the examples of RFC 7692 §7.2.3', () => {
    const inflater = new MessageInflater({ windowBits: 15, keepsContext: true })
    expect(inflater.inflate(hex('f2 48 cd c9 c9 07 00')).toString()).toBe('Hello')
    expect(inflater.inflate(hex('f2 00 11 00 00')).toString()).toBe('Hello')
    expect(inflater.inflate(hex('00'))).toHaveLength(0)
  })

  it('make the second of two equal messages smaller with context, and not without', () => {
    const length = (keepsContext: boolean): number[] => {
      const deflater = new MessageDeflater({ windowBits: 15, keepsContext })
      return [1, 2].map(() => deflater.deflate(utf8('a text of some length that comes twice')).length)
    }
    const [first, second] = length(true)
    expect(second).toBeLessThan(first!)
    expect(new Set(length(false)).size).toBe(1)
  })

  it('do not inflate what points back into a context that was to be dropped', () => {
    const deflater = new MessageDeflater({ windowBits: 15, keepsContext: true })
    const inflater = new MessageInflater({ windowBits: 15, keepsContext: false })
    const text = utf8('a text of some length that comes twice')
    inflater.inflate(deflater.deflate(text))
    expect(() => inflater.inflate(deflater.deflate(text))).toThrow('distance')
  })

  it('inflate no bomb', () => {
    const bomb = new MessageDeflater({ windowBits: 15, keepsContext: false }).deflate(new Uint8Array(40 * 1024 * 1024))
    expect(() => new MessageInflater({ windowBits: 15, keepsContext: false }).inflate(bomb)).toThrow()
  })
})
