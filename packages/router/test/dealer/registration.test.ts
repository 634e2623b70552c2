import { describe, expect, it } from 'vitest'
import { NearCallee } from '../../src/dealer/near-callee.ts'
import { Assignment, Registration } from '../../src/dealer/registration.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

const realm = new TestRealm()
const callee = (): NearCallee => new NearCallee(realm.join().session)

describe('Registration', () => {
  it('keeps the turn with the callee whose turn it was', () => {
    for (const [next, leaves, expected] of [
      [0, 0, 0],
      [1, 0, 0],
      [2, 2, 0],
      [1, 2, 1],
    ] as const) {
      const registration = new Registration(1, 'exact', 'a', 'roundrobin', 0)
      const callees = [callee(), callee(), callee()]
      for (const each of callees) registration.add(each, {})
      registration.next = next
      registration.delete(callees[leaves]!)
      registration.delete(callees[leaves]!)
      expect(registration.next).toBe(expected)
      expect(registration.has(callees[leaves]!)).toBe(false)
    }
  })
})

describe('Assignment', () => {
  it('is busy with as many calls as it takes', () => {
    const bounded = new Assignment(callee(), { concurrency: 2 })
    const unbounded = new Assignment(callee(), {})
    const busy = [0, 1, 2].map(active => {
      bounded.active = active
      unbounded.active = active
      return [bounded.isBusy, unbounded.isBusy]
    })
    expect(busy).toEqual([
      [false, false],
      [false, false],
      [true, false],
    ])
  })
})
