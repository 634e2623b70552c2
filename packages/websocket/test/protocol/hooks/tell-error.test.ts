import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { printError, tellError } from '../../../src/protocol/hooks/tell-error.ts'

let printed: MockInstance<typeof console.error>
beforeEach(() => {
  printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => printed.mockRestore())

describe('tellError', () => {
  it('prints nothing where the handler takes the error', () => {
    const told: string[] = []
    tellError(() => told.push('told'))
    expect({ told, printed: printed.mock.calls }).toEqual({ told: ['told'], printed: [] })
  })

  it('prints what the handler throws', () => {
    const thrown = new Error('in onError')
    tellError(() => {
      throw thrown
    })
    expect(printed.mock.calls).toEqual([[thrown]])
  })

  it('prints what the promise of the handler rejects with', async () => {
    const thrown = new Error('in onError, later')
    tellError(() => Promise.reject(thrown))
    await new Promise(resolve => setImmediate(resolve))
    expect(printed.mock.calls).toEqual([[thrown]])
  })
})

describe('printError', () => {
  it('prints the message of an error that cannot be printed itself', () => {
    printed.mockImplementationOnce(() => {
      throw new Error('the stack cannot be read')
    })
    printError(new Error('what happened'))
    expect(printed.mock.calls.at(-1)).toEqual(['what happened'])
  })
})
