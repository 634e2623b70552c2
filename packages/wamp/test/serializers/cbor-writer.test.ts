import { describe, expect, it } from 'vitest'
import { cborWriter } from '../../src/serializers/cbor-writer.ts'
import { unsendable } from '../../src/serializers/misuse.ts'
import { OctetWriter } from '../../src/serializers/octet-writer.ts'

describe('cborWriter', () => {
  it.each([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [256, '190100'],
    [65536, '1a00010000'],
    [2 ** 32, '1b0000000100000000'],
    [2 ** 53, '1b0020000000000000'],
    [2n ** 53n, '1b0020000000000000'],
    [2n ** 64n - 1n, '1bffffffffffffffff'],
    [-1, '20'],
    [-25, '3818'],
    [-(2 ** 32) - 1, '3b0000000100000000'],
    [-(2 ** 53), '3b001fffffffffffff'],
    [-(2n ** 53n) - 1n, '3b0020000000000000'],
    [-(2n ** 63n), '3b7fffffffffffffff'],
    [-5n, '24'],
    [1.5, 'fb3ff8000000000000'],
    [-0, 'fb8000000000000000'],
    [2 ** 54, 'fb4350000000000000'],
    [null, 'f6'],
    [undefined, 'f6'],
    [true, 'f5'],
    [false, 'f4'],
    ['', '60'],
    ['é', '62c3a9'],
    [new Uint8Array([1]), '4101'],
    [[], '80'],
    [[1, [2]], '82018102'],
    [{}, 'a0'],
    [{ a: 1, b: undefined }, 'a1616101'],
  ])('writes %s as %s', (value, hex) => {
    expect(written(value)).toBe(hex)
  })

  it.each([
    [23, '77'],
    [24, '7818'],
    [256, '790100'],
    [65536, '7a00010000'],
  ])('writes a text of %i octets with the head %s', (length, head) => {
    expect(written('x'.repeat(length))).toBe(head + '78'.repeat(length))
  })

  it.each([
    [24, 'b818'],
    [256, 'b90100'],
    [65536, 'ba00010000'],
  ])('writes %i keys with the head %s, and counts those without a value out', (count, head) => {
    const dict: Record<string, unknown> = Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1]))
    expect(written(dict).startsWith(head)).toBe(true)
    dict.k3 = undefined
    const size = head.length / 2 - 1
    expect(written(dict).slice(2, 2 + 2 * size)).toBe((count - 1).toString(16).padStart(2 * size, '0'))
  })

  it.each([Number.NaN, 2n ** 64n, '\0', '\ud800', () => 1, new Date()])('refuses %s', value => {
    expect(() => written(value)).toThrow(unsendable)
  })
})

function written(value: unknown): string {
  const to = new OctetWriter()
  cborWriter.value(to, value)
  return Buffer.from(to.end()).toString('hex')
}
