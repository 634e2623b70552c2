import { describe, expect, it } from 'vitest'
import { cryptosignSignature, isCryptosignSignature, publicKeyOf } from '../../src/auth/cryptosign.ts'
import { cryptosign } from '../../src/auth/cryptosign-method.ts'

const transport = { kind: 'memory', peer: '', isSecure: false, headers: {} } as const
const channelId = new Uint8Array(32).fill(9)
const secure = { ...transport, isSecure: true, channelId: () => channelId }
const key = '11'.repeat(32)
const routerKey = '22'.repeat(32)
const challenge = 'ab'.repeat(32)

describe('cryptosign', () => {
  it('signs the challenge', async () => {
    const attempt = await cryptosign(async () => key, { authid: 'joe' }).begin(transport)
    expect(attempt.hello).toEqual({ authid: 'joe', authextra: { pubkey: publicKeyOf(key) } })
    const { signature } = await attempt.answer({ challenge }, 'cryptosign')
    expect(isCryptosignSignature(publicKeyOf(key), challenge, signature)).toBe(true)
  })

  it('binds the proof to the TLS connection, or refuses', async () => {
    const method = cryptosign(key, { channelBinding: true })
    const attempt = await method.begin(secure)
    expect(attempt.hello.authextra).toMatchObject({ channel_binding: 'tls-exporter' })
    const { signature } = await attempt.answer({ challenge, channel_binding: 'tls-exporter' }, 'cryptosign')
    expect(isCryptosignSignature(publicKeyOf(key), challenge, signature, channelId)).toBe(true)
    expect(() => attempt.answer({ challenge }, 'cryptosign')).toThrow('the router does not bind')
    await expect(Promise.resolve(method.begin(transport))).rejects.toThrow('the transport has no TLS')
  })

  it('lets the router prove itself', async () => {
    const attempt = await cryptosign(key, { routerKey: publicKeyOf(routerKey) }).begin(transport)
    const own = attempt.hello.authextra?.challenge as string
    await attempt.answer({ challenge, signature: cryptosignSignature(routerKey, own) }, 'cryptosign')
    for (const signature of [undefined, cryptosignSignature(key, own), cryptosignSignature(routerKey, challenge)]) {
      expect(() => attempt.answer({ challenge, signature }, 'cryptosign')).toThrow('the router has not proved')
    }
  })

  it('refuses keys and options that are wrong, without showing keys', async () => {
    expect(() => cryptosign('abc')).toThrow('must be 64 letters of hex, or a function that returns them, and not a text of 3 letters')
    expect(() => cryptosign(key, { routerkey: 'x' } as never)).toThrow('did you mean routerKey?')
    expect(() => cryptosign(key, { routerKey: 'x' })).toThrow('option routerKey must be 64 letters of hex')
    await expect(Promise.resolve(cryptosign(() => 5 as never).begin(transport))).rejects.toThrow('and not "number"')
    const attempt = await cryptosign(key).begin(transport)
    expect(() => attempt.answer({}, 'cryptosign')).toThrow('the challenge of cryptosign is not a text')
  })
})
