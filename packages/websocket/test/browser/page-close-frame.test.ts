import { describe, expect, it } from 'vitest'
import { fittingReason, isCloseFrame } from '../../src/browser/page-close-frame.ts'

describe('isCloseFrame', () => {
  it('is true of codes that may be sent, with a reason that fits', () => {
    expect([isCloseFrame(1000, ''), isCloseFrame(4999, 'x'.repeat(123)), isCloseFrame(1008, 'ä'.repeat(61))]).toEqual([true, true, true])
  })

  it('is false of all others', () => {
    for (const [code, reason] of [
      [1005, ''],
      [999, ''],
      ['1000', ''],
      [1000, 5],
      [1000, 'x'.repeat(124)],
      [1000, 'ä'.repeat(62)],
    ] as const)
      expect(isCloseFrame(code as number, reason as string), `${code} ${reason}`).toBe(false)
  })
})

describe('fittingReason', () => {
  it('keeps a reason that fits, and cuts a longer one between characters', () => {
    expect(fittingReason('ä'.repeat(61))).toBe('ä'.repeat(61))
    expect(fittingReason('x'.repeat(200))).toBe('x'.repeat(123))
    expect(fittingReason('ä'.repeat(100))).toBe('ä'.repeat(61))
    expect(fittingReason(`${'x'.repeat(122)}😀`)).toBe('x'.repeat(122))
    expect(fittingReason('😀'.repeat(100))).toBe('😀'.repeat(30))
  })
})
