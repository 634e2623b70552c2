import { describe, expect, it } from 'vitest'
import { checkedReason, codeOnTheWire, cutReason } from '../../src/browser/close-frame.ts'

describe('codeOnTheWire', () => {
  it('leaves what a page may send, and adds 3000 to the codes of the protocol', () => {
    const pairs = [1000, 3000, 4999, 1001, 1002, 1003, 1007, 1011, 1014].map(code => [code, codeOnTheWire(code)])
    expect(pairs.map(([code = 0, sent = 0]) => sent - code)).toEqual([0, 0, 0, 3000, 3000, 3000, 3000, 3000, 3000])
  })

  it('refuses what nobody may send', () => {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN]) {
      expect(() => codeOnTheWire(code), String(code)).toThrow(`close code ${code} may not be sent`)
    }
  })
})

describe('reasons', () => {
  it('have at most 123 octets', () => {
    expect(checkedReason('x'.repeat(123))).toBe('x'.repeat(123))
    expect(() => checkedReason('x'.repeat(124))).toThrow('close reason of 124 octets; at most 123 fit')
  })

  it('are cut at a character', () => {
    expect(cutReason('short')).toBe('short')
    expect(cutReason('🌍'.repeat(40))).toBe('🌍'.repeat(30))
    expect(cutReason('x'.repeat(500))).toBe('x'.repeat(123))
  })
})
