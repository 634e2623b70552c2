import { expect, it } from 'vitest'
import { craChallenge, craKey, isCraSignature } from '../../src/auth/wampcra.ts'
import { wampcra } from '../../src/auth/wampcra-method.ts'

const transport = { kind: 'memory', peer: '', isSecure: false, headers: {} } as const
const facts = { authid: 'joe', authrole: 'user', authmethod: 'wampcra', authprovider: 'static', nonce: 'n', timestamp: 't', session: 1 }

it.each([
  ['plain', { key: 'secret' }],
  ['salted', await craKey('secret', 'salt123', 1000)],
])('wampcra answers a challenge: %s', async (_, key) => {
  const attempt = await wampcra('joe', async () => 'secret').begin(transport)
  expect(attempt.hello).toEqual({ authid: 'joe' })
  const extra = craChallenge(facts, key)
  const { signature } = await attempt.answer(extra, 'wampcra')
  expect(isCraSignature(key, extra.challenge as string, signature)).toBe(true)
})

it('wampcra refuses misuse and malformed challenges', async () => {
  expect(() => wampcra(5 as never, 'x')).toThrow('the authid of wampcra must be a string')
  const attempt = await wampcra('joe', 'secret').begin(transport)
  await expect(attempt.answer({}, 'wampcra')).rejects.toMatchObject({ name: 'ChallengeRefused' })
})
