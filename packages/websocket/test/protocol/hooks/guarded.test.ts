import { describe, expect, it, vi } from 'vitest'
import { guarded, printError, reporting } from '../../../src/protocol/hooks/guarded.ts'

describe('guarded', () => {
  it('gives what the function returns', () => {
    const failed = vi.fn()
    expect(guarded(() => 7, failed)).toBe(7)
    expect(failed).not.toHaveBeenCalled()
  })

  it('tells what the function throws', () => {
    const failed = vi.fn()
    const thrown = new Error('at once')
    const returned = guarded(() => {
      throw thrown
    }, failed)
    expect({ returned, failed: failed.mock.calls }).toEqual({ returned: undefined, failed: [[thrown]] })
  })

  it('tells what the promise of the function rejects with', async () => {
    const failed = vi.fn()
    const thrown = new Error('later')
    const returned = guarded(() => Promise.reject(thrown), failed)
    await expect(returned).rejects.toBe(thrown)
    expect(failed.mock.calls).toEqual([[thrown]])
  })
})

describe('printError', () => {
  it('prints what was thrown', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    printError('anything')
    expect(print.mock.calls).toEqual([['anything']])
    print.mockRestore()
  })

  it('prints the message of an error that cannot be printed itself', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    print.mockImplementationOnce(() => {
      throw new Error('the stack cannot be read')
    })
    printError(new Error('what happened'))
    expect(print.mock.calls.at(-1)).toEqual(['what happened'])
    print.mockRestore()
  })
})

describe('reporting', () => {
  it('passes errors on, makes errors of other values, and prints what the function throws or rejects with', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const errors: string[] = []
    const second = new Error('of onError')
    const throwing = reporting(error => {
      errors.push(error.message)
      throw second
    })
    const rejecting = reporting(async error => {
      errors.push(error.message)
      throw second
    })
    throwing(new Error('one'))
    throwing('other')
    rejecting(new Error('three'))
    await new Promise(setImmediate)
    expect(errors).toEqual(['one', expect.stringContaining('other'), 'three'])
    expect(print.mock.calls).toEqual([[second], [second], [second]])
    print.mockRestore()
  })

  it('prints what was thrown where there is no function', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    reporting(undefined)('anything')
    expect(print.mock.calls).toEqual([['anything']])
    print.mockRestore()
  })
})
