import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('10,000 sessions that are opened, used and lost leave the heap flat', { timeout: 120_000 }, () => {
  const program = fileURLToPath(new URL('children/cycles.mjs', import.meta.url))
  const said = execFileSync(process.execPath, ['--expose-gc', program, '10000'], { encoding: 'utf8' })
  const { heaps, timers }: { heaps: number[]; timers: number } = JSON.parse(said)
  expect(heaps).toHaveLength(10)
  // KiB; a session that stayed would be 8,000 times some kilobytes
  expect(heaps[9]! - heaps[1]!).toBeLessThan(1024)
  expect(timers).toBe(0)
})
