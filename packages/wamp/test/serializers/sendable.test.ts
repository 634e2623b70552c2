import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { binaryOf, isSendableInteger, isSendableText } from '../../src/serializers/sendable.ts'

describe('what can be sent', () => {
  it('is binary data, also of another realm', () => {
    expect(binaryOf(new Uint8Array([1]))).toEqual(new Uint8Array([1]))
    expect(binaryOf(new Uint8Array([1]).buffer)).toEqual(new Uint8Array([1]))
    expect(binaryOf(runInNewContext('new Uint8Array([7])'))?.[0]).toBe(7)
    expect(binaryOf(runInNewContext('new Uint8Array([7]).buffer'))?.[0]).toBe(7)
    expect(binaryOf(new Float32Array(1))).toBeUndefined()
  })

  it('are texts with whole surrogate pairs that do not begin with U+0000', () => {
    expect(['', 'a\0', '😀'].every(isSendableText)).toBe(true)
    expect(['\0', '\0a', '\ud83d', '\ude00\ud83d'].some(isSendableText)).toBe(false)
  })

  it('are integers of 64 bits', () => {
    expect([-(2n ** 63n), 2n ** 64n - 1n].every(isSendableInteger)).toBe(true)
    expect([-(2n ** 63n) - 1n, 2n ** 64n].some(isSendableInteger)).toBe(false)
  })
})
