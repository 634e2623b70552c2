import { describe, expect, it } from 'vitest'
import { PerMessageDeflateResponse } from '../../../src/extensions/permessage-deflate/response.ts'
import { PerMessageDeflateResponseAccept } from '../../../src/extensions/permessage-deflate/response-accept.ts'

const plain = PerMessageDeflateResponse.parse(new Map())
const limited = PerMessageDeflateResponse.parse(
  new Map<string, string | true>([
    ['server_no_context_takeover', true],
    ['client_no_context_takeover', true],
    ['server_max_window_bits', '9'],
    ['client_max_window_bits', '10'],
  ]),
)

describe('PerMessageDeflateResponseAccept', () => {
  it('is free where the server demands nothing, with the settings at their defaults', () => {
    expect(new PerMessageDeflateResponseAccept(plain).agreement).toEqual({
      own: { windowBits: 15, noContextTakeover: false },
      peer: { windowBits: 15, noContextTakeover: false },
      settings: { level: 6, memLevel: 5, threshold: 64 },
    })
  })

  it('does what the server demands, and takes it at its word', () => {
    expect(new PerMessageDeflateResponseAccept(limited).agreement).toMatchObject({
      own: { windowBits: 10, noContextTakeover: true },
      peer: { windowBits: 9, noContextTakeover: true },
    })
  })

  it('may do with less than was demanded, and keeps its settings', () => {
    const options = { windowBits: 9, noContextTakeover: true, level: 1, memLevel: 2, threshold: 3 }
    expect(new PerMessageDeflateResponseAccept(plain, options).agreement).toEqual({
      own: { windowBits: 9, noContextTakeover: true },
      peer: { windowBits: 15, noContextTakeover: false },
      settings: { level: 1, memLevel: 2, threshold: 3 },
    })
  })

  for (const [what, options, message] of [
    ['a window larger than demanded', { windowBits: 11 }, 'windowBits must be at most 10, as asked for, and not 11'],
    ['a context where none is allowed', { noContextTakeover: false }, 'noContextTakeover was asked for, and must not be false'],
    ['a level that there is not', { level: 10 }, 'level must be a whole number from 0 to 9, and not 10'],
  ] as const) {
    it(`calls ${what} misuse`, () => {
      expect(() => new PerMessageDeflateResponseAccept(limited, options)).toThrow(message)
    })
  }
})
