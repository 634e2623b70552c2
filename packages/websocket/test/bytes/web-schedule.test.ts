import { describe, expect, it } from 'vitest'
import { webSchedule } from '../../src/bytes/web-schedule.ts'

describe('webSchedule', () => {
  it('calls back once, and not where the timer was cancelled', async () => {
    const called: string[] = []
    await new Promise<void>(resolve => {
      webSchedule(() => called.push('cancelled'), 0).cancel()
      webSchedule(() => called.push('first'), 1)
      setTimeout(resolve, 20)
    })
    expect(called).toEqual(['first'])
  })
})
