import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { tlsOf, tlsSummary } from '../../src/run/opening-record.ts'

it('says what TLS has agreed on, in a few words', () => {
  expect(tlsSummary({ version: 'TLSv1.3', alpn: 'http/1.1' })).toBe('TLSv1.3, ALPN http/1.1')
  expect(tlsSummary({ version: 'TLSv1.2', alpn: '' })).toBe('TLSv1.2, no ALPN')
})

// With TLS it is tested where TLS is spoken: test/fuzzing/tls.test.ts.
it('says nothing of a connection without TLS', () => {
  expect(tlsOf(new Socket())).toEqual({})
})
