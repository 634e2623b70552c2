import { expect, it } from 'vitest'
import { awaitedClock } from '../../../src/node/runtime/awaited-clock.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

it('keeps the process alive while a timer is under way, and calls it in its time', () => {
  const fake = new FakeClock()
  const clock = awaitedClock(fake)
  const before = timers()
  const called: number[] = []
  clock.schedule(() => called.push(clock.now()), 1000)
  const cancelled = clock.schedule(() => called.push(0), 2000)
  expect(timers()).toBe(before + 1)
  fake.advance(1000)
  expect({ called, timers: timers() }).toEqual({ called: [fake.now()], timers: before + 1 })
  cancelled.cancel()
  cancelled.cancel()
  expect(timers()).toBe(before)
  fake.advance(2000)
  expect(called).toHaveLength(1)
})

function timers(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
}
