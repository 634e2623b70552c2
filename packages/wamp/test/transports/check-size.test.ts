import { describe, expect, it } from 'vitest'
import { checkSize, octetsOf } from '../../src/transports/check-size.ts'

describe('checkSize', () => {
  it('counts octets, and not characters', () => {
    expect(() => checkSize('é'.repeat(256), 512)).not.toThrow()
    expect(() => checkSize('é'.repeat(257), 512)).toThrow('a message of 514 octets is larger than the 512 that its receiver takes')
    expect(() => checkSize(new Uint8Array(512), 512)).not.toThrow()
    expect(() => checkSize(new Uint8Array(513), 512)).toThrow('513')
  })
})

describe('octetsOf', () => {
  it('encodes text, and leaves octets as they are', () => {
    const octets = Uint8Array.of(1)
    expect([...octetsOf('é')]).toEqual([0xc3, 0xa9])
    expect(octetsOf(octets)).toBe(octets)
  })
})
