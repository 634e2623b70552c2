import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

describe('a process that is left again and again', () => {
  it('opens and loses ten thousand sessions, and nothing is left of them', async () => {
    const file = fileURLToPath(new URL('./children/churn.mjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file])
    const { heap, ...left } = JSON.parse(stdout) as { heap: [number, number] }
    expect(left).toEqual({
      rejected: 8750, // each call that was under way: four, one, one and one of eight ways
      sessions: 0,
      topics: 0,
      subscribed: 0,
      connections: 0,
      abortListeners: 0,
      errors: {},
      timers: 0,
      resources: [],
      moreListeners: 0,
    })
    expect(heap[1] - heap[0]).toBeLessThan(2 * 1024 * 1024)
  }, 240_000)
})
