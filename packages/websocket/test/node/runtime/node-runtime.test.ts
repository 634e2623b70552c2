import { describe, expect, it, vi } from 'vitest'
import { nodeRuntime } from '../../../src/node/runtime/node-runtime.ts'

describe('allocateUnset of nodeRuntime', () => {
  it('gives each caller memory of its own', () => {
    for (const size of [1, 100, 4096, 100_000]) {
      const octets = nodeRuntime.allocateUnset!(size)
      expect({
        kind: octets.constructor,
        length: octets.length,
        byteOffset: octets.byteOffset,
        bufferLength: octets.buffer.byteLength,
      }).toEqual({ kind: Uint8Array, length: size, byteOffset: 0, bufferLength: size })
    }
  })

  it('counts no array for the early scavenges that will be copied into a larger one', () => {
    const slice = vi.spyOn(Array.prototype, 'slice')
    for (let n = 0; n < 4; n++) nodeRuntime.allocateUnset!(128 * 1024, true)
    expect(slice).not.toHaveBeenCalled()
    slice.mockRestore()
  })
})
