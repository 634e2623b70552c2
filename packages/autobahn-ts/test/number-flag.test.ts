import { describe, expect, it } from 'vitest'
import { secondsUpTo, wholeNumberFrom } from '../src/number-flag.ts'

describe('a whole number', () => {
  it('is read within its bounds', () => expect(wholeNumberFrom(1, 10)('10')).toBe(10))

  for (const text of ['0', '11', '1.5', '-1', '1e1', '', 'ten']) {
    it(`is not ${JSON.stringify(text)}`, () => expect(() => wholeNumberFrom(1, 10)(text)).toThrow('a whole number from 1 to 10'))
  }
})

describe('a number of seconds', () => {
  it('may have a fraction', () => expect(secondsUpTo(10)('0.5')).toBe(0.5))

  for (const text of ['0', '11', '-1', '5s', '']) {
    it(`is not ${JSON.stringify(text)}`, () => expect(() => secondsUpTo(10)(text)).toThrow('seconds above 0, up to 10'))
  }
})
