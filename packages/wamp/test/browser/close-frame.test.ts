import { describe, expect, it } from 'vitest'
import { codeOnTheWire, cutReason } from '../../src/browser/close-frame.ts'

describe('codeOnTheWire', () => {
  it('leaves what a page may send, and adds 3000 to the codes of the protocol', () => {
    const pairs = [1000, 3000, 4999, 1001, 1002, 1003, 1007, 1011, 1014].map(code => [code, codeOnTheWire(code)])
    expect(pairs.map(([code = 0, sent = 0]) => sent - code)).toEqual([0, 0, 0, 3000, 3000, 3000, 3000, 3000, 3000])
  })
})

describe('cutReason', () => {
  it('cuts a reason at a character', () => {
    expect(cutReason('short')).toBe('short')
    expect(cutReason('🌍'.repeat(40))).toBe('🌍'.repeat(30))
    expect(cutReason('x'.repeat(500))).toBe('x'.repeat(123))
  })
})
