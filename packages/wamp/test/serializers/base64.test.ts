import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, isBase64, toBase64 } from '../../src/serializers/base64.ts'

describe('base64', () => {
  it('agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), octets => {
        const text = Buffer.from(octets).toString('base64')
        expect(toBase64(octets)).toBe(text)
        expect(isBase64(text)).toBe(true)
        expect(fromBase64(text)).toEqual(octets)
      }),
    )
  })

  it('encodes more octets than one call takes', () => {
    for (const length of [6143, 6144, 6145, 20_000]) {
      const octets = Uint8Array.from({ length }, (_, n) => n * 31)
      expect(toBase64(octets)).toBe(Buffer.from(octets).toString('base64'))
    }
  })

  it.each(['A', 'AA', 'AAA', 'A===', '====', 'AA=A', '=AAA', 'AA-_', 'AA\n=', 'AAA=AAA=', 'ÿAAA', '\u0141AAA'])(
    'does not take %j',
    text => {
      expect(isBase64(text)).toBe(false)
    },
  )
})
