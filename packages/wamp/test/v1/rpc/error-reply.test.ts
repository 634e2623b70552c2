import { describe, expect, it } from 'vitest'
import { errorReply, internal } from '../../../src/v1/rpc/error-reply.ts'
import { RpcError } from '../../../src/v1/rpc/rpc-error.ts'

const generic = 'http://api.wamp.ws/error#generic'

describe('errorReply', () => {
  it('tells the message of an error, under the generic URI', () => {
    expect(errorReply(new TypeError('no paper'), false)).toMatchObject({ uri: generic, description: 'no paper', details: undefined })
    expect(errorReply(new Error(), false)).toMatchObject({ uri: generic, description: 'generic error' })
  })

  it('takes URI, description and details from an RpcError', () => {
    const error = new RpcError('u', 'd', [1], { closeSession: true })
    expect(errorReply(error, true)).toEqual({ uri: 'u', description: 'd', details: [1], closeSession: true, isInternal: false })
  })

  it('adds the stack if the option asks for it and there are no details', () => {
    for (const error of [new Error('x'), new RpcError('u', 'x')]) {
      expect(errorReply(error, true).details).toEqual(error.stack?.split('\n'))
      expect(errorReply(error, false).details).toBe(undefined)
    }
  })

  it('is an internal error if URI or description have become values that no caller accepts', () => {
    const wrong = [
      Object.assign(new Error('x'), { message: 42 }),
      Object.assign(new RpcError('u', 'd'), { uri: 42 }),
      Object.assign(new RpcError('u', 'd'), { description: { en: 'd' } }),
    ]
    for (const error of wrong) {
      expect(errorReply(error, false)).toEqual(internal('the procedure threw an error whose description is not a string'))
    }
  })

  it('does not reveal a thrown value that is not an error', () => {
    for (const thrown of [undefined, null, 'secret', { secret: 1 }]) {
      expect(errorReply(thrown, true)).toEqual(internal('the procedure threw a value that is not an error'))
    }
  })
})
