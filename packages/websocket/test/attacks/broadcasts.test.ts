import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { certificates } from '../fixtures/certificates.ts'

const KiB = 1024
const MiB = 1024 * KiB

describe('against broadcasts, over TLS', () => {
  for (const size of [64 * KiB, KiB]) {
    it(`members that never read cost what is broadcast once, and 128 KiB each: messages of ${size} octets`, async () => {
      const members = 40
      const held = await heldForStalled(members, 16, size)
      // loopback takes some MiB of each
      expect(held.leastUnsent).toBeGreaterThan(8 * MiB)
      expect(held.mostHanded).toBeLessThanOrEqual(64 * KiB)
      expect(held.octets).toBeLessThan(16 * MiB + members * 128 * KiB)
    }, 60_000)
  }
})

interface Held {
  /** The unsent octets of the member that has the fewest. */
  readonly leastUnsent: number
  /** Octets that a socket was given, to encrypt them, and has not got rid of. */
  readonly mostHanded: number
  /** Octets in arrays, more than before. */
  readonly octets: number
}

async function heldForStalled(members: number, broadcast: number, size: number): Promise<Held> {
  const { cert, key } = certificates().server
  const file = fileURLToPath(new URL('./children/stalled-members.mjs', import.meta.url))
  const args = ['--expose-gc', file, ...[members, broadcast, size].map(String)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, TLS_CERT: cert, TLS_KEY: key } })
  return JSON.parse(stdout)
}
