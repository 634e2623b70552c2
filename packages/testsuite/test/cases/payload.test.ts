import { describe, expect, it } from 'vitest'
import { concatenated, lengthOf, octetsOf, pieces, repeated } from '../../src/cases/payload.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

describe('payloads', () => {
  it('are counted in octets', () => {
    expect(lengthOf('ä')).toBe(2)
    expect(lengthOf(hex('00 01'))).toBe(2)
    expect(lengthOf(repeated('*', 7))).toBe(7)
  })

  it('repeat a pattern up to a length', () => {
    expect(octetsOf(repeated(hex('01 02'), 5))).toEqual(hex('01 02 01 02 01'))
    expect(octetsOf(repeated('*', 0))).toHaveLength(0)
  })

  it('are cut into pieces, an empty payload into one', () => {
    expect(pieces('abcde', 2)).toEqual([utf8('ab'), utf8('cd'), utf8('e')])
    expect(pieces('', 2)).toEqual([hex('')])
  })

  it('are concatenated', () => {
    expect(concatenated('a', hex('62'))).toEqual(utf8('ab'))
  })
})
