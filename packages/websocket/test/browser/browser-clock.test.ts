import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { browserClock } from '../../src/browser/browser-clock.ts'

describe('browserClock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('calls after the delay, unless it is cancelled', () => {
    const called: string[] = []
    browserClock.schedule(() => called.push('kept'), 1000)
    browserClock.schedule(() => called.push('cancelled'), 500).cancel()
    vi.advanceTimersByTime(999)
    expect(called).toEqual([])
    vi.advanceTimersByTime(1)
    expect(called).toEqual(['kept'])
  })

  it('takes delays that no timer takes for its longest', () => {
    const called = vi.fn()
    browserClock.schedule(called, 2 ** 40)
    vi.advanceTimersByTime(1000)
    expect(called).not.toHaveBeenCalled()
  })

  it('defers and yields', async () => {
    const called: string[] = []
    browserClock.yield(() => called.push('yielded'))
    browserClock.defer(() => called.push('deferred'))
    const before = browserClock.now()
    await vi.runAllTimersAsync()
    expect(called.sort()).toEqual(['deferred', 'yielded'])
    expect(browserClock.now()).toBeGreaterThanOrEqual(before)
  })
})
