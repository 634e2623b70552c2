import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { awaitedClock } from '../../src/node/awaited-clock.ts'

it('keeps the process alive while a timer is under way, and calls it in its time', () => {
  const fake = new FakeClock()
  const clock = awaitedClock(fake)
  const before = timers()
  const called: number[] = []
  clock.schedule(() => called.push(clock.now()), 1000)
  const cancelled = clock.schedule(() => called.push(0), 1000)
  expect(timers()).toBe(before + 2)
  cancelled.cancel()
  expect(timers()).toBe(before + 1)
  fake.advance(1000)
  expect(called).toEqual([fake.now()])
  expect(timers()).toBe(before)
})

function timers(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
}
