import { describe, expect, it } from 'vitest'
import { CloseReason, ErrorUri } from '../../src/messages/error-uris.ts'
import { isUri } from '../../src/messages/uris.ts'

describe('the URIs of WAMP', () => {
  it('are URIs by the strict rules, each once', () => {
    const all = [...Object.values(ErrorUri), ...Object.values(CloseReason)]
    expect(all.filter(uri => !isUri(uri, 'strict'))).toEqual([])
    expect(new Set(all).size).toBe(all.length)
  })
})
