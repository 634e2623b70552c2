import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'

const isGlibc = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime !== undefined
const MiB = 1024 * 1024

describe('payloadAllocated', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it.runIf(isGlibc)('makes the C library keep the memory of large messages for the next ones', async () => {
    const program = fileURLToPath(new URL('../children/large-memory.mjs', import.meta.url))
    // of 64 pages that a message has; without this it is 0.2 and more. Other processes delay the collector, which is seen in single batches
    expect(Number((await promisify(execFile)(process.execPath, [program])).stdout)).toBeLessThan(0.1)
  })

  it('takes one block of nearly 32 MiB, once, when payloads have taken 4 MiB in all', async () => {
    const { sizes, allocated } = await taking('on')
    for (let octets = 0; octets < 4 * MiB - 4096; octets += 4096) allocated(4096)
    expect(sizes).toEqual([])
    for (let times = 0; times < 2000; times++) allocated(4096)
    expect(sizes.length).toBe(1)
    expect(sizes[0]).toBeGreaterThan(31 * MiB)
    expect(sizes[0]).toBeLessThan(32 * MiB)
  })

  it('takes the block for a single large payload too', async () => {
    const { sizes, allocated } = await taking('on')
    allocated(16 * MiB)
    expect(sizes.length).toBe(1)
  })

  it('takes no block where fast paths are off', async () => {
    const { sizes, allocated } = await taking('off')
    allocated(16 * MiB)
    expect(sizes).toEqual([])
  })
})

/** Sizes of the blocks that it asks for from now on. */
async function taking(mode: 'on' | 'off'): Promise<{ readonly sizes: number[]; allocated(octets: number): void }> {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', mode)
  vi.resetModules()
  const { payloadAllocated } = await import('../../../src/node/runtime/kept-memory.ts')
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
  return { sizes, allocated: payloadAllocated }
}
