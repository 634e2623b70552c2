import { memoryTransports } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import type { LocalPrincipal } from '../../src/auth/method.ts'
import { fullAccess } from '../../src/realm/access.ts'
import { LocalAccess } from '../../src/router/local-access.ts'
import { RealmEntrance } from '../../src/router/realm-entrance.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

const newcomer = { realm: 'realm1', authmethod: 'ticket', hello: { roles: { caller: {} } } }

describe('RealmEntrance', () => {
  it('makes a session of a newcomer, until the realm is full', () => {
    const { realm, clock } = new TestRealm({ maxSessions: 1 })
    const entrance = new RealmEntrance(realm, new LocalAccess(fullAccess), {
      methods: new Map(),
      linkRoles: new Set(),
      trustLevels: new Map(),
    })
    expect(entrance.refusal()).toBeUndefined()
    const [, transport] = memoryTransports(clock)
    const principal = { authid: 'joe', authrole: 'user', authprovider: 'static' }
    entrance.admit({ ...newcomer, transport, session: 7, principal, proved: principal, isLocal: false })
    expect(realm.sessions.get(7)).toMatchObject({
      authid: 'joe',
      authrole: 'user',
      profile: { authmethod: 'ticket', authprovider: 'static' },
    })
    expect(entrance.refusal()).toEqual({ reason: 'wamp.error.unavailable', message: 'the realm has as many sessions as it may: 1' })
  })

  it('trusts the payloads of roles that are named, from the next session on', () => {
    const { realm, clock } = new TestRealm()
    const entrance = new RealmEntrance(realm, new LocalAccess(fullAccess), {
      methods: new Map(),
      linkRoles: new Set(),
      trustedRoles: new Set(['service']),
    })
    const isTrusted = (session: number, authrole: string): boolean => {
      const [, transport] = memoryTransports(clock)
      let trusted = false
      transport.trustPayloads = () => {
        trusted = true
      }
      const principal = { authid: 'a', authrole }
      entrance.admit({ ...newcomer, transport, session, principal, proved: principal, isLocal: false })
      return trusted
    }
    expect([isTrusted(1, 'service'), isTrusted(2, 'user')]).toEqual([true, false])
    entrance.update({ methods: new Map(), linkRoles: new Set() }, fullAccess)
    expect(isTrusted(3, 'service')).toBe(false)
  })

  it('knows links by their role, or by the word of the application in this process', () => {
    const { realm, clock } = new TestRealm()
    const access = new LocalAccess(fullAccess)
    const entrance = new RealmEntrance(realm, access, { methods: new Map(), linkRoles: new Set(['peer']), trustLevels: new Map() })
    const admit = (session: number, principal: LocalPrincipal, isLocal: boolean) => {
      const [, transport] = memoryTransports(clock)
      entrance.admit({ ...newcomer, authmethod: 'anonymous', transport, session, principal, proved: principal, isLocal })
      return realm.sessions.get(session)?.isLink
    }
    expect(admit(1, { authid: 'a', authrole: 'peer' }, false)).toBe(true)
    expect(admit(2, { authid: 'a', authrole: 'user' }, false)).toBe(false)
    // a method must not make a link of anyone
    expect(admit(3, { authid: 'a', authrole: 'user', isLink: true }, false)).toBe(false)
    expect(admit(4, { authid: 'a', authrole: 'link', isLink: true }, true)).toBe(true)
    expect(admit(5, { authid: 'a', authrole: 'peer' }, true)).toBe(false)
    entrance.update({ methods: new Map(), linkRoles: new Set(['user']), trustLevels: new Map() }, fullAccess)
    // sessions that are there as their roles are now, and those of the application as they were made
    expect([1, 2, 4].map(id => realm.sessions.get(id)?.isLink)).toEqual([false, true, true])
    expect(admit(6, { authid: 'a', authrole: 'peer' }, false)).toBe(false)
    expect(admit(7, { authid: 'a', authrole: 'user' }, false)).toBe(true)
  })

  it('gives sessions the level of trust of their role', () => {
    const { realm, clock } = new TestRealm()
    const rules = { methods: new Map(), linkRoles: new Set<string>() }
    const entrance = new RealmEntrance(realm, new LocalAccess(fullAccess), { ...rules, trustLevels: new Map([['admin', 3]]) })
    const admit = (session: number, authrole: string) => {
      const [, transport] = memoryTransports(clock)
      const principal = { authid: 'a', authrole }
      entrance.admit({ ...newcomer, authmethod: 'anonymous', transport, session, principal, proved: principal, isLocal: false })
      return realm.sessions.get(session)?.trustLevel
    }
    expect([admit(1, 'admin'), admit(2, 'user')]).toEqual([3, undefined])
    entrance.update({ ...rules, trustLevels: new Map([['user', 0]]) }, fullAccess)
    expect([admit(3, 'admin'), admit(4, 'user')]).toEqual([undefined, 0])
    // of those that are there, too
    expect([1, 2].map(id => realm.sessions.get(id)?.trustLevel)).toEqual([undefined, 0])
  })
})
