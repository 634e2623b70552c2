import { expect, it } from 'vitest'
import { xmlEscaped } from '../../src/report/xml.ts'

it('escapes markup and line ends, and writes out characters that XML cannot contain', () => {
  expect(xmlEscaped('<a b="\'">&\n')).toBe('&#60;a b=&#34;&#39;&#34;&#62;&#38;&#10;')
  expect(xmlEscaped('\u0000\u001b\u0085\ufffe\ud800 🌍')).toBe('\\u{0}\\u{1b}\\u{85}\\u{fffe}\\u{d800} 🌍')
})
