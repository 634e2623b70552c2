import { expect, it } from 'vitest'
import { statusOf } from '../../src/program/status.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

it('the facts of a realm are the first hundred of each list, and how many there are', () => {
  const test = new TestRealm()
  for (let i = 0; i < 120; i++) test.join()
  const [status] = statusOf([test.realm])
  expect(status?.sessionCount).toBe(120)
  expect(status?.sessions.length).toBe(100)
  expect(status).toMatchObject({ topicCount: 0, topics: [], procedureCount: 0, procedures: [], dropped: 0 })
})

it('the facts of a realm have its messages by type, what waits, and all that was dropped', () => {
  const test = new TestRealm({ outboxMessages: 2, outboxReserveMessages: 2 })
  const [one, slow, deaf] = [test.join(), test.join({}, { highWaterMark: 0 }), test.join({}, { highWaterMark: 0 })]
  slow.subscribe('com.tick')
  slow.transport.stall()
  for (let n = 0; n < 5; n++) one.publish('com.tick')
  deaf.transport.stall()
  for (let n = 0; n < 10; n++) deaf.call('com.nobody')
  const { octets, counters } = slow.session.outbox
  const [status] = statusOf([test.realm])
  expect(status).toMatchObject({ received: { PUBLISH: 5, SUBSCRIBE: 1 }, sent: { WELCOME: 3 } })
  expect([status?.waitingOctets, status?.dropped]).toEqual([octets, counters.droppedEvents + 1])
})
