import { describe, expect, it } from 'vitest'
import { isScramProof, type ScramFacts, scramCredential, scramVerifier } from '../../src/auth/scram.ts'
import { scram } from '../../src/auth/scram-method.ts'
import { base64 } from '../../src/bytes/base64.ts'

const transport = { kind: 'memory', peer: '', isSecure: false, headers: {} } as const
const derivation = { kdf: 'pbkdf2', salt: base64(new Uint8Array(16)), iterations: 4096 } as const

describe('scram', () => {
  it.each(['wamp-scram', 'scram'] as const)('proves the password to the router, and lets the router prove itself: %s', async dialect => {
    const attempt = await scram('joe', 'pencil').begin(transport)
    const clientNonce = attempt.hello.authextra?.nonce as string
    const nonce = `${clientNonce}router`
    const { signature, extra } = await attempt.answer({ ...derivation, nonce }, dialect)
    const credential = await scramCredential('pencil', derivation, dialect)
    const facts: ScramFacts = { dialect, authid: 'joe', clientNonce, serverNonce: nonce, salt: derivation.salt, iterations: 4096 }
    expect(isScramProof(credential, facts, signature)).toBe(true)
    expect(extra).toMatchObject({ nonce })
    const verifier = scramVerifier(credential, facts)
    const authextra = dialect === 'scram' ? { scram_server_signature: verifier } : { verifier }
    await attempt.verifyWelcome?.({ roles: {}, authextra })
    expect(() => attempt.verifyWelcome?.({ roles: {}, authextra: { verifier: base64(new Uint8Array(32)) } })).toThrow('has not proved')
    expect(() => attempt.verifyWelcome?.({ roles: {} })).toThrow('has not proved')
  })

  it('uses another nonce for each session', async () => {
    const method = scram('joe', 'pencil')
    const [one, other] = [await method.begin(transport), await method.begin(transport)]
    expect(one.hello.authextra?.nonce).not.toBe(other.hello.authextra?.nonce)
  })

  it.each([
    [{ nonce: 'of another' }, 'must begin with that of the client'],
    [{ nonce: undefined }, 'must begin with that of the client'],
    [{ salt: 5 }, 'the salt of scram is not a text'],
    [{ iterations: 1 }, 'iterations of scram must be an integer from 4096'],
    [{ kdf: 'md5' }, 'kdf of scram must be pbkdf2 or argon2id13'],
  ])('refuses a challenge with %j', async (wrong, message) => {
    const attempt = await scram('joe', 'pencil').begin(transport)
    const extra = { ...derivation, nonce: `${attempt.hello.authextra?.nonce}router`, ...wrong }
    await expect(attempt.answer(extra, 'wamp-scram')).rejects.toMatchObject({
      name: 'ChallengeRefused',
      message: expect.stringContaining(message),
    })
  })
})
