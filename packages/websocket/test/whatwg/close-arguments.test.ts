import { describe, expect, it } from 'vitest'
import { closeArguments } from '../../src/whatwg/close-arguments.ts'

describe('closeArguments', () => {
  it.each([
    [undefined, '', { code: undefined, reason: '' }],
    [undefined, 'why', { code: 1000, reason: 'why' }],
    [1000, '', { code: 1000, reason: '' }],
    [3000, 'x', { code: 3000, reason: 'x' }],
    [4999, '', { code: 4999, reason: '' }],
  ])('takes %s %j', (code, reason, checked) => {
    expect(closeArguments(code, reason)).toEqual(checked)
  })

  it.each([0, 999, 1001, 1005, 2999, 5000, 65_535])('refuses the code %i', code => {
    expect(() => closeArguments(code, '')).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }))
  })

  it('counts the octets of a reason', () => {
    expect(closeArguments(1000, 'ä'.repeat(61)).reason).toHaveLength(61)
    expect(() => closeArguments(1000, 'ä'.repeat(62))).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
  })
})
