import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, octetsOfBase64 } from '../../src/bytes/base64.ts'
import { fromBase64, isBase64, toBase64 } from '../../src/serializers/base64.ts'

describe('base64', () => {
  it("agrees with Node's Buffer, and with the serializers", () => {
    fc.assert(
      fc.property(fc.uint8Array(), octets => {
        expect(base64(octets)).toBe(Buffer.from(octets).toString('base64'))
        expect(base64(octets)).toBe(toBase64(octets))
      }),
    )
  })
})

describe('octetsOfBase64', () => {
  it("agrees with Node's Buffer", () => {
    fc.assert(fc.property(fc.uint8Array(), octets => void expect(octetsOfBase64(Buffer.from(octets).toString('base64'))).toEqual(octets)))
  })

  for (const text of ['A', 'AA', 'AAA', 'AA=A', 'A===', '====', '==', 'AA==AA==', 'AA A', '-_-_', 'AAAA\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(octetsOfBase64(text)).toBeUndefined()
    })
  }

  it('refuses what the serializers refuse', () => {
    const digits = fc.string({ unit: fc.constantFrom('A', '/', '+', '=', ' ', '-', '_', '\n', 'ÿ'), maxLength: 9 })
    fc.assert(
      fc.property(digits, text => {
        expect(octetsOfBase64(text)).toEqual(isBase64(text) ? fromBase64(text) : undefined)
      }),
    )
  })
})
