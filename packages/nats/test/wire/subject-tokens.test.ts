import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodedSubject, encodedPattern, encodedSubject } from '../../src/wire/subject-tokens.ts'

const subjects = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', '.', '*', '>', '=', 'u', '0', '\ud800', ' ') }),
)

describe('encodedSubject and decodedSubject', () => {
  it('are the inverse of each other, with letters that NATS takes in between', () => {
    fc.assert(
      fc.property(subjects, subject => {
        const encoded = encodedSubject(subject)
        expect(encoded).toMatch(/^[A-Za-z0-9_=-]+(\.[A-Za-z0-9_=-]+)*$/)
        expect(decodedSubject(encoded)).toBe(subject)
      }),
      { numRuns: 1000 },
    )
  })

  it('leave the usual subjects as they are', () => {
    expect(encodedSubject('room.7.a-b_C')).toBe('room.7.a-b_C')
    expect(encodedSubject('a b..ä.日')).toBe('a=20b.=.=E4.=u65E5')
  })
})

describe('decodedSubject', () => {
  it('refuses what is not the encoding of a subject', () => {
    for (const wrong of ['', 'a..b', 'a b', '=x', '=2', 'a.=u00', '=2a', '*']) expect(decodedSubject(wrong)).toBeUndefined()
  })
})

describe('encodedPattern', () => {
  it('leaves wildcards', () => {
    expect(['a.*.b c.>', '*', 'a*'].map(encodedPattern)).toEqual(['a.*.b=20c.>', '*', 'a=2A'])
  })
})
