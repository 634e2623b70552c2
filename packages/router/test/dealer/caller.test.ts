import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { Caller } from '../../src/dealer/caller.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

describe('Caller', () => {
  it('knows the parts of calls that have ended, until the last one', () => {
    const clock = new FakeClock()
    const caller = new Caller(new TestRealm().join().session)
    expect(caller.isLatePart(1, false, clock)).toBe(false)
    caller.rememberUnfinished(1, clock.now())
    expect([caller.isLatePart(1, false, clock), caller.isLatePart(1, true, clock), caller.isLatePart(1, false, clock)]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('remembers them for a minute, and at most a thousand', () => {
    const clock = new FakeClock()
    const caller = new Caller(new TestRealm().join().session)
    for (let n = 1; n <= 1001; n++) caller.rememberUnfinished(n, clock.now())
    expect([1, 2, 1001].map(n => caller.isLatePart(n, false, clock))).toEqual([false, true, true])
    clock.advance(60_000)
    expect(caller.isLatePart(1001, false, clock)).toBe(false)
    caller.rememberUnfinished(5000, clock.now())
    expect(caller.isLatePart(5000, false, clock)).toBe(true)
  })
})
