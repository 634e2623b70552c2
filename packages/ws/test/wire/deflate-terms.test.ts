import { describe, expect, it } from 'vitest'
import { acceptedTerms, confirmedTerms, offerFor } from '../../src/wire/deflate-terms.ts'

const parameters = (text: string): Map<string, string | true> =>
  new Map(
    text
      .split(';')
      .filter(part => part.trim() !== '')
      .map(part => {
        const [name = '', value] = part.trim().split('=')
        return [name, value ?? true]
      }),
  )
const shown = (of: ReadonlyMap<string, string | true>): string =>
  [...of].map(([name, value]) => (value === true ? name : `${name}=${value}`)).join('; ')

describe('offerFor', () => {
  it.each([
    [{}, 'client_max_window_bits'],
    [{ clientMaxWindowBits: false }, ''],
    [{ clientMaxWindowBits: 10 }, 'client_max_window_bits=10'],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: true },
      'server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits',
    ],
  ])('is for %j: %s', (options, offer) => {
    expect(shown(offerFor(options))).toBe(offer)
  })
})

describe('acceptedTerms', () => {
  it('take the first offer that the options allow', () => {
    const offers = ['server_no_context_takeover', 'server_max_window_bits=9', 'client_max_window_bits'].map(parameters)
    const terms = acceptedTerms(offers, { serverNoContextTakeover: false, serverMaxWindowBits: 10, clientMaxWindowBits: 11 })
    expect(shown(terms.parameters)).toBe('client_max_window_bits=11; server_max_window_bits=10')
    expect(terms.server).toEqual({ windowBits: 10, noContextTakeover: false })
    expect(terms.client).toEqual({ windowBits: 11, noContextTakeover: false })
  })

  it('throw where none is allowed, and for wrong parameters in any offer', () => {
    expect(() => acceptedTerms([parameters('')], { clientMaxWindowBits: 10 })).toThrow('none of the offers can be accepted')
    for (const wrong of [
      'foo',
      'server_max_window_bits',
      'server_max_window_bits=7',
      'client_no_context_takeover=1',
      'client_max_window_bits=x',
    ])
      expect(() => acceptedTerms([parameters(''), parameters(wrong)], {})).toThrow(/parameter/)
  })
})

describe('confirmedTerms', () => {
  it('take what the server answers, and what was promised', () => {
    const terms = confirmedTerms(parameters('server_no_context_takeover; server_max_window_bits=9'), { clientMaxWindowBits: 12 })
    expect(terms.server).toEqual({ windowBits: 9, noContextTakeover: true })
    expect(terms.client).toEqual({ windowBits: 12, noContextTakeover: false })
  })

  it('throw for what the options do not allow', () => {
    for (const [answer, options] of [
      ['client_no_context_takeover', { clientNoContextTakeover: false }],
      ['client_max_window_bits=12', { clientMaxWindowBits: 11 }],
      ['client_max_window_bits=12', { clientMaxWindowBits: false }],
      ['client_max_window_bits', {}],
    ] as const)
      expect(() => confirmedTerms(parameters(answer), options)).toThrow(/parameter/)
  })
})
