import { nodeRuntime } from '@autobahn-ts/websocket'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { transportClock } from '../../src/node/transport-clock.ts'

it('is the clock of Node, or has the deadlines of another', () => {
  expect(transportClock(undefined)).toBe(nodeRuntime.clock)
  const fake = new FakeClock()
  const clock = transportClock(fake)
  const calls: string[] = []
  clock.schedule(() => calls.push('timer'), 100)
  expect(fake.pending).toBe(1)
  fake.advance(100)
  expect([calls, clock.now()]).toEqual([['timer'], 100])
})

it('defers by Node, whatever the deadlines do', async () => {
  await new Promise<void>(resolve => transportClock(new FakeClock()).defer(resolve))
})
