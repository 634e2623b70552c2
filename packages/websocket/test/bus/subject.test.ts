import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPattern, checkSubject, fits, hasWildcard, longestSubject, subjectOf, tokensFit } from '../../src/bus/subject.ts'

describe('fits', () => {
  for (const { subject, pattern, does } of [
    { subject: 'a', pattern: 'a', does: true },
    { subject: 'a', pattern: 'b', does: false },
    { subject: 'a.b', pattern: 'a', does: false },
    { subject: 'a', pattern: 'a.b', does: false },
    { subject: 'a', pattern: '*', does: true },
    { subject: 'a.b', pattern: '*', does: false },
    { subject: 'a.b', pattern: 'a.*', does: true },
    { subject: 'a', pattern: 'a.*', does: false },
    { subject: 'a', pattern: '>', does: true },
    { subject: 'a.b.c', pattern: '>', does: true },
    { subject: 'a', pattern: 'a.>', does: false },
    { subject: 'a.b.c', pattern: 'a.>', does: true },
    { subject: 'a.b.c', pattern: '*.b.>', does: true },
    { subject: '', pattern: '*', does: true },
    { subject: 'a.', pattern: 'a.*', does: true },
    { subject: 'a*', pattern: 'a*', does: true },
    { subject: 'ab', pattern: 'a*', does: false },
  ]) {
    it(`says that '${subject}' ${does ? 'fits' : 'does not fit'} '${pattern}'`, () => {
      expect(fits(subject, pattern)).toBe(does)
    })
  }

  it('agrees with a regular expression made of the pattern', () => {
    fc.assert(
      fc.property(subjects, patterns, (subject, pattern) => {
        expect(fits(subject, pattern)).toBe(asExpression(pattern).test(subject))
      }),
    )
  })

  it('agrees with a comparison token by token', () => {
    fc.assert(
      fc.property(subjects, patterns, (subject, pattern) => tokensFit(subject.split('.'), pattern.split('.')) === fits(subject, pattern)),
    )
  })
})

describe('checkSubject', () => {
  it('accepts every text whose tokens are not wildcards', () => {
    for (const subject of ['a', 'a.b', '', '.', 'a*', '>>', 'a.b*.c', 'x'.repeat(longestSubject)])
      expect(() => checkSubject(subject)).not.toThrow()
  })

  it('refuses wildcards, and what is not a text or too long', () => {
    expect(() => checkSubject('a.*.b')).toThrow('subject "a.*.b" has the token *, which only patterns may have')
    expect(() => checkSubject('>')).toThrow('subject ">" has the token >, which only patterns may have')
    expect(() => checkSubject('x'.repeat(longestSubject + 1))).toThrow('a subject has at most 8192 characters, and not 8193')
    expect(() => checkSubject(undefined as never)).toThrow('a subject must be a string, and not undefined')
  })
})

describe('checkPattern', () => {
  it('accepts * anywhere, and > at the end', () => {
    for (const pattern of ['a', '*', '>', '*.a.*', 'a.>', '*.>', 'a>.b']) expect(() => checkPattern(pattern)).not.toThrow()
  })

  it('refuses > before the end', () => {
    expect(() => checkPattern('a.>.b')).toThrow('pattern "a.>.b" has the token > before its end')
  })
})

describe('hasWildcard', () => {
  it('tells patterns for several subjects from those for one', () => {
    expect(['*', 'a.*', 'a.>'].map(hasWildcard)).toEqual([true, true, true])
    expect(['a', 'a*', 'a.>b', ''].map(hasWildcard)).toEqual([false, false, false, false])
  })
})

describe('subjectOf', () => {
  it('leaves texts as they are, but for wildcards and the sign that escapes them', () => {
    expect(['room.7', 'a*b', '*', 'a.>', 'x=1', '=2A'].map(subjectOf)).toEqual(['room.7', 'a*b', '=2A', 'a.=3E', 'x=3D1', '=3D2A'])
  })

  it('makes a valid subject of every text, and different ones of different texts', () => {
    const names = fc.oneof(fc.string({ unit: fc.constantFrom('a', '.', '*', '>', '=', '2', 'A', '3', 'D', 'E') }), fc.string())
    fc.assert(
      fc.property(names, names, (one, other) => {
        checkSubject(subjectOf(one))
        expect(subjectOf(one) === subjectOf(other)).toBe(one === other)
      }),
      { numRuns: 500 },
    )
  })

  it('refuses what is not a text, and what is too long', () => {
    expect(() => subjectOf(7 as never)).toThrow('a subject is made of a string, and not of 7')
    expect(() => subjectOf('='.repeat(3000))).toThrow('a subject has at most 8192 characters')
  })
})

const subjects = fc.array(fc.constantFrom('a', 'b', '', 'a*'), { minLength: 1, maxLength: 4 }).map(tokens => tokens.join('.'))
const patterns = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '', '*', 'a*'), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([tokens, hasRest]) => [...tokens, ...(hasRest ? ['>'] : [])].join('.'))

function asExpression(pattern: string): RegExp {
  const parts = pattern.split('.').map(token => {
    if (token === '*') return '[^.]*'
    if (token === '>') return '.*'
    return token.replaceAll('*', '\\*')
  })
  return new RegExp(`^${parts.join('\\.')}$`)
}
