import { describe, expect, it } from 'vitest'
import { TestRealm } from '../fixtures/test-realm.ts'

describe('MetaApi', () => {
  it.each([
    ['wamp.session.count', [{}]],
    ['wamp.session.get', []],
    ['wamp.session.kill_by_authid', [1]],
    ['wamp.registration.get', ['x']],
    ['wamp.registration.lookup', ['x', { match: 'all' }]],
    ['wamp.subscription.get_events', [null]],
    ['wamp.session.add_testament', ['com.x', {}, {}]],
  ])('answers wrong arguments with invalid_argument: %s %j', (procedure, args) => {
    expect(new TestRealm().join().ask(procedure, args)).toBe('wamp.error.invalid_argument')
  })

  it('does not know other names of the router', () => {
    expect(new TestRealm().join().ask('wamp.session.fly')).toBe('wamp.error.no_such_procedure')
  })

  it('is asked for its permission as all procedures are', () => {
    const realm = new TestRealm({
      access: { mayDo: (_party, _action, uri) => ({ allow: uri !== 'wamp.session.kill_all', disclose: false }) },
    })
    expect(realm.join().ask('wamp.session.kill_all')).toBe('wamp.error.not_authorized')
  })
})
