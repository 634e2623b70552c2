import { memoryTransports } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { fullAccess } from '../../src/realm/access.ts'
import { LocalAccess } from '../../src/router/local-access.ts'
import { RealmEntrance } from '../../src/router/realm-entrance.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

it('RealmEntrance makes a session of a newcomer, until the realm is full', () => {
  const { realm, clock } = new TestRealm({ maxSessions: 1 })
  const entrance = new RealmEntrance(realm, new Map(), new LocalAccess(fullAccess))
  expect(entrance.refusal()).toBeUndefined()
  const [, transport] = memoryTransports(clock)
  const principal = { authid: 'joe', authrole: 'user', authprovider: 'static' }
  entrance.admit({ transport, session: 7, principal, authmethod: 'ticket', isLocal: false, hello: { roles: { caller: {} } } })
  expect(realm.sessions.get(7)).toMatchObject({
    authid: 'joe',
    authrole: 'user',
    profile: { authmethod: 'ticket', authprovider: 'static' },
  })
  expect(entrance.refusal()).toEqual({ reason: 'wamp.error.unavailable', message: 'the realm has as many sessions as it may: 1' })
})
