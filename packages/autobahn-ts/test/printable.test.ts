import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable } from '../src/printable.ts'

describe('printable', () => {
  it('leaves ordinary text unchanged', () => {
    expect(printable('Grüße, 世界 🙂')).toBe('Grüße, 世界 🙂')
  })

  for (const [what, text, shown] of [
    ['a new line', 'a\nb', 'a\\u{a}b'],
    ['an escape sequence', '\u001b[2J', '\\u{1b}[2J'],
    ['a control of the upper range', '\u009b', '\\u{9b}'],
    ['a change of direction', '\u202etxt', '\\u{202e}txt'],
    ['a line separator', '\u2028', '\\u{2028}'],
    ['half a surrogate pair', '\ud800', '\\u{d800}'],
    ['the backslash itself, so that no escape can be forged', '\\u{a}', '\\u{5c}u{a}'],
  ] as const) {
    it(`escapes ${what}`, () => {
      expect(printable(text)).toBe(shown)
    })
  }

  it('cuts long text between characters', () => {
    expect(printable('🙂🙂🙂', 2)).toBe('🙂🙂…')
    expect(printable('🙂🙂', 2)).toBe('🙂🙂')
  })

  it('returns one line without control characters for any input', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(printable(text))))
  })
})
