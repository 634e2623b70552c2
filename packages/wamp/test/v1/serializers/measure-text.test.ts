import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureText } from '../../../src/v1/serializers/measure-text.ts'

const limits = { maxNesting: 64, maxMessageParts: 262_144 }

describe('measureText', () => {
  it('lets a message be nested 64 deep, itself included, and no deeper', () => {
    const nested = (depth: number): string => `[7,"t",${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}]`
    expect(() => measureText(nested(62), limits)).not.toThrow()
    expect(() => measureText(nested(64), limits)).toThrow('the message is nested deeper than 64')
    expect(() => measureText('['.repeat(129), limits)).toThrow('the message is nested deeper than 64')
  })

  it('looks into short texts too where the limits are low', () => {
    expect(() => measureText('[[[]]]', { ...limits, maxNesting: 2 })).toThrow('the message is nested deeper than 2')
    expect(() => measureText('[1,2,3,4]', { ...limits, maxMessageParts: 6 })).toThrow('the message has more than 6 parts')
    expect(() => measureText('[1,2,3]', { ...limits, maxMessageParts: 6 })).not.toThrow()
  })

  it('counts no brackets, commas and quotation marks inside of texts', () => {
    for (const inside of ['['.repeat(200), ',,,'.repeat(200), '\\"'.repeat(200), `${'\\\\'.repeat(99)}\\"[[[`, '\\u005b['.repeat(99)]) {
      const one = JSON.stringify(['x'.repeat(JSON.parse(`"${inside}"`).length), 1])
      expect(() => measureText(`["${inside}",1]`, { ...limits, maxMessageParts: 7 })).not.toThrow()
      expect(() => measureText(one, { ...limits, maxMessageParts: 7 })).not.toThrow()
    }
  })

  it('counts keys that are new more than keys that come again', () => {
    const parts = (text: string): number => (measureText(text.padEnd(200), limits) - 1024 - text.padEnd(200).length) / 16
    expect(parts('[{"a":1},{"a":1}]')).toBe(4 + (4 + 2 + 16) + 1 + (4 + 2))
    expect(parts('[{"a":1},{"b" : 1}]')).toBe(4 + (4 + 2 + 16) + 1 + (4 + 2 + 16))
    expect(parts('[{"a":1,"b":1},{"b":1,"a":1}]')).toBe(4 + 2 * (4 + 2 * (2 + 16) + 1) + 1)
  })

  it('counts two octets for a letter where one needs them', () => {
    const size = (letter: string): number => measureText(`["${letter.repeat(1000)}"]`, limits)
    expect(size('€') - size('é')).toBe(1004)
  })

  it('never throws at what JSON.stringify makes of small values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), value => {
        expect(measureText(JSON.stringify([value]).padEnd(200), limits)).toBeGreaterThan(1024)
      }),
    )
  })

  it('terminates for every text, JSON or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', ':', ',', 'a', ' '), maxLength: 400 }), text => {
        try {
          measureText(text, limits)
        } catch (error) {
          expect(error).toMatchObject({ closeCode: 1008 })
        }
      }),
    )
  })
})
