import { describe, expect, it } from 'vitest'
import { jsonText } from '../../src/conversation/json-text.ts'

describe('jsonText', () => {
  it('is the JSON of a value', () => {
    expect([null, 1, 'a', [true], { a: new Date(0) }].map(jsonText)).toEqual([
      'null',
      '1',
      '"a"',
      '[true]',
      '{"a":"1970-01-01T00:00:00.000Z"}',
    ])
  })

  it('refuses what JSON cannot write, with the cause', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const broken = {
      toJSON() {
        throw new Error('no JSON today')
      },
    }
    for (const [value, message] of [
      [undefined, 'undefined cannot be written as JSON'],
      [() => 1, 'a function cannot be written as JSON'],
      [Symbol('s'), 'Symbol(s) cannot be written as JSON'],
      [1n, '1n cannot be written as JSON: '],
      [cycle, '[object Object] cannot be written as JSON: '],
      [broken, '[object Object] cannot be written as JSON: no JSON today'],
    ] as const)
      expect(() => jsonText(value)).toThrow(
        expect.objectContaining({ name: 'ApiMisuse', message: expect.stringContaining(message) as string }),
      )
  })
})
