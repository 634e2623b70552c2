import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fits } from '../../src/bus/subject.ts'
import { SubjectIndex } from '../../src/bus/subject-index.ts'

describe('SubjectIndex', () => {
  it('finds the values of the patterns that a subject fits, whatever was set and deleted before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(patterns, fc.boolean())), subjects, (changes, subject) => {
        const index = new SubjectIndex<string>()
        const there = new Set<string>()
        for (const [pattern, isSet] of changes) {
          if (isSet) index.set(pattern, pattern)
          else index.delete(pattern)
          if (isSet) there.add(pattern)
          else there.delete(pattern)
        }
        expect([...index.find(subject)].sort()).toEqual([...there].filter(pattern => fits(subject, pattern)).sort())
        expect([...index.patterns()].sort()).toEqual([...there].sort())
        expect(index.size).toBe(there.size)
      }),
    )
  })

  it('returns the value of a pattern', () => {
    const index = new SubjectIndex<number>()
    index.set('a.*', 1)
    index.set('a.b', 2)
    expect([index.get('a.*'), index.get('a.b'), index.get('*')]).toEqual([1, 2, undefined])
  })
})

const subjects = fc.constantFrom('a', 'b', 'a.b', 'a.c', 'a.b.c')
const patterns = fc.constantFrom('a', 'b', 'a.b', '*', '*.b', 'a.*', '>', 'a.>')
