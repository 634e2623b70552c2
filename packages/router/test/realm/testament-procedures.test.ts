import { describe, expect, it } from 'vitest'
import { eventsOf, TestRealm } from '../fixtures/test-realm.ts'

const add = 'wamp.session.add_testament'

describe('wamp.session.add_testament', () => {
  it.each([
    [['a b'], {}, 'wamp.error.invalid_uri'],
    [['wamp.session.on_join'], {}, 'wamp.error.invalid_uri'],
    [['x'.repeat(600)], {}, 'wamp.error.invalid_uri'],
    [['com.x'], { scope: 'later' }, 'wamp.error.invalid_argument'],
    [['com.x'], { publish_options: { retain: 1 } }, 'wamp.error.invalid_argument'],
    [['com.x'], { publish_options: 'none' }, 'wamp.error.invalid_argument'],
  ])('refuses %j %j', (args, kwargs, error) => {
    expect(new TestRealm().join().ask(add, [...args, [], {}], kwargs)).toBe(error)
  })

  it('is bounded', () => {
    const one = new TestRealm({ maxTestaments: 1 }).join()
    expect(one.ask(add, ['com.x', [], {}])).toBeUndefined()
    expect(one.ask(add, ['com.x', [], {}])).toBe('wamp.error.unavailable')
  })

  it('is bounded in octets, of all testaments of the session together', () => {
    const one = new TestRealm({ maxTestamentSize: 3000 }).join()
    const large = ['x'.repeat(1200)]
    expect(one.ask(add, ['com.x', large, {}])).toBeUndefined()
    expect(one.ask(add, ['com.x', large, {}], { scope: 'detached' })).toBeUndefined()
    expect(one.ask(add, ['com.x', large, {}])).toBe('wamp.error.unavailable')
    expect(one.ask(add, ['com.x', [], {}], { publish_options: { eligible: Array(500).fill(1) } })).toBe('wamp.error.unavailable')
    one.ask('wamp.session.flush_testaments')
    expect(one.ask(add, ['com.x', large, {}])).toBeUndefined()
  })

  it('needs the permission to publish', () => {
    const realm = new TestRealm({ access: { mayDo: (_, action) => ({ allow: action !== 'publish', disclose: false }) } })
    expect(realm.join().ask(add, ['com.x', [], {}])).toBe('wamp.error.not_authorized')
  })
})

describe('wamp.session.flush_testaments', () => {
  it('removes the testaments of a scope', () => {
    const realm = new TestRealm()
    const [watcher, one] = [realm.join(), realm.join()]
    watcher.subscribe('com', { match: 'prefix' })
    one.ask(add, ['com.x', [1], {}])
    one.ask(add, ['com.y', [2], {}], { scope: 'detached' })
    expect(one.ask('wamp.session.flush_testaments')).toBeUndefined()
    one.transport.abort('gone')
    expect(eventsOf(watcher.received())).toEqual([[2]])
  })
})
