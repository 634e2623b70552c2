import { expect, it } from 'vitest'
import { visible } from '../../src/report/visible-text.ts'

it('shows invisible characters, and leaves the rest', () => {
  expect(visible('Grüße, 世界 🌍 <b>')).toBe('Grüße, 世界 🌍 <b>')
  expect(visible('a\u0000b\r\n\u001b[2J\u007f')).toBe('a␀b␍␊␛[2J␡')
  expect(visible('\u0085\u202eevil\u200b\u2028\ud800')).toBe('\\u{85}\\u{202e}evil\\u{200b}\\u{2028}\\u{d800}')
})
