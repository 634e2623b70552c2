import { expect, it } from 'vitest'
import { RoleAccess } from '../../src/router/role-access.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

const access = new RoleAccess({
  user: [
    { uri: 'com', match: 'prefix', allow: { call: true, subscribe: true }, disclose: { caller: true } },
    { uri: 'com.secret', allow: {} },
  ],
})
const [user, guest] = ['user', 'guest'].map(authrole => new TestRealm().join({ authrole }).session)

it('RoleAccess allows what the rules of the role allow', () => {
  expect(access.mayDo(user!, 'call', 'com.do', 'exact')).toEqual({ allow: true, disclose: true })
  expect(access.mayDo(user!, 'register', 'com.do', 'exact').allow).toBe(false)
  expect(access.mayDo(user!, 'subscribe', 'com.other', 'prefix').allow).toBe(true)
  expect(access.mayDo(user!, 'subscribe', 'com', 'prefix').allow).toBe(false)
})

it('RoleAccess allows nothing to a role without rules', () => {
  expect(access.mayDo(guest!, 'call', 'com.do', 'exact')).toEqual({ allow: false, disclose: false })
  expect(access.mayReceive(guest!, 'com.do')).toBe(false)
})

it('RoleAccess applies denials to each event', () => {
  expect([access.mayReceive(user!, 'com.x'), access.mayReceive(user!, 'com.secret')]).toEqual([true, false])
})
