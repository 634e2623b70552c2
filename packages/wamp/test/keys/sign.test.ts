import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sign } from '../../src/keys/sign.ts'

describe('sign', () => {
  it('signs as AutobahnPython 0.7.4 did', () => {
    expect(sign('{"a":1}', 'secret')).toBe('qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ=')
  })

  it("agrees with Node's own HMAC, whatever the text and the key", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (message, key) => {
        expect(sign(message, key)).toBe(createHmac('sha256', key).update(message).digest('base64'))
      }),
    )
  })
})
