import { describe, expect, it } from 'vitest'
import { emptyPayload, payloadOf } from '../../src/messages/payload.ts'

describe('payloadOf', () => {
  it('makes a payload of arguments, keyword arguments or both', () => {
    expect(payloadOf([1, 2])).toEqual({ args: [1, 2], kwargs: {} })
    expect(payloadOf([], { unit: 'm' })).toEqual({ args: [], kwargs: { unit: 'm' } })
    expect(payloadOf([1], { unit: 'm' })).toEqual({ args: [1], kwargs: { unit: 'm' } })
  })

  it('makes nothing of empty arguments, because WAMP leaves them out', () => {
    expect(payloadOf()).toBeUndefined()
    expect(payloadOf([], {})).toBeUndefined()
  })

  it('shares one empty payload, which cannot be changed', () => {
    expect(() => (emptyPayload.args as unknown[]).push(1)).toThrow(TypeError)
    expect(Object.isFrozen(emptyPayload.kwargs)).toBe(true)
  })
})
