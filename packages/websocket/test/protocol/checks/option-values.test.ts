import { describe, expect, it } from 'vitest'
import {
  abortSignal,
  objectOrDefaults,
  oneOf,
  seconds,
  someFunction,
  someText,
  trueOrFalse,
  upToAnHour,
  wholeNumber,
} from '../../../src/protocol/checks/option-values.ts'

describe('the kinds of option values', () => {
  for (const [check, takes, refuses] of [
    [trueOrFalse, [true, false], [0, 'true', null]],
    [seconds, [0, 0.5, 2_000_000], [-1, 2_000_001, Number.NaN, '3', null]],
    [upToAnHour, [0, 0.5, 3600], [-1, 3601, 30_000, Number.NaN, '3', null]],
    [wholeNumber, [0, 1], [-1, 0.5, Number.NaN, '1', 2 ** 53]],
    [someText, ['a'], ['', 1, null]],
    [someFunction, [() => 1], ['a', {}, null]],
    [objectOrDefaults, [{}, { a: 1 }], [true, null, [], 'a']],
    [abortSignal, [new AbortController().signal], [new AbortController(), {}, null, 'a']],
    [oneOf('skip', 'send'), ['skip', 'send'], ['drop', '', 1, ['skip']]],
  ] as const) {
    it(`take ${check.wanted}, and nothing else`, () => {
      for (const value of takes) expect(check.holds(value), String(value)).toBe(true)
      for (const value of refuses) expect(check.holds(value), String(value)).toBe(false)
    })
  }
})
