import { describe, expect, it } from 'vitest'
import {
  formatParameters,
  isWindowBits,
  type OfferParameters,
  parseOffer,
  parseResponse,
} from '../../../src/extensions/permessage-deflate/parameters.ts'

const none: OfferParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
}

describe('isWindowBits', () => {
  it('is true from 8 to 15', () => {
    expect([7, 8, 15, 16, 9.5, '9', undefined].map(isWindowBits)).toEqual([false, true, true, false, false, false, false])
  })
})

describe('parseOffer', () => {
  it('reads the four parameters of RFC 7692 §7.1', () => {
    expect(parseOffer(new Map())).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: undefined,
      clientMaxWindowBits: undefined,
    })
    const all = new Map<string, string | true>([
      ['server_no_context_takeover', true],
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '8'],
      ['client_max_window_bits', '15'],
    ])
    expect(parseOffer(all)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 8,
      clientMaxWindowBits: 15,
    })
    expect(parseOffer(new Map([['client_max_window_bits', true]])).clientMaxWindowBits).toBe(true)
  })

  for (const bits of ['7', '16', '1000', '08', '', '-1', '1e1', '9.0', ' 9', '0x9', true] as const) {
    it(`refuses a window of ${JSON.stringify(bits)} bits`, () => {
      expect(() => parseOffer(new Map([['server_max_window_bits', bits]]))).toThrow('server_max_window_bits must be a number from 8 to 15')
      if (bits === true) return
      expect(() => parseOffer(new Map([['client_max_window_bits', bits]]))).toThrow('client_max_window_bits must be a number from 8 to 15')
    })
  }

  for (const name of ['server_no_context_takeover', 'client_no_context_takeover']) {
    it(`refuses a value of ${name}`, () => {
      expect(() => parseOffer(new Map([[name, 'true']]))).toThrow(`${name} must not have a value, and has "true"`)
    })
  }

  for (const name of ['constructor', '__proto__', 'toString', 'c2s_max_window_bits']) {
    it(`does not know ${name}`, () => {
      expect(() => parseOffer(new Map([[name, true]]))).toThrow(`permessage-deflate has no parameter "${name}"`)
    })
  }
})

describe('parseResponse', () => {
  it('reads the same parameters as in an offer, but for a window without a value', () => {
    const all = new Map<string, string | true>([
      ['server_no_context_takeover', true],
      ['client_max_window_bits', '8'],
    ])
    expect(parseResponse(all)).toEqual({ ...none, serverNoContextTakeover: true, clientMaxWindowBits: 8 })
    expect(() => parseResponse(new Map([['client_max_window_bits', true]]))).toThrow(
      'client_max_window_bits must have a value in a response',
    )
    expect(() => parseResponse(new Map([['mine', true]]))).toThrow('permessage-deflate has no parameter "mine"')
  })
})

describe('formatParameters', () => {
  it('writes the parameters that are set', () => {
    expect([...formatParameters(none)]).toEqual([])
    expect([...formatParameters({ ...none, clientNoContextTakeover: true, clientMaxWindowBits: true, serverMaxWindowBits: 9 })]).toEqual([
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '9'],
      ['client_max_window_bits', true],
    ])
    expect([...formatParameters({ ...none, serverNoContextTakeover: true, clientMaxWindowBits: 10 })]).toEqual([
      ['server_no_context_takeover', true],
      ['client_max_window_bits', '10'],
    ])
  })
})
