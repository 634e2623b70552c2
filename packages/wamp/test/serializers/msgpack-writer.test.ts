import { describe, expect, it } from 'vitest'
import { unsendable } from '../../src/serializers/misuse.ts'
import { msgpackWriter } from '../../src/serializers/msgpack-writer.ts'
import { OctetWriter } from '../../src/serializers/octet-writer.ts'

describe('msgpackWriter', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [256, 'cd0100'],
    [65536, 'ce00010000'],
    [2 ** 32, 'cf0000000100000000'],
    [2 ** 53, 'cf0020000000000000'],
    [2n ** 53n, 'cf0020000000000000'],
    [2n ** 64n - 1n, 'cfffffffffffffffff'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-129, 'd1ff7f'],
    [-32769, 'd2ffff7fff'],
    [-(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    [-(2n ** 63n), 'd38000000000000000'],
    [-5n, 'fb'],
    [1.5, 'cb3ff8000000000000'],
    [-0, 'cb8000000000000000'],
    [2 ** 54, 'cb4350000000000000'],
    [null, 'c0'],
    [undefined, 'c0'],
    [true, 'c3'],
    [false, 'c2'],
    ['', 'a0'],
    ['é', 'a2c3a9'],
    [new Uint8Array([1]), 'c40101'],
    [[], '90'],
    [[1, [2]], '92019102'],
    [{}, '80'],
    [{ a: 1, b: undefined }, '81a16101'],
  ])('writes %s as %s', (value, hex) => {
    expect(written(value)).toBe(hex)
  })

  it.each([
    [31, 'bf'],
    [32, 'd920'],
    [256, 'da0100'],
    [65536, 'db00010000'],
  ])('writes a text of %i octets with the head %s', (length, head) => {
    expect(written('x'.repeat(length))).toBe(head + '78'.repeat(length))
  })

  it.each([
    [255, 'c4ff'],
    [256, 'c50100'],
    [65536, 'c600010000'],
  ])('writes %i octets with the head %s', (length, head) => {
    expect(written(new Uint8Array(length))).toBe(head + '00'.repeat(length))
  })

  it.each([
    [15, '9f'],
    [16, 'dc0010'],
    [65536, 'dd00010000'],
  ])('writes %i items with the head %s', (length, head) => {
    expect(written(new Array(length).fill(1))).toBe(head + '01'.repeat(length))
  })

  it.each([
    [16, 'de0010'],
    [65536, 'df00010000'],
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
  msgpackWriter.value(to, value)
  return Buffer.from(to.end()).toString('hex')
}
