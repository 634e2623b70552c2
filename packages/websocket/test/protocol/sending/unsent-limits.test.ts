import { describe, expect, it } from 'vitest'
import {
  isAboveLimit,
  isAboveLimitOfRest,
  isAboveMark,
  tooMuchUnsent,
  type UnsentOptions,
  uncheckedOctets,
} from '../../../src/protocol/sending/unsent-limits.ts'

const throwing: UnsentOptions = { sendHighWaterMark: 10, maxUnsentSize: 100, unsentPolicy: 'throw' }
const unlimited: UnsentOptions = { ...throwing, maxUnsentSize: 0 }

describe('isAboveMark', () => {
  it('is false at the mark, and true above it', () => {
    expect({ at: isAboveMark(10, throwing), above: isAboveMark(11, throwing) }).toEqual({ at: false, above: true })
  })
})

describe('isAboveLimit', () => {
  it('is false at the limit, and true above it', () => {
    expect({ at: isAboveLimit(100, throwing), above: isAboveLimit(101, throwing) }).toEqual({ at: false, above: true })
  })

  it('is always false without a limit', () => {
    expect({ message: isAboveLimit(1e9, unlimited), rest: isAboveLimitOfRest(1e9, unlimited) }).toEqual({ message: false, rest: false })
  })
})

describe('isAboveLimitOfRest', () => {
  for (const [unsentPolicy, most] of [
    ['throw', 100],
    ['drop', 100],
    ['skip', 200],
  ] as const) {
    it(`lets the rest of a message have ${most} octets under the policy ${unsentPolicy} and a limit of 100`, () => {
      const options = { ...throwing, unsentPolicy }
      expect({ at: isAboveLimitOfRest(most, options), above: isAboveLimitOfRest(most + 1, options) }).toEqual({ at: false, above: true })
    })
  }
})

describe('tooMuchUnsent', () => {
  it('names what is unsent, and the limit', () => {
    expect(tooMuchUnsent(101, throwing)).toBe('101 octets are unsent, above the limit of 100: the peer reads too slowly')
  })
})

describe('uncheckedOctets', () => {
  it('is at most 16 KiB, and never lets a connection at its mark exceed the limit', () => {
    expect(uncheckedOctets(throwing)).toBe(90)
    expect(uncheckedOctets({ ...throwing, maxUnsentSize: 1e6 })).toBe(16 * 1024)
    expect(uncheckedOctets(unlimited)).toBe(16 * 1024)
  })
})
