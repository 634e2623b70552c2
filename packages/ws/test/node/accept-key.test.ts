import { expect, it } from 'vitest'
import { acceptFor } from '../../src/node/accept-key.ts'

it('the key of RFC 6455 §1.3 is answered as there', () => {
  expect(acceptFor('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})
