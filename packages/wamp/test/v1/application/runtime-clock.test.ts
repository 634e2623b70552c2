import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { RuntimeClock } from '../../../src/v1/application/runtime-clock.ts'

it('has the clock of the runtime that it was given, and none before', () => {
  const known = new RuntimeClock()
  expect(() => known.clock).toThrow('the factory has no connection yet')
  const clock = new FakeClock()
  known.take(clock)
  expect(known.clock).toBe(clock)
})
