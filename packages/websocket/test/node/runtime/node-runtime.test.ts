import { describe, expect, it } from 'vitest'
import { nodeRuntime } from '../../../src/node/runtime/node-runtime.ts'

describe('allocateUnset of nodeRuntime', () => {
  it('gives memory that nobody else has', () => {
    for (const size of [1, 100, 4096, 100_000]) {
      const octets = nodeRuntime.allocateUnset!(size)
      expect([octets.constructor, octets.length, octets.byteOffset, octets.buffer.byteLength]).toEqual([Uint8Array, size, 0, size])
    }
  })
})
