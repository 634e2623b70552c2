import { describe, expect, it } from 'vitest'
import { afterPatience, Patience } from '../../src/run/patience.ts'

describe('Patience', () => {
  it('is over when all slices came in time', () => {
    expect(slices(1, planned => planned)).toBe(1000)
  })

  it('counts a slice that took longer for less', () => {
    expect(slices(1, planned => planned * 1.2)).toBeGreaterThanOrEqual(1440)
  })

  it('waits three times as long at most', () => {
    expect(slices(1, planned => planned * 2)).toBeLessThanOrEqual(3020)
  })

  it('counts what passed before something woke it early', () => {
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

  it('is over at once where there is none', () => {
    expect(new Patience(0).isOver).toBe(true)
  })
})

describe('afterPatience', () => {
  it('calls back when it is over', async () => {
    await new Promise<void>(resolve => afterPatience(0.03, resolve))
  })

  it('does not call back when it was called off, also in the last turn', async () => {
    const called: string[] = []
    afterPatience(0, () => called.push('a'))()
    afterPatience(0.03, () => called.push('b'))()
    await new Promise<void>(resolve => afterPatience(0.06, resolve))
    expect(called).toEqual([])
  })
})

/** Milliseconds until the patience is over, where each slice takes so long. */
function slices(seconds: number, took: (planned: number) => number): number {
  let now = 0
  const patience = new Patience(seconds, () => now)
  while (!patience.isOver) {
    now += took(patience.begin())
    patience.end()
  }
  return now
}
