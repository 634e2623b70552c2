import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, isBase64Of16 } from '../../../src/handshake/http/base64.ts'

describe('base64', () => {
  it('agrees with the base64 of Node', () => {
    fc.assert(
      fc.property(fc.uint8Array(), octets => {
        expect(base64(octets)).toBe(Buffer.from(octets).toString('base64'))
      }),
    )
  })
})

describe('isBase64Of16', () => {
  it('takes every encoding of 16 octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), octets => {
        expect(isBase64Of16(base64(octets))).toBe(true)
      }),
    )
  })

  for (const [why, text] of [
    ['empty', ''],
    ['15 octets', 'AAAAAAAAAAAAAAAAAAAA'],
    ['17 octets', 'AAAAAAAAAAAAAAAAAAAAAAA='],
    ['no padding', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['text behind the padding', 'AAAAAAAAAAAAAAAAAAAAAA=='.padEnd(25, 'A')],
    ['bits left over', 'AAAAAAAAAAAAAAAAAAAAAB=='],
    ['padding within', 'AAAAAAAAAAAAAAAAAAAAA==='],
    ['the URL alphabet', '-_AAAAAAAAAAAAAAAAAAAA=='],
    ['a space', 'AAAA AAAAAAAAAAAAAAAAA=='],
    ['what is not ASCII', '\xe4AAAAAAAAAAAAAAAAAAAAA=='],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(isBase64Of16(text)).toBe(false)
    })
  }
})
