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
