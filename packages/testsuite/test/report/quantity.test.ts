import { expect, it } from 'vitest'
import { counted, duration, fineDuration, grouped } from '../../src/report/quantity.ts'

it('formats numbers, units and times', () => {
  expect(grouped(1_234_567)).toBe('1,234,567')
  expect([0, 1, 65_536].map(number => counted(number, 'octet'))).toEqual(['0 octets', '1 octet', '65,536 octets'])
  expect([0.4, 999, 1500, 90_000].map(duration)).toEqual(['0 ms', '999 ms', '1.5 s', '1.5 min'])
  expect([0.04, 12.345, 2000].map(fineDuration)).toEqual(['0.040 ms', '12.35 ms', '2.0 s'])
})
