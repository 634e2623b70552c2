import { describe, expect, it } from 'vitest'
import { buildAllMsgpack, buildMsgpack } from '../../src/serializers/msgpack-builder.ts'
import { fromHex } from '../fixtures/octets.ts'

describe('buildMsgpack', () => {
  it.each([
    ['7f', 127],
    ['e0', -32],
    ['ff', -1],
    ['c0', null],
    ['92d4000001', [null, 1]],
    ['82a161d40000a16201', { b: 1 }],
    ['c2', false],
    ['c3', true],
    ['c40201ff', new Uint8Array([1, 255])],
    ['c5000101', new Uint8Array([1])],
    ['c60000000101', new Uint8Array([1])],
    ['ca3fc00000', 1.5],
    ['cb3ff8000000000000', 1.5],
    ['cb8000000000000000', -0],
    ['ccff', 255],
    ['cdffff', 65535],
    ['ceffffffff', 2 ** 32 - 1],
    ['cf0020000000000000', 2 ** 53],
    ['cf0020000000000001', 2n ** 53n + 1n],
    ['d080', -128],
    ['d18000', -32768],
    ['d280000000', -(2 ** 31)],
    ['d3ffffffffffffffff', -1],
    ['d38000000000000000', -(2n ** 63n)],
    ['a3616263', 'abc'],
    ['d902c3a9', 'é'],
    ['da000161', 'a'],
    ['db0000000161', 'a'],
    ['9201c0', [1, null]],
    ['dc000101', [1]],
    ['dd0000000101', [1]],
    ['82a16101a16290', { a: 1, b: [] }],
    ['de0001d9016101', { a: 1 }],
    ['df00000001da00016101', { a: 1 }],
    ['81db000000016101', { a: 1 }],
  ])('builds %s', (hex, value) => {
    expect(buildMsgpack(fromHex(`c0${hex}`), 1)).toEqual(value)
  })

  it('has __proto__ as a key like others', () => {
    const dict = buildMsgpack(fromHex('81a95f5f70726f746f5f5f8101c0'.replace('8101c0', '81a16101')), 0) as object
    expect(Object.keys(dict)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype)
  })
})

describe('buildAllMsgpack', () => {
  it('builds the values that follow each other', () => {
    expect(buildAllMsgpack(fromHex('f6910181a16102f6'), 1, 7)).toEqual([[1], { a: 2 }])
    expect(buildAllMsgpack(fromHex(''), 0, 0)).toEqual([])
  })
})
