import { MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import type { Answers } from '../../src/dealer/callee.ts'
import { NearCallee } from '../../src/dealer/near-callee.ts'
import { Registration } from '../../src/dealer/registration.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

describe('NearCallee', () => {
  it('hands answers on until an invocation is released, and knows late ones from those that never were', () => {
    const { callee, answers, told } = made()
    expect(callee.invoke(answers, 1, {}, undefined)).toBe(1)
    expect(callee.invoke(answers, 1, {}, undefined)).toBe(2)
    expect(callee.active).toBe(2)
    expect(callee.yielded([MessageType.YIELD, 1, { progress: true }])).toBe(true)
    expect(callee.yielded([MessageType.YIELD, 1, {}])).toBe(true)
    expect(callee.failed([MessageType.ERROR, MessageType.INVOCATION, 2, {}, 'com.error'])).toBe(true)
    expect(told).toEqual(['progressed', 'returned', 'failed'])
    callee.release(1)
    expect(callee.yielded([MessageType.YIELD, 1, {}])).toBe(true)
    expect(callee.failed([MessageType.ERROR, MessageType.INVOCATION, 3, {}, 'com.error'])).toBe(false)
    expect(callee.yielded([MessageType.YIELD, 3, {}])).toBe(false)
    callee.leave()
    expect(told).toEqual(['progressed', 'returned', 'failed', 'calleeLeft'])
  })

  it('uses no id for an invocation that its session does not take', () => {
    const { callee, answers, client } = made()
    const offer = client.session.offer
    client.session.offer = () => 'full'
    expect(callee.invoke(answers, 1, {}, undefined)).toBe('full')
    client.session.offer = offer
    expect(callee.invoke(answers, 1, {}, undefined)).toBe(1)
  })

  it('counts the patterns among its registrations', () => {
    const { callee } = made()
    const registration = new Registration(1, 'prefix', 'a', 'single', 0)
    callee.registrations.add(registration)
    callee.patterns++
    callee.unassign(registration)
    callee.unassign(registration)
    expect([callee.registrations.size, callee.patterns]).toEqual([0, 0])
  })
})

function made() {
  const client = new TestRealm().join()
  const told: string[] = []
  const answers: Answers = {
    progressed: () => told.push('progressed'),
    returned: () => told.push('returned'),
    failed: () => told.push('failed'),
    calleeLeft: () => told.push('calleeLeft'),
  }
  return { client, callee: new NearCallee(client.session), answers, told }
}
