import { describe, expect, it } from 'vitest'
import { elementsOf, emptyPayload, type KeepingPayload, payloadOf } from '../../src/messages/payload.ts'

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

describe('a payload that keeps its forms', () => {
  it('has one for each serializer', () => {
    const payload = payloadOf([1]) as KeepingPayload
    const json = { serializer: 'json', data: '[1]', start: 0, end: 3, elements: 1 }
    const cbor = { serializer: 'cbor', data: new Uint8Array([0x81, 1]), start: 0, end: 2, elements: 1 }
    expect(payload.formOf('json')).toBeUndefined()
    payload.keep(json)
    expect(payload.formOf('cbor')).toBeUndefined()
    payload.keep(cbor)
    expect(['json', 'cbor', 'msgpack'].map(name => payload.formOf(name))).toEqual([json, cbor, undefined])
  })
})

describe('elementsOf', () => {
  it('counts the elements of a message that a payload is', () => {
    expect(elementsOf({ args: [], kwargs: {} })).toBe(0)
    expect(elementsOf({ args: [1], kwargs: {} })).toBe(1)
    expect(elementsOf({ args: [], kwargs: { a: 1 } })).toBe(2)
    expect(elementsOf({ args: [1], kwargs: {}, transparent: new Uint8Array(1) })).toBe(1)
  })
})
