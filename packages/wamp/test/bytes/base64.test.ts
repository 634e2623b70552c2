import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64 } from '../../src/keys/base64.ts'

describe('base64', () => {
  it("agrees with Node's Buffer", () => {
    fc.assert(fc.property(fc.uint8Array(), octets => void expect(base64(octets)).toBe(Buffer.from(octets).toString('base64'))))
  })
})
