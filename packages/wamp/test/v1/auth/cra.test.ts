import { describe, expect, it } from 'vitest'
import { AuthError, answerTo, authExtraIn, authreqUri, authSignature, authUri, deriveKey } from '../../../src/v1/auth/cra.ts'

describe('the vectors of AutobahnPython 0.7.4', () => {
  it('derives a key', () => {
    expect(deriveKey('secret', { salt: 'RANDOM SALT', iterations: 10_000, keylen: 32 })).toBe(
      'tx5xMrgXtMuatZmkJZ0CuesYLSE6qCxmXDgv6q7rDIo=',
    )
    expect(deriveKey('secret', { salt: 'RANDOM SALT' })).toBe('tx5xMrgXtMuatZmkJZ0CuesYLSE6qCxmXDgv6q7rDIo=')
  })

  it('signs a challenge', async () => {
    const salted = { salt: 'RANDOM SALT', iterations: 10, keylen: 32 }
    for (const [extra, signature] of [
      [undefined, 'qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ='],
      [{}, 'qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ='],
      [salted, 'hvp0HBgg6gMcEeJqffUmREEGjQ/zL+3UQRbu78AKVqM='],
    ] as const) {
      expect(authSignature('{"a":1}', 'secret', extra)).toBe(signature)
      expect(await answerTo('{"a":1}', 'secret', extra)).toBe(signature)
    }
  })
})

describe('the URIs of WAMP-CRA', () => {
  it('are those of WAMP 1, letter for letter', () => {
    expect([authreqUri, authUri]).toEqual(['http://api.wamp.ws/procedure#authreq', 'http://api.wamp.ws/procedure#auth'])
    expect(Object.values(AuthError).map(uri => uri.replace('http://api.wamp.ws/error#', ''))).toEqual([
      'already-authenticated',
      'authentication-already-requested',
      'no-authentication-requested',
      'invalid-argument',
      'anonymous-auth-forbidden',
      'no-such-authkey',
      'auth-permissions-error',
      'invalid-signature',
    ])
  })
})

describe('the parameters of a challenge', () => {
  it('is bounded, so that no server has its clients work for hours', () => {
    for (const extra of [{ iterations: 1_000_001 }, { iterations: 0 }, { iterations: 1.5 }, { keylen: 1025 }, { keylen: 0 }]) {
      expect(() => deriveKey('secret', { salt: 'x', ...extra })).toThrow(/must be a whole number from 1 to/)
    }
    expect(() => deriveKey('secret', { salt: 7 as never })).toThrow('a salt must be a string, and not number')
  })
})

describe('authExtraIn', () => {
  it('finds the parameters of the salt in a challenge, if there are any', () => {
    expect(authExtraIn('{"authextra":{"salt":"x"}}')).toEqual({ salt: 'x' })
    for (const challenge of ['{}', 'null', '7', '{"authextra":null}', '{"authextra":"x"}']) expect(authExtraIn(challenge)).toBe(undefined)
    expect(() => authExtraIn('{')).toThrow(SyntaxError)
  })
})
