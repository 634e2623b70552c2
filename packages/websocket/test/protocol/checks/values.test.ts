import { describe, expect, it } from 'vitest'
import { isFunction, isSignal, isWholeNumber, surelyFit } from '../../../src/protocol/checks/values.ts'

interface Options {
  readonly size?: number
  readonly signal?: AbortSignal
  readonly done?: () => void
}

const tests = { size: isWholeNumber, signal: isSignal, done: isFunction }

describe('surelyFit', () => {
  it('is so for no options, and for names and values that the tests accept', () => {
    for (const options of [undefined, {}, { size: 0 }, { size: undefined, signal: new AbortController().signal, done: () => undefined }]) {
      expect(surelyFit<Options>(options, tests)).toBe(true)
    }
  })

  it('is not so for other names and values, and for anything but a plain object', () => {
    const inherits = Object.create({ size: 'large' })
    for (const options of [{ size: -1 }, { sizes: 1 }, { toString: 1 }, { done: 1 }, null, 5, [], () => 1, inherits, Object.create(null)]) {
      expect(surelyFit<Options>(options, tests)).toBe(false)
    }
  })

  it('is not so for values that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const options of [proxy, { signal: proxy }]) expect(surelyFit<Options>(options, tests)).toBe(false)
  })
})
