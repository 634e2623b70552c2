import { describe, expect, it } from 'vitest'
import { asHandshakeFailed, asHttpException, MalformedHead } from '../../../src/handshake/http/malformed-head.ts'

describe('MalformedHead', () => {
  it('is answered by a server with its status', () => {
    expect(() => asHttpException(malformed)).toThrowError(
      expect.objectContaining({ name: 'HttpException', status: 431, reason: 'too much' }),
    )
  })

  it('fails the handshake of a client', () => {
    expect(() => asHandshakeFailed(malformed, 101)).toThrowError(expect.objectContaining({ name: 'HandshakeFailed', status: 101 }))
  })

  it('is 400 unless said otherwise', () => {
    expect(new MalformedHead('bad').status).toBe(400)
  })

  it('is the only error that is turned into a response', () => {
    const other = new RangeError('else')
    expect(() =>
      asHttpException(() => {
        throw other
      }),
    ).toThrowError(other)
    expect(asHttpException(() => 5)).toBe(5)
  })
})

function malformed(): never {
  throw new MalformedHead('too much', 431)
}
