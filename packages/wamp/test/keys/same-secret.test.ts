import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameSecret } from '../../src/keys/same-secret.ts'

describe('sameSecret', () => {
  it('agrees with ===', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (one, other) => void expect(sameSecret(one, other)).toBe(one === other)))
    fc.assert(fc.property(fc.string(), secret => void expect(sameSecret(secret, `${secret}`)).toBe(true)))
  })
})
