import { describe, expect, it } from 'vitest'
import { perMessageDeflateOptions } from '../../../src/extensions/permessage-deflate/options.ts'
import { defaultsOf, resolveOptions } from '../../../src/protocol/options/option-table.ts'

describe('perMessageDeflateOptions', () => {
  it('holds its own defaults', () => {
    for (const [name, { default: value, holds }] of Object.entries(perMessageDeflateOptions))
      expect([name, holds(value)]).toEqual([name, true])
  })

  for (const [name, values] of Object.entries({
    windowBits: [8, 16, 9.5, '12'],
    requestMaxWindowBits: [7, 16, -1],
    level: [-1, 10],
    memLevel: [0, 10],
    threshold: [-1, 1.5],
    maxContexts: [0],
    noContextTakeover: [1, 'true'],
    requestNoContextTakeover: [null],
    unknown: [1],
  })) {
    it(`calls ${JSON.stringify(values)} for ${name} misuse`, () => {
      for (const value of values) {
        const resolve = () => resolveOptions(perMessageDeflateOptions, defaultsOf(perMessageDeflateOptions), { [name]: value })
        expect(resolve).toThrow(name)
      }
    })
  }
})
