import { describe, expect, it } from 'vitest'
import { RpcError } from '../../../src/v1/rpc/rpc-error.ts'

describe('RpcError', () => {
  it('has the elements of a CALLERROR, and is an Error', () => {
    const cause = new Error('inner')
    const error = new RpcError('u', 'd', { a: 1 }, { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'RpcError',
      code: 'ERR_RPC',
      message: 'd',
      uri: 'u',
      description: 'd',
      details: { a: 1 },
      closeSession: false,
      cause,
    })
  })

  it('refuses a URI that is not a string, and names it', () => {
    for (const [uri, shown] of [
      [Symbol('u'), 'Symbol(u)'],
      [7n, '7n'],
      [Object.create(null), '[object Object]'],
      ['', '""'],
    ] as const) {
      expect(() => new RpcError(uri as never, 'd')).toThrow(`the URI of an error must be a non-empty string, and not ${shown}`)
    }
  })

  it('treats null as missing details, because both look the same on the wire', () => {
    expect(new RpcError('u', 'd', null).details).toBe(undefined)
    expect(new RpcError('u', 'd', 0).details).toBe(0)
  })

  it('refuses values that could not be sent', () => {
    expect(() => new RpcError('', 'd')).toThrow(/URI of an error/)
    expect(() => new RpcError('u', 7 as never)).toThrow('the description of an error must be a string, and not number')
  })
})
