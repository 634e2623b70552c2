import { describe, expect, it } from 'vitest'
import { asError } from '../../src/protocol/as-error.ts'

describe('asError', () => {
  it('leaves an error as it is', () => {
    const error = new TypeError('x')
    expect(asError(error)).toBe(error)
  })

  it('makes an error of anything else, whether it can be printed or not', () => {
    const unprintable = [
      Object.create(null),
      {
        toString() {
          throw new Error('no')
        },
      },
    ]
    for (const thrown of [undefined, null, 'text', Symbol('s'), 5n]) expect(asError(thrown).message).toBe(String(thrown))
    for (const thrown of unprintable) {
      expect(asError(thrown).message).toBe('something was thrown that is no error and cannot be printed')
    }
  })
})
