import { describe, expect, it } from 'vitest'
import { fragmentSizeOf } from '../../../src/protocol/frames/send-options.ts'

describe('fragmentSizeOf', () => {
  it('is the fragment size of the message, or else the default', () => {
    expect([fragmentSizeOf({ fragmentSize: 1 }, 9), fragmentSizeOf({}, 9), fragmentSizeOf({}, 0)]).toEqual([1, 9, 0])
  })

  for (const fragmentSize of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`calls ${fragmentSize} misuse`, () => {
      expect(() => fragmentSizeOf({ fragmentSize }, 0)).toThrow(`fragmentSize must be a whole number above 0, and not ${fragmentSize}`)
    })
  }
})
