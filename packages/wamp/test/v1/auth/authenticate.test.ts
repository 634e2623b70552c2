import { describe, expect, it } from 'vitest'
import { authenticate } from '../../../src/v1/auth/authenticate.ts'

describe('authenticate', () => {
  it('signs the challenge as the text that it came as', async () => {
    const { calls, caller } = answering('{"a":1}', 'permissions')
    expect(await authenticate(caller, 'key', null, 'secret')).toBe('permissions')
    expect(calls).toEqual([
      ['http://api.wamp.ws/procedure#authreq', 'key', {}],
      ['http://api.wamp.ws/procedure#auth', 'qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ='],
    ])
  })

  it('takes a missing secret for an empty one, and signs nothing without a key', async () => {
    const { calls, caller } = answering('{}', 1)
    await authenticate(caller, 'key')
    expect(calls[1]?.[1]).toMatch(/^[\w+/]{43}=$/)
    const anonymous = answering(null, 2)
    expect(await authenticate(anonymous.caller)).toBe(2)
    expect(anonymous.calls).toEqual([
      ['http://api.wamp.ws/procedure#authreq', null, {}],
      ['http://api.wamp.ws/procedure#auth', null],
    ])
  })

  it('does not sign a text that is not a challenge', async () => {
    for (const challenge of ['{', 7, null, {}]) {
      const { caller } = answering(challenge, 1)
      await expect(authenticate(caller, 'key', null, 'secret')).rejects.toMatchObject({ uri: 'http://api.wamp.ws/error#invalid-argument' })
    }
  })

  it('does not compute for a server that demands too much', async () => {
    for (const [extra, why] of [
      ['{"salt":"x","iterations":1e9}', 'iterations must be a whole number from 1 to 1000000, and not 1000000000'],
      ['{"salt":"x","keylen":null}', 'keylen must be a whole number from 1 to 1024, and not null'],
      ['{"salt":7}', 'a salt must be a string, and not number'],
    ] as const) {
      const { calls, caller } = answering(`{"authextra":${extra}}`, 1)
      await expect(authenticate(caller, 'key', null, 'secret')).rejects.toMatchObject({
        uri: 'http://api.wamp.ws/error#invalid-argument',
        description: `the server's challenge cannot be answered: ${why}`,
      })
      expect(calls.length).toBe(1)
    }
  })

  it('refuses a secret that is not a string: null would sign as the word', async () => {
    const { calls, caller } = answering('{}', 1)
    await expect(authenticate(caller, 'key', null, null as unknown as string)).rejects.toMatchObject({ name: 'ApiMisuse' })
    expect(calls).toEqual([])
  })
})

function answering(...answers: unknown[]) {
  const calls: unknown[][] = []
  const call = (...args: unknown[]) => {
    calls.push(args)
    return Promise.resolve(answers[calls.length - 1])
  }
  return { calls, caller: { call } }
}
