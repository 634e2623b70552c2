import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bufferSource,
  clampedShort,
  dictionary,
  isIterableObject,
  needsArguments,
  scalarText,
  textSequence,
  wrappedShort,
} from '../../src/whatwg/idl-values.ts'

describe('scalarText', () => {
  it('replaces lone surrogates and leaves pairs', () => {
    expect(scalarText('a\ud800b\udc00\ud83d\ude00')).toBe('a\ufffdb\ufffd😀')
  })

  it('converts what is not a string', () => {
    expect([scalarText(null), scalarText(12), scalarText({ toString: () => 'own' })]).toEqual(['null', '12', 'own'])
    expect(() => scalarText(Symbol('s'))).toThrow(TypeError)
  })

  it('gives text that survives UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const scalar = scalarText(text)
        expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))).toBe(scalar)
      }),
    )
  })
})

describe('clampedShort', () => {
  it.each([
    [NaN, 0],
    ['string', 0],
    [null, 0],
    [-1, 0],
    [65_536, 65_535],
    [Infinity, 65_535],
    [1.5, 2],
    [2.5, 2],
    [2.6, 3],
    ['1000', 1000],
  ])('%s becomes %i', (value, short) => {
    expect(clampedShort(value)).toBe(short)
  })
})

describe('wrappedShort', () => {
  it.each([
    [65_537, 1],
    [-1, 65_535],
    [NaN, 0],
    [-Infinity, 0],
    [1000.9, 1000],
  ])('%d becomes %i', (value, short) => {
    expect(wrappedShort(value)).toBe(short)
  })
})

describe('dictionary', () => {
  it('takes nothing for an empty one', () => {
    expect([dictionary(undefined, 'it'), dictionary(null, 'it')]).toEqual([{}, {}])
  })

  it('refuses what is not an object', () => {
    expect(() => dictionary(true, 'the options')).toThrow(new TypeError('the options must be an object, and not true'))
  })
})

describe('textSequence', () => {
  it('converts the items of everything that can be iterated over', () => {
    expect(textSequence(new Set(['a', 1]), 'it')).toEqual(['a', '1'])
  })

  it('refuses a string, and objects that are not iterable', () => {
    for (const value of ['hi', {}, 1, null]) expect(() => textSequence(value, 'protocols')).toThrow('protocols must be a list of strings')
    expect(isIterableObject('hi')).toBe(false)
  })
})

describe('needsArguments', () => {
  it('counts', () => {
    expect(() => needsArguments(1, 0, 'send')).toThrow(new TypeError('send needs 1 argument, and got 0'))
    expect(() => needsArguments(1, 2, 'send')).not.toThrow()
  })
})

describe('bufferSource', () => {
  it('takes memory in every form, and nothing else', () => {
    const memory = Uint8Array.of(1, 2, 3, 4).buffer
    expect(bufferSource(memory)).toEqual(Uint8Array.of(1, 2, 3, 4))
    expect(bufferSource(new DataView(memory, 1, 2))).toEqual(Uint8Array.of(2, 3))
    for (const other of ['text', [1], null, {}, new Set()]) expect(bufferSource(other)).toBeUndefined()
  })

  it('refuses memory that is shared or can be resized', () => {
    expect(() => bufferSource(new Uint8Array(new SharedArrayBuffer(2)))).toThrow(TypeError)
    const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }])
    for (const value of [resizable, new Uint8Array(resizable)]) expect(() => bufferSource(value)).toThrow(TypeError)
  })
})
