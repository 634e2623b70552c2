import { MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { firstDay, TestRealm } from '../fixtures/test-realm.ts'

describe('the procedures about registrations', () => {
  it('list, find and describe them', () => {
    const realm = new TestRealm()
    const one = realm.join()
    const [exact, prefix] = [one.register('com.do', { invoke: 'first' }), one.register('com', { match: 'prefix' })]
    expect(one.ask('wamp.registration.list')).toEqual({ exact: [exact], prefix: [prefix], wildcard: [] })
    expect(one.ask('wamp.registration.lookup', ['com', { match: 'prefix' }])).toBe(prefix)
    expect(one.ask('wamp.registration.lookup', ['com'])).toBeNull()
    expect(one.ask('wamp.registration.match', ['com.else'])).toBe(prefix)
    expect(one.ask('wamp.registration.match', ['org'])).toBeNull()
    expect(one.ask('wamp.registration.get', [exact])).toEqual({
      id: exact,
      created: new Date(firstDay).toISOString(),
      uri: 'com.do',
      match: 'exact',
      invoke: 'first',
    })
    expect(one.ask('wamp.registration.get', [99])).toBe('wamp.error.no_such_registration')
  })

  it('tell the callees', () => {
    const realm = new TestRealm()
    const [one, two] = [realm.join(), realm.join()]
    const id = one.register('com.do', { invoke: 'first' })
    two.register('com.do', { invoke: 'first' })
    expect(one.ask('wamp.registration.list_callees', [id])).toEqual([one.id, two.id])
    expect(one.ask('wamp.registration.count_callees', [id])).toBe(2)
    expect(one.ask('wamp.registration.count_callees', [99])).toBe('wamp.error.no_such_registration')
  })

  it('tell the callees to those who may call the procedure', () => {
    const realm = new TestRealm({
      access: { mayDo: (_, action, uri) => ({ allow: action !== 'call' || uri !== 'com.do', disclose: false }) },
    })
    const one = realm.join()
    expect(one.ask('wamp.registration.list_callees', [one.register('com.do')])).toBe('wamp.error.not_authorized')
  })

  it('revoke a registration, and tell its callee why', () => {
    const realm = new TestRealm()
    const [admin, callee] = [realm.join(), realm.join()]
    const id = callee.register('com.do')
    expect(admin.ask('wamp.registration.remove_callee', [id, 1])).toBe('wamp.error.no_such_session')
    expect(admin.ask('wamp.registration.remove_callee', [id, callee.id, 'com.enough'])).toBeUndefined()
    expect(callee.received()).toEqual([[MessageType.UNREGISTERED, 0, { registration: id, reason: 'com.enough' }]])
    expect(admin.ask('wamp.registration.match', ['com.do'])).toBeNull()
  })

  it('revoke in silence where the callee has not announced that it understands', () => {
    const realm = new TestRealm()
    const [admin, callee] = [realm.join(), realm.join({ roles: { callee: {} } })]
    admin.ask('wamp.registration.remove_callee', [callee.register('com.do'), callee.id])
    expect(callee.received()).toEqual([])
    expect(admin.ask('wamp.registration.match', ['com.do'])).toBeNull()
  })
})
