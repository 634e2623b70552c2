import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const isGlibc = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime !== undefined

describe('keepFreedMemory', () => {
  it.runIf(isGlibc)('has the C library keep what a large message took, for the next one', async () => {
    expect(await freshPagesPerMessage('on')).toBeLessThan(0.5)
  })

  it.runIf(isGlibc)('leaves it alone where fast paths are off', async () => {
    expect(await freshPagesPerMessage('off')).toBeGreaterThan(0.5)
  })
})

/** Of 64 that a message of 256 KiB has. */
async function freshPagesPerMessage(mode: 'on' | 'off'): Promise<number> {
  const program = fileURLToPath(new URL('./children/large-memory.mjs', import.meta.url))
  const env = { ...process.env, AUTOBAHN_TS_FAST_PATHS: mode }
  return Number((await promisify(execFile)(process.execPath, [program], { env })).stdout)
}
