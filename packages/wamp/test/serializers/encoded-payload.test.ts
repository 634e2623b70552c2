import { describe, expect, it } from 'vitest'
import { EncodedPayload, opened } from '../../src/serializers/encoded-payload.ts'

describe('EncodedPayload', () => {
  it('is decoded once, when it is read for the first time', () => {
    let count = 0
    const form = { serializer: 'json', data: '[1]', start: 0, end: 3, elements: 1 }
    const payload = new EncodedPayload(form, given => {
      count++
      return { args: [given.data], kwargs: {} }
    })
    expect([count, payload.formOf('json'), payload.formOf('cbor')]).toEqual([0, form, undefined])
    expect([payload.args, payload.kwargs, payload.transparent]).toEqual([['[1]'], {}, undefined])
    expect(count).toBe(1)
  })
})

describe('opened', () => {
  it('takes what the message has', () => {
    expect(opened([[1]])).toEqual({ args: [1], kwargs: {} })
    expect(opened([[1], { a: 2 }])).toEqual({ args: [1], kwargs: { a: 2 } })
    const octets = new Uint8Array([1])
    expect(opened([octets])).toEqual({ args: [octets], kwargs: {}, transparent: octets })
  })
})
