import { createHmac, pbkdf2Sync } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChallengeRefused } from '../../src/auth/challenge-refused.ts'
import { type CraFacts, craChallenge, craKey, craSignature, isCraSignature } from '../../src/auth/wampcra.ts'

const facts: CraFacts = {
  authid: 'peter',
  authrole: 'user',
  authmethod: 'wampcra',
  authprovider: 'userdb',
  nonce: 'LHRTC9zeOIrt_9U3',
  timestamp: '2014-06-22T16:36:25.448Z',
  session: 3251278072152162,
}

describe('wampcra', () => {
  it("signs the challenge with the secret, as Node's HMAC does", async () => {
    const extra = craChallenge(facts, { key: 'secret1' })
    expect(Object.keys(extra)).toEqual(['challenge'])
    expect(JSON.parse(String(extra.challenge))).toEqual(facts)
    const expected = createHmac('sha256', 'secret1').update(String(extra.challenge)).digest('base64')
    expect(await craSignature('secret1', extra)).toBe(expected)
  })

  it("derives the key of a salted secret, as Node's PBKDF2 does", async () => {
    const key = await craKey('secret2', 'salt123', 1000, 32)
    expect(key).toEqual({
      key: pbkdf2Sync('secret2', 'salt123', 1000, 32, 'sha256').toString('base64'),
      salt: 'salt123',
      iterations: 1000,
      keylen: 32,
    })
    const extra = craChallenge(facts, key)
    expect(isCraSignature(key, String(extra.challenge), await craSignature('secret2', extra))).toBe(true)
  })

  it('signs the text of the challenge as it came, and not what it means', async () => {
    expect(await craSignature('s', { challenge: '{"a": 1}' })).not.toBe(await craSignature('s', { challenge: '{"a":1}' }))
  })

  it('takes 1,000 rounds and 32 octets where a router names only a salt, as AutobahnPython does', async () => {
    expect(await craSignature('s', { challenge: 'x', salt: 'y' })).toBe(
      await craSignature('s', { challenge: 'x', salt: 'y', iterations: 1000, keylen: 32 }),
    )
  })

  it('accepts the answer of the right secret alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (secret, other) => {
        const { challenge } = craChallenge(facts, { key: secret }) as { challenge: string }
        const accepted = isCraSignature({ key: secret }, challenge, await craSignature(other, { challenge }))
        expect(accepted).toBe(secret === other)
      }),
    )
  })

  it('accepts no answer to another challenge, and nothing that is not a signature', async () => {
    const signature = await craSignature('s', { challenge: 'one' })
    expect(isCraSignature({ key: 's' }, 'two', signature)).toBe(false)
    for (const wrong of ['', 'x', `${signature} `, signature.toLowerCase()]) expect(isCraSignature({ key: 's' }, 'one', wrong)).toBe(false)
  })

  for (const [what, extra] of [
    ['a challenge that is not a text', { challenge: 5 }],
    ['no challenge', {}],
    ['a salt that is not a text', { challenge: 'x', salt: 7 }],
    ['a number of rounds that would take for ever', { challenge: 'x', salt: 's', iterations: 1e12 }],
    ['no rounds', { challenge: 'x', salt: 's', iterations: 0 }],
    ['a fraction of a round', { challenge: 'x', salt: 's', iterations: 1.5 }],
    ['an endless key', { challenge: 'x', salt: 's', keylen: 2 ** 40 }],
  ] as const) {
    it(`refuses on the client's side: ${what}`, async () => {
      await expect(craSignature('s', extra)).rejects.toThrow(ChallengeRefused)
    })
  }
})
