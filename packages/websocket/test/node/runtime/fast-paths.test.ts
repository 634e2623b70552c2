import { afterEach, describe, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('AUTOBAHN_TS_FAST_PATHS', () => {
  for (const [value, isOn] of [
    [undefined, true],
    ['', true],
    ['on', true],
    ['OFF', true],
    ['off', false],
  ] as const) {
    it(`${value === undefined ? 'that is not there' : `of '${value}'`} has fast paths ${isOn ? 'taken' : 'left alone'}`, async () => {
      vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', value)
      vi.resetModules()
      const { fastPathsAreOn } = await import('../../../src/node/runtime/fast-paths.ts')
      expect(fastPathsAreOn).toBe(isOn)
    })
  }

  for (const [state, isOn] of [
    ['prompt', true],
    ['denied', true],
    ['granted', false],
  ] as const) {
    it(`of off is read on Deno only where that is allowed: permission ${state}`, async () => {
      vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', 'off')
      const querySync = vi.fn(() => ({ state }))
      vi.stubGlobal('Deno', { permissions: { querySync } })
      vi.resetModules()
      const { fastPathsAreOn } = await import('../../../src/node/runtime/fast-paths.ts')
      expect(fastPathsAreOn).toBe(isOn)
      expect(querySync).toHaveBeenCalledWith({ name: 'env', variable: 'AUTOBAHN_TS_FAST_PATHS' })
    })
  }

  it('of off leaves the loops to mask, and streams to compress', async () => {
    vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', 'off')
    vi.resetModules()
    const { nodeRuntime } = await import('../../../src/node/runtime/node-runtime.ts')
    const { StreamCompressor } = await streamDeflate()
    expect(nodeRuntime.masker).toBeUndefined()
    const compressor = nodeRuntime.deflate!.compressor({ windowBits: 9, level: 1, memLevel: 1 })
    expect(compressor.constructor).toBe(StreamCompressor)
    compressor.close()
  })
})

async function streamDeflate(): Promise<{ StreamCompressor: unknown }> {
  const { streamDeflate } = await import('../../../src/node/runtime/stream-deflate.ts')
  const compressor = streamDeflate.compressor({ windowBits: 9, level: 1, memLevel: 1 })
  compressor.close()
  return { StreamCompressor: compressor.constructor }
}
