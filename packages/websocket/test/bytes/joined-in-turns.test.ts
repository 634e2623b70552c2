import { describe, expect, it } from 'vitest'
import { joinedInTurns } from '../../src/bytes/joined-in-turns.ts'
import { allocateZeroed, joined } from '../../src/bytes/octets.ts'
import { FakeClock } from '../../src/testing/index.ts'

describe('joinedInTurns', () => {
  for (const sizes of [[0], [1], [3_000_000], [1_048_576, 5, 0, 2_500_000, 1_048_577]]) {
    it(`joins pieces of ${sizes.join(' and ')} octets as it would be done at once`, async () => {
      const pieces = sizes.map((size, i) => Uint8Array.from({ length: size }, (_, at) => i + at))
      const clock = new FakeClock()
      const work = joinedInTurns(pieces, allocateZeroed, clock)
      const turns = await untilSettled(work, clock)
      expect(Buffer.compare(await work, joined(pieces))).toBe(0)
      expect(turns).toBeGreaterThanOrEqual(Math.floor(sizes.reduce((sum, size) => sum + size) / 1_048_576))
    })
  }
})

async function untilSettled(work: Promise<unknown>, clock: FakeClock): Promise<number> {
  let isSettled = false
  void work.then(() => {
    isSettled = true
  })
  for (let turns = 0; ; turns++) {
    await new Promise(resolve => setImmediate(resolve))
    if (isSettled) return turns
    clock.flush()
  }
}
