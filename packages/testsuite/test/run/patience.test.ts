import { describe, expect, it } from 'vitest'
import { afterPatience, Patience } from '../../src/run/patience.ts'

describe('Patience', () => {
  it('is over after the planned time if all slices were on time', () => {
    expect(slices(1, planned => planned)).toBe(1000)
  })

  it('counts a late slice for less', () => {
    expect(slices(1, planned => planned * 1.2)).toBeGreaterThanOrEqual(1440)
  })

  it('waits at most three times as long', () => {
    expect(slices(1, planned => planned * 2)).toBeLessThanOrEqual(3020)
  })

  it('counts the time of a slice that was ended early', () => {
    let now = 0
    const patience = new Patience(0.01, () => now)
    for (const took of [4, 4]) {
      patience.begin()
      now += took
      patience.end()
    }
    expect(patience.isOver).toBe(false)
    expect(patience.begin()).toBe(2)
  })

  it('is over at once with 0 seconds', () => {
    expect(new Patience(0).isOver).toBe(true)
  })
})

describe('afterPatience', () => {
  it('calls back when it is over', async () => {
    await new Promise<void>(resolve => afterPatience(0.03, resolve))
  })

  it('does not call back after it was cancelled, even in the last turn', async () => {
    const called: string[] = []
    afterPatience(0, () => called.push('a'))()
    afterPatience(0.03, () => called.push('b'))()
    await new Promise<void>(resolve => afterPatience(0.06, resolve))
    expect(called).toEqual([])
  })
})

/** Returns the milliseconds until the patience is over, where each slice takes `took(planned)`. */
function slices(seconds: number, took: (planned: number) => number): number {
  let now = 0
  const patience = new Patience(seconds, () => now)
  while (!patience.isOver) {
    now += took(patience.begin())
    patience.end()
  }
  return now
}
