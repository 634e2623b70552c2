import { describe, expect, it } from 'vitest'
import { reasonOf } from '../../../src/node/sockets/reason-of.ts'

const error = (message: string, details: object = {}): Error => Object.assign(new Error(message), details)

describe('reasonOf', () => {
  it('describes a system error by its code, also one without a message, and any other by its message', () => {
    expect([
      reasonOf(error('connect ECONNREFUSED ::1:1', { code: 'ECONNREFUSED', syscall: 'connect' }), 'ws:'),
      reasonOf(error('', { code: 'ECONNREFUSED' }), 'ws:'),
      reasonOf(error('certificate has expired', { code: 'CERT_HAS_EXPIRED' }), 'ws:'),
    ]).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'certificate has expired'])
  })

  it('describes an error of OpenSSL by its reason', () => {
    const raw =
      '80BC:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../rec_layer_s3.c:1605:SSL alert number 40\n'
    const cause = error(raw, { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', reason: 'sslv3 alert handshake failure' })
    expect(reasonOf(cause, 'ws:')).toBe('TLS failed: sslv3 alert handshake failure')
  })

  it('says what to write where the other end does not speak TLS, also where Node tells it as a system error', () => {
    const raw = '80BC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n'
    for (const details of [
      { code: 'ERR_SSL_WRONG_VERSION_NUMBER', reason: 'wrong version number' },
      { code: 'EPROTO', syscall: 'write' },
    ])
      expect(reasonOf(error(raw, details), 'ws:')).toBe('the other end does not speak TLS: the URL for that begins with ws:')
  })
})
