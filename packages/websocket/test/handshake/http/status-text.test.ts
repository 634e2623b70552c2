import { describe, expect, it } from 'vitest'
import { statusText } from '../../../src/handshake/http/status-text.ts'

describe('statusText', () => {
  it('knows the phrases of RFC 9110 §15', () => {
    expect([101, 200, 404, 426, 431, 503].map(statusText)).toEqual([
      'Switching Protocols',
      'OK',
      'Not Found',
      'Upgrade Required',
      'Request Header Fields Too Large',
      'Service Unavailable',
    ])
  })

  it('says the class of any other status', () => {
    expect([199, 299, 399, 499, 599, 999, 0].map(statusText)).toEqual([
      'Informational',
      'Success',
      'Redirection',
      'Client Error',
      'Server Error',
      'Unknown Status',
      'Unknown Status',
    ])
  })
})
