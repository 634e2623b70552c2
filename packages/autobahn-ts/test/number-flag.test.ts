import { describe, expect, it } from 'vitest'
import { secondsFromZeroTo, secondsUpTo, wholeNumberFrom } from '../src/number-flag.ts'

describe('a whole number', () => {
  it('is read within its bounds', () => expect(wholeNumberFrom(1, 10)('10')).toBe(10))

  for (const text of ['0', '11', '1.5', '-1', '1e1', '', 'ten']) {
    it(`is not ${JSON.stringify(text)}`, () => expect(() => wholeNumberFrom(1, 10)(text)).toThrow('a whole number from 1 to 10'))
  }
})

describe('a number of seconds', () => {
  it('may have a fraction', () => expect(secondsUpTo(10)('0.5')).toBe(0.5))
  it('may begin with the point', () => expect(secondsUpTo(10)('.5')).toBe(0.5))
  it('may be 0 where nothing speaks against it', () => expect(secondsFromZeroTo(10)('0')).toBe(0))

  for (const text of ['0', '11', '-1', '5s', '']) {
    it(`is not ${JSON.stringify(text)}`, () => expect(() => secondsUpTo(10)(text)).toThrow('seconds above 0, up to 10'))
  }

  for (const text of ['11', '-1', '1e1', 'Infinity', '.', '']) {
    it(`from 0 is not ${JSON.stringify(text)}`, () => expect(() => secondsFromZeroTo(10)(text)).toThrow('seconds from 0 to 10'))
  }
})
