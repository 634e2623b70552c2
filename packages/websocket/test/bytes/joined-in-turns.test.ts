import { describe, expect, it } from 'vitest'
import { joinedInTurns } from '../../src/bytes/joined-in-turns.ts'
import { allocateZeroed, joined } from '../../src/bytes/octets.ts'
import { WorkLane } from '../../src/bytes/work-lane.ts'
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

  it('joins one message after the other, so that few of them are in memory twice', async () => {
    const clock = new FakeClock()
    const lane = new WorkLane()
    const held: number[] = []
    let unfinished = 0
    const allocate = (size: number): Uint8Array<ArrayBuffer> => {
      held.push(++unfinished)
      return new Uint8Array(size)
    }
    const join = async (): Promise<void> => {
      await joinedInTurns([new Uint8Array(2_000_000), new Uint8Array(1_000_000)], allocate, clock, lane)
      unfinished--
    }
    await untilSettled(Promise.all(Array.from({ length: 20 }, join)), clock)
    // the next one begins while the one before is handed on
    expect({ turns: held.length, holdsAtMostTwo: Math.max(...held) <= 2, isBusy: lane.isBusy }).toEqual({
      turns: 20,
      holdsAtMostTwo: true,
      isBusy: false,
    })
  })

  it('lets the next message be joined where the memory for one cannot be had', async () => {
    const lane = new WorkLane()
    const clock = new FakeClock()
    const none = (): never => {
      throw new RangeError('Array buffer allocation failed')
    }
    await expect(joinedInTurns([new Uint8Array(3)], none, clock, lane)).rejects.toThrow('allocation failed')
    expect(lane.isBusy).toBe(false)
  })
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
