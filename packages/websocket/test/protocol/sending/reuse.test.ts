import { describe, expect, it } from 'vitest'
import { flushFrom } from '../../../src/protocol/sending/borrowed-half.ts'
import { referenceFrom } from '../../../src/protocol/sending/frame-writer.ts'
import { Reuse, reuseOf } from '../../../src/protocol/sending/reuse.ts'

describe('reuseOf', () => {
  for (const { what, length, isEncoded = false, isMasked = false, reuse } of [
    { what: 'a payload that is copied into the batch', length: referenceFrom - 1, reuse: Reuse.AtOnce },
    { what: 'the same where an extension encodes it', length: referenceFrom - 1, isEncoded: true, reuse: Reuse.AtOnce },
    { what: 'a payload that goes by reference, in a batch that waits', length: referenceFrom, reuse: Reuse.OfCopy },
    { what: 'the longest of these', length: flushFrom - 1, reuse: Reuse.OfCopy },
    { what: 'a payload whose batch leaves at once', length: flushFrom, reuse: Reuse.WhenGone },
    { what: 'a payload of any length that an extension keeps', length: flushFrom, isEncoded: true, reuse: Reuse.OfCopy },
    { what: 'a payload that masking copies', length: flushFrom, isMasked: true, reuse: Reuse.AtOnce },
  ]) {
    const name = Object.entries(Reuse).find(([, value]) => value === reuse)![0]
    it(`is ${name} for ${what}`, () => expect(reuseOf(length, isEncoded, isMasked)).toBe(reuse))
  }
})
