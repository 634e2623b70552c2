import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { octetsOfBase64 } from '../../src/auth/octets-of-base64.ts'

describe('octetsOfBase64', () => {
  it("agrees with Node's Buffer", () => {
    fc.assert(fc.property(fc.uint8Array(), octets => void expect(octetsOfBase64(Buffer.from(octets).toString('base64'))).toEqual(octets)))
  })

  for (const text of ['A', 'AA', 'AAA', 'AA=A', 'A===', 'AA==AA==', 'AA A', '-_-_', 'AAAA\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(octetsOfBase64(text)).toBeUndefined()
    })
  }
})
