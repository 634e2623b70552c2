import { Blob } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { bufferOf, bufferWith, isBlob, lengthOf, noOctets, octetsOf } from '../../src/node/payload.ts'

describe('octetsOf', () => {
  it('gives views of the same memory, without a copy', () => {
    const octets = Uint8Array.from([0, 1, 2, 3])
    const given = [Buffer.from(octets.buffer), octets.buffer, octets.subarray(1, 3), new DataView(octets.buffer, 2)]
    expect(given.map(data => [...octetsOf(data)])).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [1, 2],
      [2, 3],
    ])
    for (const data of given) expect(octetsOf(data).buffer).toBe(octets.buffer)
  })

  it('gives what Buffer.from makes of the rest, and its TypeError', () => {
    expect(octetsOf([1, 257])).toEqual(Buffer.from([1, 1]))
    expect(octetsOf({ valueOf: () => 'é' })).toEqual(Buffer.from('é'))
    for (const data of [true, {}, null, undefined, 5]) expect(() => octetsOf(data)).toThrow(TypeError)
  })
})

describe('lengthOf', () => {
  it('counts octets', () => {
    expect(['é', Buffer.alloc(3), new Float64Array(2), new Blob(['abc'])].map(lengthOf)).toEqual([2, 3, 16, 3])
  })
})

describe('isBlob', () => {
  it('knows a Blob by its class, or by its name and method', () => {
    const other = { [Symbol.toStringTag]: 'File', arrayBuffer: async () => new ArrayBuffer(0) }
    expect([new Blob([]), other, {}, 'Blob', null, { [Symbol.toStringTag]: 'Blob' }].map(isBlob)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('bufferOf', () => {
  it('is a Buffer over the same octets', () => {
    const octets = Uint8Array.from([9, 8, 7, 6])
    const buffer = bufferOf(octets.subarray(1, 3))
    expect(buffer).toEqual(Buffer.from([8, 7]))
    expect(buffer.buffer).toBe(octets.buffer)
  })

  it('is a Buffer itself where it is one, and the constant where it is empty', () => {
    const buffer = Buffer.from('x')
    expect(bufferOf(buffer)).toBe(buffer)
    expect(bufferOf(new Uint8Array(0))).toBe(noOctets)
  })
})

describe('bufferWith', () => {
  it.each([0, 1, 64, 65, 300])('copies %i octets into memory of their own', length => {
    const octets = Uint8Array.from({ length: 400 }, (_, at) => at)
    const buffer = bufferWith(octets, 7, 7 + length)
    expect(buffer).toEqual(Buffer.from(octets.subarray(7, 7 + length)))
    octets.fill(0)
    expect(buffer.at(-1)).toBe(length === 0 ? undefined : (6 + length) & 0xff)
  })
})
