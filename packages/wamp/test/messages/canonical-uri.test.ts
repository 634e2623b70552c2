import { describe, expect, it } from 'vitest'
import { canonicalUri } from '../../src/messages/canonical-uri.ts'

describe('canonicalUri', () => {
  it.each([
    ['wamp.error.cancelled', 'wamp.error.canceled'],
    ['wamp.error.goodbye_and_out', 'wamp.close.goodbye_and_out'],
    ['wamp.error.system_shutdown', 'wamp.close.system_shutdown'],
    ['wamp.error.close_realm', 'wamp.close.close_realm'],
    ['wamp.error.no_auth_method', 'wamp.error.no_matching_auth_method'],
    ['wamp.error.disclose_me.not_allowed', 'wamp.error.option_disallowed.disclose_me'],
  ])('takes %s for %s', (sent, meant) => {
    expect(canonicalUri(sent)).toBe(meant)
  })

  it('leaves others as they are', () => {
    expect(['com.example.error', 'wamp.error.canceled', 'constructor', ''].map(canonicalUri)).toEqual([
      'com.example.error',
      'wamp.error.canceled',
      'constructor',
      '',
    ])
  })
})
