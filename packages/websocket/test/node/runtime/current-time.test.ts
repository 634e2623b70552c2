import { mock } from 'node:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { areTimersReal, CurrentTime } from '../../../src/node/runtime/current-time.ts'

afterEach(() => {
  vi.useRealTimers()
  mock.timers.reset()
})

describe('CurrentTime', () => {
  it('is real time while the timers are real', () => {
    const time = new CurrentTime()
    const before = performance.now()
    const now = time.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(performance.now())
    expect(areTimersReal()).toBe(true)
  })

  it('is the time of the fake timers of a test framework, whichever clock they replace', () => {
    for (const toFake of [
      ['setTimeout', 'performance', 'Date'],
      ['setTimeout', 'performance'],
      ['setTimeout', 'Date'],
    ] as const) {
      const time = new CurrentTime()
      vi.useFakeTimers({ toFake: [...toFake] })
      const before = time.now()
      vi.advanceTimersByTime(3_600_000)
      expect(time.now() - before).toBeCloseTo(3_600_000)
      vi.useRealTimers()
    }
  })

  it('is the time of the timers that node:test has replaced', () => {
    const time = new CurrentTime()
    mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    const before = time.now()
    mock.timers.tick(5000)
    expect(time.now() - before).toBeCloseTo(5000)
  })

  it('continues without a jump when timers are replaced and restored', () => {
    const time = new CurrentTime()
    let last = time.now()
    for (let round = 0; round < 3; round++) {
      vi.useFakeTimers({ now: 0 })
      expect(time.now()).toBeGreaterThanOrEqual(last)
      vi.advanceTimersByTime(1000)
      last = time.now()
      vi.useRealTimers()
      const before = performance.now()
      const real = time.now()
      expect(real).toBeGreaterThanOrEqual(last)
      expect(real - last).toBeLessThanOrEqual(performance.now() - before)
      last = real
    }
  })

  it('never decreases, even when a replaced clock is set back', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'], now: 10_000 })
    const time = new CurrentTime()
    const before = time.now()
    vi.setSystemTime(0)
    expect(time.now()).toBe(before)
    vi.advanceTimersByTime(10)
    expect(time.now() - before).toBeCloseTo(10)
  })

  it('has reached the time of a timer when the timer fires', () => {
    const time = new CurrentTime()
    const before = performance.now()
    const due = time.now() + 1e6
    time.isAtLeast(due)
    time.isAtLeast(due - 5)
    expect(time.now()).toBeGreaterThanOrEqual(due)
    expect(time.now() - due).toBeLessThanOrEqual(performance.now() - before)
  })
})
