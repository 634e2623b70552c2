import { describe, expect, it } from 'vitest'
import { checkCall } from '../../../src/v1/rpc/call-options.ts'

describe('checkCall', () => {
  it('takes a URI, with options or without', () => {
    expect([checkCall(undefined, 'p'), checkCall({ timeout: 0 }, 'p')]).toEqual([undefined, undefined])
  })

  it('refuses a value that is not a URI, and names it', () => {
    expect(() => checkCall({}, Symbol('p'))).toThrow('the URI of a call must be a non-empty string, and not Symbol(p)')
    expect(() => checkCall({ timeout: '5' as never }, 'p')).toThrow('option timeout must be a number of seconds')
  })
})
