import { describe, expect, it } from 'vitest'
import { readExtensions, writeExtensions } from '../../src/wire/extension-header.ts'

describe('readExtensions', () => {
  it('reads names, parameters, and values with and without quotes', () => {
    expect(readExtensions('permessage-deflate; server_max_window_bits=10; client_no_context_takeover, X-a; b="1"')).toEqual([
      {
        name: 'permessage-deflate',
        parameters: [
          ['server_max_window_bits', '10'],
          ['client_no_context_takeover', true],
        ],
      },
      { name: 'x-a', parameters: [['b', '1']] },
    ])
    expect(readExtensions('')).toEqual([])
  })

  it.each(['; a', 'a b', 'a; =1', 'a; b=', 'a; b=c d'])('describes the fault of %s', value => {
    expect(typeof readExtensions(value)).toBe('string')
  })

  it('reads what writeExtensions writes', () => {
    const words = [
      { name: 'a', parameters: [['b', true] as const, ['c', '9'] as const] },
      { name: 'd', parameters: [] },
    ]
    expect(readExtensions(writeExtensions(words))).toEqual(words)
  })
})
