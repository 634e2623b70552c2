import { expect, it, vi } from 'vitest'
import { awaitedClock } from '../../../src/node/runtime/awaited-clock.ts'
import { keepAlive } from '../../../src/node/runtime/keep-alive.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'

it('keeps the process alive while a timer is under way, and calls it in its time', () => {
  const fake = new FakeClock()
  const clock = awaitedClock(fake)
  // connections that have not ended yet may hold the same one
  const [hold, release] = [vi.spyOn(keepAlive, 'hold'), vi.spyOn(keepAlive, 'release')]
  const holders = () => hold.mock.calls.length - release.mock.calls.length
  const called: number[] = []
  clock.schedule(() => called.push(clock.now()), 1000)
  const cancelled = clock.schedule(() => called.push(0), 2000)
  expect(holders()).toBe(2)
  fake.advance(1000)
  expect({ called, holders: holders() }).toEqual({ called: [fake.now()], holders: 1 })
  cancelled.cancel()
  cancelled.cancel()
  expect(holders()).toBe(0)
  fake.advance(2000)
  expect(called).toHaveLength(1)
})
