import { checkMessage, featuresOfRole } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { welcome } from '../../src/realm/welcome.ts'

const profile = { session: 1, authid: 'joe', authrole: 'user', authmethod: 'ticket', roles: {} }

it('WELCOME keeps the rules of messages, and announces features that exist', () => {
  const message = welcome('realm1', 'test', { ...profile, authprovider: 'static', authextra: { a: 1 } })
  expect(() => checkMessage(message)).not.toThrow()
  for (const role of ['broker', 'dealer'] as const) {
    const announced = Object.keys(message[2].roles[role]?.features ?? {})
    expect(announced.filter(feature => !(featuresOfRole[role] as readonly string[]).includes(feature))).toEqual([])
  }
})

it('WELCOME leaves out what is not known', () => {
  expect(Object.keys(welcome('realm1', 'test', profile)[2]).sort()).toEqual(['agent', 'authid', 'authmethod', 'authrole', 'realm', 'roles'])
})
