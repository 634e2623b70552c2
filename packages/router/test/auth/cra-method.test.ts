import { craKey, craSignature } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { CraMethod } from '../../src/auth/cra-method.ts'
import { authWorld, challengeOf, joinRequest } from '../fixtures/join-requests.ts'

describe('WAMP-CRA', () => {
  it('lets in who has the secret', async () => {
    const method = new CraMethod({ users: { joe: { secret: 's', role: 'user' } } }, authWorld())
    const challenge = challengeOf(await method.begin(joinRequest({ authid: 'joe' })))
    expect(await challenge.answered(await craSignature('s', challenge.extra), {})).toMatchObject({ authid: 'joe', authrole: 'user' })
    expect(await challenge.answered(await craSignature('t', challenge.extra), {})).toBeUndefined()
    expect(await challenge.answered('', {})).toBeUndefined()
  })

  it('lets in who has the secret of which the router keeps the derived key', async () => {
    const { key, salt, iterations, keylen } = await craKey('s', 'salt', 10, 32)
    const user = { secret: key, role: 'user', salt: String(salt), iterations: Number(iterations), keylen: Number(keylen) }
    const method = new CraMethod({ users: { joe: user } }, authWorld())
    const challenge = challengeOf(await method.begin(joinRequest({ authid: 'joe' })))
    expect(await challenge.answered(await craSignature('s', challenge.extra), {})).toMatchObject({ authid: 'joe' })
  })

  it('makes another challenge each time, for the session of the client', async () => {
    const method = new CraMethod({ users: { joe: { secret: 's', role: 'user' } } }, authWorld())
    const [one, other] = [await method.begin(joinRequest({ authid: 'joe' })), await method.begin(joinRequest({ authid: 'joe' }))]
    const text = String(challengeOf(one).extra.challenge)
    expect(text).not.toBe(challengeOf(other).extra.challenge)
    expect(JSON.parse(text)).toMatchObject({ authid: 'joe', session: 7, authmethod: 'wampcra', timestamp: '2026-11-30T12:00:00.000Z' })
    expect(await challengeOf(other).answered(await craSignature('s', challengeOf(one).extra), {})).toBeUndefined()
  })

  it('does not tell by its challenge that a name does not exist', async () => {
    const salted = new CraMethod(
      { users: { joe: { secret: 'key', role: 'user', salt: 'x'.repeat(16), iterations: 10, keylen: 32 } } },
      authWorld(),
    )
    const extras = []
    for (const authid of ['joe', 'jim', 'jim', 'ann']) extras.push(challengeOf(await salted.begin(joinRequest({ authid }))).extra)
    const [joe, jim, again, ann] = extras
    expect(Object.keys(jim ?? {})).toEqual(Object.keys(joe ?? {}))
    expect(jim).toMatchObject({ iterations: 10, keylen: 32 })
    expect(again?.salt).toBe(jim?.salt)
    expect(ann?.salt).not.toBe(jim?.salt)
    expect(String(jim?.salt).length).toBe(16)
    const plain = new CraMethod({ users: { joe: { secret: 's', role: 'user' } } }, authWorld())
    expect(Object.keys(challengeOf(await plain.begin(joinRequest({ authid: 'jim' }))).extra)).toEqual(['challenge'])
  })

  it('needs a name', async () => {
    expect(await new CraMethod({ users: {} }, authWorld()).begin(joinRequest())).toBeUndefined()
  })
})
