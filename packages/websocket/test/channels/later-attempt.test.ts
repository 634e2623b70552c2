import { describe, expect, it } from 'vitest'
import { LaterAttempt } from '../../src/channels/later-attempt.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

describe('LaterAttempt', () => {
  it('waits longer after each refusal, up to 5 minutes, and begins anew after it was stopped', () => {
    const clock = new FakeClock()
    const at: number[] = []
    const later: LaterAttempt = new LaterAttempt(
      (callback, delay) => clock.schedule(callback, delay),
      () => {
        at.push(clock.now())
        later.refused()
      },
    )
    later.refused()
    later.refused()
    clock.advance(1_000_000)
    expect(at.map((time, index) => (time - (at[index - 1] ?? 0)) / 1000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300])
    later.stop()
    expect(clock.pending).toBe(0)
    later.refused()
    clock.advance(5000)
    expect(at).toHaveLength(9)
  })
})
