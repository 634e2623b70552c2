import { expect, it } from 'vitest'
import { fixedOctets } from '../../src/browser/fixed-octets.ts'

it('copies octets in shared and in resizable memory, which platforms refuse', () => {
  const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [2, { maxByteLength: 4 }])
  for (const memory of [resizable, new SharedArrayBuffer(2)]) {
    const octets = new Uint8Array(memory).fill(7)
    const fixed = fixedOctets(octets)
    expect([...fixed]).toEqual([7, 7])
    expect(fixed.buffer).not.toBe(memory)
    expect(fixed.buffer).toBeInstanceOf(ArrayBuffer)
  }
})

it('returns other octets as they are', () => {
  const octets = Uint8Array.of(1, 2, 3).subarray(1)
  expect(fixedOctets(octets)).toBe(octets)
})
