import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { asError, isError } from '../../../src/protocol/faults/as-error.ts'

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
      expect(asError(thrown).message).toBe('the thrown value is not an error and cannot be printed')
    }
  })

  it('makes an error that can be read of one that cannot', () => {
    const hidden = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no')
      },
    })
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {})
    revoke()
    for (const thrown of [hidden, proxy]) expect(asError(thrown).message).toContain('cannot be printed')
    const odd = Object.assign(new Error('x'), { message: Symbol('x') })
    expect(asError(odd).message).toBe('an error was thrown whose message is not text')
  })
})

describe('isError', () => {
  it('knows errors, also of another realm', () => {
    const foreign: unknown = runInNewContext('new TypeError("x")')
    expect({ ownError: isError(new RangeError('x')), foreignError: isError(foreign), isInstance: foreign instanceof Error }).toEqual({
      ownError: true,
      foreignError: true,
      isInstance: false,
    })
  })

  it('takes nothing else, and never throws', () => {
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {})
    revoke()
    expect([null, 'Error', { message: 'x' }, () => 1, proxy].map(isError)).toEqual([false, false, false, false, false])
  })
})
