import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOfBase64, fromBase64, isBase64, toBase64 } from '../../src/serializers/base64.ts'

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

  it.each(['A', 'AA', 'AAA', 'A===', '====', 'AA=A', '=AAA', 'AA-_', 'AA\n=', 'AAA=AAA=', 'ÿAAA', '\u0141AAA'])(
    'does not take %j',
    text => {
      expect(isBase64(text)).toBe(false)
    },
  )

  it.each([
    ['AAEC"', 4],
    ['"', 0],
    ['AA=="', 4],
    ['AAA="', 4],
    ['AAEC', -1],
    ['AAE"', -1],
    ['A==="', -1],
    ['AA=A"', -1],
    ['AA\\/A"', -1],
    ['A="', -1],
  ])('finds the end of %j at %i', (text, end) => {
    expect(endOfBase64(`[${text}`, 1)).toBe(end < 0 ? -1 : end + 1)
  })
})
