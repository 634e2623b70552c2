import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'

const isGlibc = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime !== undefined
const MiB = 1024 * 1024

describe('keepFreedMemory', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it.runIf(isGlibc)('has the C library keep what a large message took, for the next one', async () => {
    const program = fileURLToPath(new URL('./children/large-memory.mjs', import.meta.url))
    // of 64 that a message has; without this it is 0.2 and more. Who else is at work delays the collector, which is seen in single batches
    expect(Number((await promisify(execFile)(process.execPath, [program])).stdout)).toBeLessThan(0.1)
  })

  it('takes one block of nearly 32 MiB, once', async () => {
    const { sizes, keep } = await taking('on')
    keep()
    keep()
    expect(sizes.length).toBe(1)
    expect(sizes[0]).toBeGreaterThan(31 * MiB)
    expect(sizes[0]).toBeLessThan(32 * MiB)
  })

  it('takes none where fast paths are off', async () => {
    const { sizes, keep } = await taking('off')
    keep()
    expect(sizes).toEqual([])
  })
})

/** Sizes of the blocks that it asks for from now on. */
async function taking(mode: 'on' | 'off'): Promise<{ readonly sizes: number[]; keep(): void }> {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', mode)
  vi.resetModules()
  const { keepFreedMemory } = await import('../../src/node/kept-memory.ts')
  const sizes: number[] = []
  vi.stubGlobal(
    'ArrayBuffer',
    class extends ArrayBuffer {
      constructor(size: number) {
        super(size)
        sizes.push(size)
      }
    },
  )
  return { sizes, keep: keepFreedMemory }
}
