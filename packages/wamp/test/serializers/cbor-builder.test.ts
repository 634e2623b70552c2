import { describe, expect, it } from 'vitest'
import { buildAllCbor, buildCbor } from '../../src/serializers/cbor-builder.ts'
import { fromHex } from '../fixtures/octets.ts'

describe('buildCbor', () => {
  it.each([
    ['17', 23],
    ['1818', 24],
    ['190100', 256],
    ['1affffffff', 2 ** 32 - 1],
    ['1b0020000000000000', 2 ** 53],
    ['1b0020000000000001', 2n ** 53n + 1n],
    ['1bffffffffffffffff', 2n ** 64n - 1n],
    ['20', -1],
    ['37', -24],
    ['3818', -25],
    ['3affffffff', -(2 ** 32)],
    ['3b001fffffffffffff', -(2 ** 53)],
    ['3b0020000000000000', -(2n ** 53n) - 1n],
    ['3b7fffffffffffffff', -(2n ** 63n)],
    ['420102', new Uint8Array([1, 2])],
    ['5f4201024103ff', new Uint8Array([1, 2, 3])],
    ['62c3a9', 'é'],
    ['7f61616162ff', 'ab'],
    ['8201f6', [1, null]],
    ['9f018102ff', [1, [2]]],
    ['a2616101616280', { a: 1, b: [] }],
    ['bf616101ff', { a: 1 }],
    ['a17f61616162ff01', { ab: 1 }],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['82f701', [null, 1]],
    ['9ff7ff', [null]],
    ['a26161f7616201', { b: 1 }],
    ['f7', undefined],
    ['f93e00', 1.5],
    ['f90001', 2 ** -24],
    ['f98000', -0],
    ['f97bff', 65504],
    ['fa3fc00000', 1.5],
    ['fbbff8000000000000', -1.5],
    ['d8404101', new Uint8Array([1])],
    ['d9d9f701', 1],
  ])('builds %s', (hex, value) => {
    expect(buildCbor(fromHex(`f6${hex}`), 1)).toEqual(value)
  })

  it('has __proto__ as a key like others', () => {
    const dict = buildCbor(fromHex('a1695f5f70726f746f5f5fa1616101'), 0) as object
    expect(Object.keys(dict)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype)
  })
})

describe('buildAllCbor', () => {
  it('builds the values that follow each other', () => {
    expect(buildAllCbor(fromHex('f68101a1616102f6'), 1, 7)).toEqual([[1], { a: 2 }])
    expect(buildAllCbor(fromHex(''), 0, 0)).toEqual([])
  })
})
