import { describe, expect, it } from 'vitest'
import { CloseCode, mayBeSent } from '../../../src/protocol/faults/close-code.ts'

describe('CloseCode', () => {
  it('answers whether a code may be sent', () => {
    const { Normal, NoCode, Abnormal, TlsFailed } = CloseCode
    expect([Normal, 3000].map(CloseCode.mayBeSent)).toEqual([true, true])
    expect([NoCode, Abnormal, TlsFailed].map(CloseCode.mayBeSent)).toEqual([false, false, false])
  })
})

describe('mayBeSent', () => {
  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
    it(`allows ${code}`, () => expect(mayBeSent(code)).toBe(true))
  }

  for (const code of [
    -1,
    0,
    999,
    1004,
    1005,
    1006,
    1015,
    1016,
    1100,
    2000,
    2999,
    5000,
    65535,
    1000.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]) {
    it(`forbids ${code}`, () => expect(mayBeSent(code)).toBe(false))
  }
})
