import { describe, expect, it } from 'vitest'
import { quoted } from '../../../src/handshake/http/quoted.ts'

describe('quoted', () => {
  it('puts a text in quotes', () => {
    expect(quoted('GET')).toBe('"GET"')
  })

  it('escapes control characters, quotes, backslashes and what is not ASCII', () => {
    expect(quoted('a\r\n\0"\\\x7f\xe9\u2028')).toBe('"a\\x0d\\x0a\\x00\\"\\\\\\x7f\\xe9\\u2028"')
  })

  it('cuts a long text', () => {
    expect(quoted('a'.repeat(80))).toBe(`"${'a'.repeat(80)}"`)
    expect(quoted('a'.repeat(100_000))).toBe(`"${'a'.repeat(80)}..."`)
  })
})
