import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, isBase64, toBase64 } from '../../src/serializers/base64.ts'
import { fromCompactBase64, toCompactBase64 } from '../../src/serializers/compact-base64.ts'

describe('compact base64', () => {
  it('writes and reads what base64 writes and reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), octets => {
        expect(toCompactBase64(octets)).toBe(toBase64(octets))
        expect(fromCompactBase64(toBase64(octets))).toEqual(octets)
      }),
    )
  })

  it('refuses what is not base64', () => {
    const digits = fc.string({ unit: fc.constantFrom('A', '/', '+', '=', ' ', '-', '_', '\n', 'ÿ'), maxLength: 9 })
    fc.assert(
      fc.property(digits, text => {
        expect(fromCompactBase64(text)).toEqual(isBase64(text) ? fromBase64(text) : undefined)
      }),
    )
  })
})
