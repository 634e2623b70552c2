import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asOctets, joinOctets, joinTexts, splitOctets, splitText } from '../../src/serializers/batches.ts'

describe('batches of octets', () => {
  it('have the length before each message, in 32 bits', () => {
    expect(joinOctets([new Uint8Array([7, 8]), new Uint8Array([9])])).toEqual(new Uint8Array([0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9]))
  })

  it('are cut where they were joined', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 5 }), { minLength: 1 }), messages => {
        expect(splitOctets(joinOctets(messages))).toEqual(messages)
      }),
    )
  })

  it.each([
    [[], 'the batch is empty'],
    [[0, 0, 0], 'the batch ends within a message'],
    [[0, 0, 0, 2, 1], 'the batch ends within a message'],
    [[0, 0, 0, 1, 1, 0], 'the batch ends within a message'],
    [[255, 255, 255, 255, 1], 'the batch ends within a message'],
  ])('are refused: %j', (octets, fault) => {
    expect(() => splitOctets(new Uint8Array(octets))).toThrow(fault)
  })

  it('may stand anywhere in memory', () => {
    expect(splitOctets(new Uint8Array([9, 9, 0, 0, 0, 1, 5, 9]).subarray(2, 7))).toEqual([new Uint8Array([5])])
  })
})

describe('batches of texts', () => {
  it('have a separator after each message', () => {
    expect(joinTexts(['[1]', '[2]'])).toBe('[1]\x18[2]\x18')
    expect(splitText('[1]\x18[2]\x1e')).toEqual(['[1]', '[2]'])
  })

  it('are refused where the last message has none, and where they are empty', () => {
    expect(() => splitText('[1]')).toThrow('the batch does not end with a separator')
    expect(() => splitText('')).toThrow('the batch is empty')
  })
})

describe('asOctets', () => {
  it('refuses text', () => {
    expect(asOctets(new Uint8Array([1]))).toEqual(new Uint8Array([1]))
    expect(() => asOctets('a')).toThrow('a message that should be binary is a text')
  })
})
