import { expect, it } from 'vitest'
import { addCounters, newOutboxCounters } from '../../src/outbox/outbox-counters.ts'

it('addCounters adds each counter', () => {
  const sum = newOutboxCounters()
  addCounters(sum, { droppedEvents: 1, oversizedEvents: 2, refusedMessages: 3 })
  addCounters(sum, { droppedEvents: 10, oversizedEvents: 20, refusedMessages: 30 })
  expect(sum).toEqual({ droppedEvents: 11, oversizedEvents: 22, refusedMessages: 33 })
})
