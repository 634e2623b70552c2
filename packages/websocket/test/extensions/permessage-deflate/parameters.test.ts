import { describe, expect, it } from 'vitest'
import { formatParameters, parseParameters } from '../../../src/extensions/permessage-deflate/parameters.ts'

describe('parseParameters', () => {
  it('reads the four parameters of RFC 7692 §7.1', () => {
    expect(parseParameters(new Map())).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 0,
      clientMaxWindowBits: 0,
    })
    const all = new Map<string, string | true>([
      ['server_no_context_takeover', true],
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '8'],
      ['client_max_window_bits', '15'],
    ])
    expect(parseParameters(all)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 8,
      clientMaxWindowBits: 15,
    })
    expect(parseParameters(new Map([['client_max_window_bits', true]])).clientMaxWindowBits).toBe(true)
  })

  for (const bits of ['7', '16', '1000', '08', '', '-1', '1e1', '9.0', ' 9', '0x9', true] as const) {
    it(`refuses a window of ${JSON.stringify(bits)} bits`, () => {
      expect(() => parseParameters(new Map([['server_max_window_bits', bits]]))).toThrow('server_max_window_bits is a number from 8 to 15')
      if (bits === true) return
      expect(() => parseParameters(new Map([['client_max_window_bits', bits]]))).toThrow('client_max_window_bits is a number from 8 to 15')
    })
  }

  for (const name of ['server_no_context_takeover', 'client_no_context_takeover']) {
    it(`refuses a value of ${name}`, () => {
      expect(() => parseParameters(new Map([[name, 'true']]))).toThrow(`${name} has no value, and not "true"`)
    })
  }

  for (const name of ['constructor', '__proto__', 'toString', 'c2s_max_window_bits']) {
    it(`does not know ${name}`, () => {
      expect(() => parseParameters(new Map([[name, true]]))).toThrow(`permessage-deflate has no parameter "${name}"`)
    })
  }
})

describe('formatParameters', () => {
  it('writes what is there', () => {
    expect([...formatParameters({})]).toEqual([])
    expect([...formatParameters({ clientNoContextTakeover: true, clientMaxWindowBits: true, serverMaxWindowBits: 9 })]).toEqual([
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '9'],
      ['client_max_window_bits', true],
    ])
    expect([...formatParameters({ serverNoContextTakeover: true, clientMaxWindowBits: 10 })]).toEqual([
      ['server_no_context_takeover', true],
      ['client_max_window_bits', '10'],
    ])
  })
})
