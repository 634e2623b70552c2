import { describe, expect, it } from 'vitest'
import { unsendable } from '../../src/serializers/misuse.ts'
import { OctetWriter, sendableLength } from '../../src/serializers/octet-writer.ts'
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
    expect(to.end()).toEqual(
      fromHex('01 02ff 03fffe 04fffffffe 050020000000000000 06ffffffffffffffff 078000000000000000 08ffffffffffffffff 09bff8000000000000'),
    )
  })

  it('grows as it needs to, and begins anew', () => {
    const to = new OctetWriter()
    const large = Uint8Array.from({ length: 10_000 }, (_, n) => n)
    to.raw(large, 0, large.length)
    for (const octet of large) to.uint8(octet)
    to.raw(large, 5, 100)
    expect(to.length).toBe(20_095)
    expect(Buffer.compare(to.end(), Buffer.concat([large, large, large.subarray(5, 100)]))).toBe(0)
    expect(to.end()).toEqual(new Uint8Array(0))
    to.raw(new Uint8Array(3_000_000), 0, 3_000_000)
    to.begin()
    to.raw(new Uint8Array([1, 2, 3]), 1, 2)
    expect(to.end()).toEqual(new Uint8Array([2]))
  })

  it('hands out messages that stay as they are', () => {
    const to = new OctetWriter()
    const messages = Array.from({ length: 3000 }, (_, n) => {
      to.begin()
      for (let count = 0; count <= n % 50; count++) to.head16(n, n)
      return to.end()
    })
    for (const [n, message] of messages.entries()) {
      expect(Buffer.from(message).toString('hex')).toBe(
        `${(n % 256).toString(16).padStart(2, '0')}${n.toString(16).padStart(4, '0')}`.repeat((n % 50) + 1),
      )
    }
    expect(new Set(messages.map(({ buffer }) => buffer)).size).toBeLessThan(20)
  })

  it('does not keep a large block for a small message', () => {
    const to = new OctetWriter()
    to.raw(new Uint8Array(100_000), 0, 100_000)
    expect(to.end().buffer.byteLength).toBeLessThan(105_000)
    to.raw(new Uint8Array(17_000), 0, 17_000)
    expect(to.end().buffer.byteLength).toBeLessThan(21_500)
    to.uint8(1)
    expect(to.end().buffer.byteLength).toBeLessThan(17_000)
  })

  it('writes texts that are ASCII, and others in UTF-8', () => {
    const to = new OctetWriter()
    expect(to.ascii(0xa2, undefined, 'ab')).toBe(true)
    expect(to.ascii(0xd9, 2, 'ab')).toBe(true)
    expect(to.ascii(0xa2, undefined, 'a\u00e9')).toBe(false)
    to.text('\u00e9\u{1f600}', 6)
    expect(to.end()).toEqual(fromHex('a26162 d9026162 c3a9f09f9880'))
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
    expect(to.end()).toEqual(fromHex('83 de0102 df00010001 b807'))
  })
})

describe('sendableLength', () => {
  it('is that of the text in UTF-8, where it can be sent', () => {
    expect(sendableLength('aé')).toBe(3)
    for (const text of ['\0', 'a\ud800']) expect(() => sendableLength(text)).toThrow(unsendable)
  })
})
