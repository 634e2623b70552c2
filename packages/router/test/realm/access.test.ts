import { describe, expect, it } from 'vitest'
import { applicationAccess, fullAccess, undecided } from '../../src/realm/access.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

const party = new TestRealm().join().session

describe('applicationAccess', () => {
  it.each([
    ['call', 'com.x', true],
    ['subscribe', 'com.x', true],
    ['call', 'wamp.session.count', true],
    ['call', 'wamp.session.add_testament', true],
    ['call', 'wamp.session.kill', false],
    ['subscribe', 'wamp.session.on_join', false],
    ['subscribe', 'wamp', false],
  ] as const)('lets everybody %s %s: %s', (action, uri, allow) => {
    expect(applicationAccess.mayDo(party, action, uri, 'exact')).toEqual({ allow, disclose: false })
  })
})

it('fullAccess allows everything, also to take registrations over', () => {
  expect(fullAccess.mayDo(party, 'call', 'wamp.session.kill', 'exact')).toEqual({ allow: true, disclose: false, force: true })
})

it('undecided denies', () => {
  expect(undecided).toEqual({ allow: false, disclose: false, hasFailed: true })
})
