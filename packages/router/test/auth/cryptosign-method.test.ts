import { cryptosignSignature, isCryptosignSignature, publicKeyOf } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { CryptosignMethod } from '../../src/auth/cryptosign-method.ts'
import type { JoinRequest } from '../../src/auth/join-request.ts'
import { authWorld, challengeOf, joinRequest } from '../fixtures/join-requests.ts'

const key = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510'
const other = 'd511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd'
const pubkey = publicKeyOf(key)
const users = { joe: { authorizedKeys: [pubkey.toUpperCase()], role: 'user' } }
const channel = new Uint8Array(32).fill(9)
const tls = { kind: 'rawsocket', peer: '', isSecure: true, headers: {}, channelId: () => channel } as const

describe('cryptosign', () => {
  const method = new CryptosignMethod({ users, routerKey: other }, authWorld())
  const begin = async (request: Partial<JoinRequest>) => challengeOf(await method.begin(joinRequest(request)))

  it('lets in who has the private key, also without a name', async () => {
    for (const authid of ['joe', undefined]) {
      const challenge = await begin({ authid, authextra: { pubkey } })
      const signature = cryptosignSignature(key, String(challenge.extra.challenge))
      expect(await challenge.answered(signature, {})).toMatchObject({ authid: 'joe', authrole: 'user' })
    }
  })

  it('knows a client as long as the user has the key that it has proved, whatever other keys come and go', async () => {
    const challenge = await begin({ authextra: { pubkey } })
    const joe = (await challenge.answered(cryptosignSignature(key, String(challenge.extra.challenge)), {}))!
    const knows = (authorizedKeys: string[], role = 'user') =>
      new CryptosignMethod({ users: { joe: { authorizedKeys, role } } }, authWorld()).knows(joe)
    expect([knows([pubkey]), knows([publicKeyOf(other), pubkey.toUpperCase()])]).toEqual([true, true])
    expect([knows([publicKeyOf(other)]), knows([pubkey], 'admin')]).toEqual([false, false])
  })

  it('lets nobody in with another key, a key of somebody else, or an old signature', async () => {
    const wrong = await begin({ authid: 'joe', authextra: { pubkey } })
    expect(await wrong.answered(cryptosignSignature(other, String(wrong.extra.challenge)), {})).toBeUndefined()
    const foreign = await begin({ authid: 'joe', authextra: { pubkey: publicKeyOf(other) } })
    expect(await foreign.answered(cryptosignSignature(other, String(foreign.extra.challenge)), {})).toBeUndefined()
    const old = cryptosignSignature(key, String(wrong.extra.challenge))
    expect(await (await begin({ authid: 'joe', authextra: { pubkey } })).answered(old, {})).toBeUndefined()
  })

  it('challenges a key that nobody has in the same way', async () => {
    const unknown = await begin({ authextra: { pubkey: publicKeyOf(other) } })
    expect(Object.keys(unknown.extra)).toEqual(['challenge'])
    expect(await unknown.answered(cryptosignSignature(other, String(unknown.extra.challenge)), {})).toBeUndefined()
  })

  it('binds the signature to the connection, where the client asks for it and both know its id', async () => {
    const authextra = { pubkey, channel_binding: 'tls-exporter' }
    const bound = await begin({ authid: 'joe', authextra, transport: tls })
    expect(bound.extra.channel_binding).toBe('tls-exporter')
    const challenge = String(bound.extra.challenge)
    expect(await bound.answered(cryptosignSignature(key, challenge), {})).toBeUndefined()
    expect(await bound.answered(cryptosignSignature(key, challenge, channel), {})).toMatchObject({ authid: 'joe' })
    expect((await begin({ authid: 'joe', authextra })).extra).not.toHaveProperty('channel_binding')
    const unique = await begin({ authid: 'joe', authextra: { pubkey, channel_binding: 'tls-unique' }, transport: tls })
    expect(unique.extra).not.toHaveProperty('channel_binding')
  })

  it('proves the router to a client that asks', async () => {
    const theirs = 'ab'.repeat(32)
    const { extra } = await begin({ authid: 'joe', authextra: { pubkey, challenge: theirs } })
    expect(extra.pubkey).toBe(publicKeyOf(other))
    expect(isCryptosignSignature(String(extra.pubkey), theirs, String(extra.signature))).toBe(true)
    for (const challenge of ['', 'x', 5]) {
      expect((await begin({ authid: 'joe', authextra: { pubkey, challenge } })).extra).not.toHaveProperty('signature')
    }
  })

  it('needs a public key', async () => {
    for (const wrong of [undefined, '', 'ff', 5, 'x'.repeat(64)]) {
      expect(await method.begin(joinRequest({ authid: 'joe', authextra: { pubkey: wrong } }))).toBeUndefined()
    }
  })
})
