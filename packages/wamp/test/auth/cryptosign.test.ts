import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChallengeRefused } from '../../src/auth/challenge-refused.ts'
import { cryptosignSignature, isCryptosignSignature, publicKeyOf } from '../../src/auth/cryptosign.ts'
import { octetsOfHex } from '../../src/auth/hex.ts'

const channelId = octetsOfHex('62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff')
const keys = [
  '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510',
  'd511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd',
  '6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b',
] as const
const challenges = [
  'ff'.repeat(32),
  'b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d',
  'b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2',
] as const

/** The vectors of the WAMP specification, section "Cryptosign-based Authentication". */
const vectors = [
  [
    keys[0],
    challenges[0],
    undefined,
    'b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03',
  ],
  [
    keys[1],
    challenges[1],
    undefined,
    'd4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce725cd8dceb344e6d11c09d1aaaf4d660f',
  ],
  [
    keys[2],
    challenges[2],
    undefined,
    '7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5658fc84a76196b0fa8d1ebc92ef9f30b',
  ],
  [
    keys[0],
    challenges[0],
    channelId,
    '9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f',
  ],
  [
    keys[1],
    challenges[1],
    channelId,
    '305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c652333920223844ef0725eb5dc2febfd6af7677b73f01',
  ],
  [
    keys[2],
    challenges[2],
    channelId,
    'ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a6ff99eba893e0a4ad4d45892ca75e608',
  ],
] as const

function signedOf(challenge: string, channel: Uint8Array | undefined): string {
  const octets = Buffer.from(challenge, 'hex')
  return Buffer.from(octets.map((octet, i) => octet ^ (channel?.[i] ?? 0))).toString('hex')
}

describe('cryptosign', () => {
  for (const [key, challenge, channel, signature] of vectors) {
    it(`makes the published signature of ${challenge.slice(0, 8)}… ${channel ? 'on one connection' : 'without channel binding'}`, () => {
      const made = cryptosignSignature(key, challenge, channel)
      expect(made).toBe(signature + signedOf(challenge, channel))
      expect(isCryptosignSignature(publicKeyOf(key), challenge, made, channel)).toBe(true)
    })
  }

  it("agrees with Node's Ed25519 on keys and signatures", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed, challenge) => {
        const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
        const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
        const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
        const hex = Buffer.from(seed).toString('hex')
        const text = Buffer.from(challenge).toString('hex')
        expect(publicKeyOf(hex)).toBe(publicKey)
        expect(cryptosignSignature(hex, text)).toBe(sign(null, challenge, key).toString('hex') + text)
      }),
      { numRuns: 10 },
    )
  })

  const publicKey = publicKeyOf(keys[0])
  const signature = cryptosignSignature(keys[0], challenges[0])

  it('accepts neither the signature of another key nor that of another challenge', () => {
    expect(isCryptosignSignature(publicKeyOf(keys[1]), challenges[0], signature)).toBe(false)
    expect(isCryptosignSignature(publicKey, challenges[1], signature)).toBe(false)
  })

  it('accepts no signature that was made on another connection', () => {
    expect(isCryptosignSignature(publicKey, challenges[0], signature, channelId)).toBe(false)
    expect(isCryptosignSignature(publicKey, challenges[0], cryptosignSignature(keys[0], challenges[0], channelId))).toBe(false)
  })

  it('accepts no signature without the octets that were signed, and none with others', () => {
    expect(isCryptosignSignature(publicKey, challenges[0], signature.slice(0, 128))).toBe(false)
    expect(isCryptosignSignature(publicKey, challenges[0], signature.slice(0, 128) + challenges[1])).toBe(false)
  })

  for (const wrong of ['', 'zz', '00', '00'.repeat(96), signature.slice(1), 'é'.repeat(192)]) {
    it(`takes ${wrong.slice(0, 6)}… (${wrong.length}) for a wrong signature, and not for an error`, () => {
      expect(isCryptosignSignature(publicKey, challenges[0], wrong)).toBe(false)
    })
  }

  it('takes a public key that is not one for a wrong signature', () => {
    for (const key of ['', '00', 'ff'.repeat(32), 'x']) expect(isCryptosignSignature(key, challenges[0], signature)).toBe(false)
  })

  it("refuses on the client's side a challenge that is not 32 octets of hex, and a key that is none", () => {
    for (const challenge of ['', 'ff', 'x'.repeat(64), 'ff'.repeat(33)]) {
      expect(() => cryptosignSignature(keys[0], challenge)).toThrow(ChallengeRefused)
    }
    expect(() => cryptosignSignature('ff', challenges[0])).toThrow(ChallengeRefused)
    expect(() => publicKeyOf('secret')).toThrow(ChallengeRefused)
    expect(() => cryptosignSignature(keys[0], challenges[0], new Uint8Array(31))).toThrow(ChallengeRefused)
  })

  it('does not show the key in what it throws', () => {
    try {
      publicKeyOf('my-private-key')
    } catch (error) {
      expect(String(error)).not.toContain('my-private-key')
    }
  })
})
