import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { tlsOf, tlsSummary } from '../../src/run/opening-record.ts'

it('describes TLS in a few words', () => {
  expect(tlsSummary({ version: 'TLSv1.3', alpn: 'http/1.1' })).toBe('TLSv1.3, ALPN http/1.1')
  expect(tlsSummary({ version: 'TLSv1.2', alpn: '' })).toBe('TLSv1.2, no ALPN')
})

// The record with TLS is tested in test/fuzzing/tls.test.ts.
it('returns nothing for a connection without TLS', () => {
  expect(tlsOf(new Socket())).toEqual({})
})
