import { describe, expect, it } from 'vitest'
import { isDigits, isFieldValue, isToken, isVisibleAscii, listContains, listOf, trimmed } from '../../../src/handshake/http/tokens.ts'

describe('isToken', () => {
  it('takes the characters of RFC 9110 §5.6.2 and no others', () => {
    const taken = Array.from({ length: 300 }, (_, code) => String.fromCharCode(code)).filter(isToken)
    expect(taken.join('')).toBe("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~")
  })

  it('is false for an empty text', () => {
    expect(isToken('')).toBe(false)
  })
})

describe('isFieldValue', () => {
  it('takes tabs, printable ASCII and Latin-1', () => {
    expect(isFieldValue('a\tb ~\x80\xff')).toBe(true)
    expect(isFieldValue('')).toBe(true)
  })

  for (const bad of ['\r', '\n', '\0', '\x1f', '\x7f', '\u0100', '\ud83d\ude00']) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(isFieldValue(`a${bad}`)).toBe(false)
    })
  }
})

describe('isVisibleAscii', () => {
  it('refuses spaces, control characters and what is not ASCII', () => {
    expect(['!', '~', '', ' ', '\t', '\x7f', '\xe4'].map(isVisibleAscii)).toEqual([true, true, true, false, false, false, false])
  })
})

describe('lists', () => {
  it('ignore empty elements and spaces around the others', () => {
    expect(listOf(' a ,\t b b,, ,c')).toEqual(['a', 'b b', 'c'])
    expect(listOf('')).toEqual([])
  })

  it('are searched without regard to case', () => {
    expect(listContains('keep-alive, UPGRADE', 'upgrade')).toBe(true)
    expect(listContains('upgraded', 'upgrade')).toBe(false)
    expect(listContains(undefined, 'upgrade')).toBe(false)
  })
})

describe('trimmed', () => {
  it('removes spaces and tabs, and nothing else', () => {
    expect(trimmed(' \t a\u00a0 \t')).toBe('a\u00a0')
    expect(trimmed(' \t ')).toBe('')
  })

  it('takes linear time for spaces in the middle', () => {
    expect(trimmed(`a${' '.repeat(1_000_000)}b`).length).toBe(1_000_002)
  })
})

describe('isDigits', () => {
  it('takes ASCII digits alone', () => {
    expect(['0', '0123456789', '', '-1', '1e1', '0x1', '١'].map(isDigits)).toEqual([true, true, false, false, false, false, false])
  })
})
