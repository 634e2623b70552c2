import { describe, expect, it } from 'vitest'
import { pbkdf2Key, pbkdf2KeyInSlices } from '../../src/keys/pbkdf2-key.ts'

/** RFC 7914 §11 has the first as octets; the second is what AutobahnPython 0.7.4 answered. */
const vectors = [
  [
    'passwd',
    { salt: 'salt', iterations: 1, keylen: 64 },
    'VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw==',
  ],
  ['secret', { salt: 'RANDOM SALT', iterations: 10_000, keylen: 32 }, 'tx5xMrgXtMuatZmkJZ0CuesYLSE6qCxmXDgv6q7rDIo='],
] as const

describe('pbkdf2Key', () => {
  for (const [secret, derivation, key] of vectors) {
    it(`makes the published key of ${secret}, at once and in slices`, async () => {
      expect(pbkdf2Key(secret, derivation)).toBe(key)
      expect(await pbkdf2KeyInSlices(secret, derivation)).toBe(key)
    })
  }

  it('takes secret and salt as UTF-8', () => {
    expect(pbkdf2Key('пароль', { salt: 'соль', iterations: 1, keylen: 4 })).not.toBe(
      pbkdf2Key('??????', { salt: '????', iterations: 1, keylen: 4 }),
    )
  })
})
