import { describe, expect, it } from 'vitest'
import { OctetWriter, sendableLength } from '../../src/serializers/octet-writer.ts'
import { unsendable } from '../../src/serializers/sendable.ts'
import { fromHex } from '../fixtures/octets.ts'

describe('OctetWriter', () => {
  it('writes heads and integers', () => {
    const to = new OctetWriter()
    to.uint8(1)
    to.head8(2, 255)
    to.head16(3, 65534)
    to.head32(4, 2 ** 32 - 2)
    to.head64(5, 2 ** 53)
    to.head64(6, -1)
    to.head64(7, -(2n ** 63n))
    to.head64(8, 2n ** 64n - 1n)
    to.float64(9, -1.5)
    expect(to.copy()).toEqual(
      fromHex('01 02ff 03fffe 04fffffffe 050020000000000000 06ffffffffffffffff 078000000000000000 08ffffffffffffffff 09bff8000000000000'),
    )
  })

  it('grows as it needs to, and begins anew', () => {
    const to = new OctetWriter()
    const large = Uint8Array.from({ length: 10_000 }, (_, n) => n)
    to.raw(large)
    for (const octet of large) to.uint8(octet)
    expect(to.copy()).toEqual(new Uint8Array([...large, ...large]))
    expect(to.copy(19_990)).toEqual(large.slice(-10))
    to.begin()
    expect(to.copy()).toEqual(new Uint8Array(0))
    to.raw(new Uint8Array(3_000_000))
    to.begin()
    to.raw(new Uint8Array([1]))
    expect(to.copy()).toEqual(new Uint8Array([1]))
  })

  it('writes short texts that are ASCII, and others in UTF-8', () => {
    const to = new OctetWriter()
    expect(to.shortAscii(0xa2, 'ab')).toBe(true)
    expect(to.shortAscii(0xa2, 'aé')).toBe(false)
    to.text('é😀', 6)
    expect(to.copy()).toEqual(fromHex('a26162 c3a9f09f9880'))
  })

  it('writes a count again, in as many octets', () => {
    const to = new OctetWriter()
    to.uint8(0x85)
    to.head16(0xde, 300)
    to.head32(0xdf, 70_000)
    to.head8(0xb8, 30)
    to.recount(0, 0x83, 0, 3)
    to.recount(1, undefined, 2, 258)
    to.recount(4, undefined, 4, 65_537)
    to.recount(9, undefined, 1, 7)
    expect(to.copy()).toEqual(fromHex('83 de0102 df00010001 b807'))
  })
})

describe('sendableLength', () => {
  it('is that of the text in UTF-8, where it can be sent', () => {
    expect(sendableLength('aé')).toBe(3)
    for (const text of ['\0', 'a\ud800']) expect(() => sendableLength(text)).toThrow(unsendable)
  })
})
