import { describe, expect, it } from 'vitest'
import { joinChecks } from '../../src/channels/join-options.ts'
import { checkOptions } from '../../src/protocol/checks/check-options.ts'

describe('the options of join', () => {
  it('take a date that is one, or a text', () => {
    const check = (options: object): void => checkOptions(options, joinChecks, 'join')
    for (const since of [new Date(0), 'abc.1.2', '']) expect(() => check({ since })).not.toThrow()
    for (const since of [new Date(Number.NaN), 5, null, {}])
      expect(() => check({ since })).toThrow('option since must be a Date, or a position')
    expect(() => check({ sinse: '' })).toThrow('did you mean since?')
  })
})
