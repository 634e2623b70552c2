import { describe, expect, it } from 'vitest'
import { errorSentence } from '../src/error-sentence.ts'

describe('errorSentence', () => {
  it('shows what the library has escaped already as it is', () => {
    expect(errorSentence(new Error('header name "\\xdc" is not a token'))).toBe('header name "\\xdc" is not a token')
    expect(errorSentence(new Error('server answered 403 "not \\"x\\""'))).toBe('server answered 403 "not \\"x\\""')
  })

  it('escapes control characters, and takes values that are not errors', () => {
    expect(errorSentence(new Error('a\nb\u001b[2J'))).toBe('a\\u{a}b\\u{1b}[2J')
    expect(errorSentence('thrown')).toBe('thrown')
    expect(errorSentence(undefined)).toBe('undefined')
  })

  it('cuts long text', () => {
    expect(errorSentence(new Error('abc'), 2)).toBe('ab…')
  })
})
