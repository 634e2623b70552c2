import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/cases/catalogue.ts'
import { chosenCases, isExcludedFor } from '../../src/fuzzing/chosen-cases.ts'

describe('chosenCases', () => {
  it('chooses the cases for testees of this kind', () => {
    const [first, second, third] = catalogue
    const cases = [first!, { ...second!, testee: 'client' as const }, { ...third!, testee: 'server' as const }]
    expect(chosenCases(cases, {}, 'client')).toEqual([cases[0], cases[1]])
    expect(chosenCases(cases, {}, 'server')).toEqual([cases[0], cases[2]])
  })
})

describe('isExcludedFor', () => {
  it('matches agents by patterns', () => {
    const choice = { excludeAgentCases: { 'Mine*': ['7.*'], other: ['1.1.1'] } }
    expect(isExcludedFor('Mine/2.0', '7.1.6', choice)).toBe(true)
    expect(isExcludedFor('Mine/2.0', '1.1.1', choice)).toBe(false)
    expect(isExcludedFor('others', '1.1.1', choice)).toBe(false)
    expect(isExcludedFor('other', '1.1.1', {})).toBe(false)
  })
})
