import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/cases/catalogue.ts'
import { fits, isClassic, NoSuchCase, select } from '../../src/cases/selection.ts'

describe('select', () => {
  it('chooses cases by patterns, in the order of the catalogue, without the excluded ones', () => {
    expect(ids(['7.1.2', '1.1.*'], ['1.1.1', '1.1.3', '1.1.4', '1.1.5', '1.1.6', '1.1.7'])).toEqual(['1.1.2', '1.1.8', '7.1.2'])
    expect(ids(['2'])).toHaveLength(11)
  })

  it('knows words for the cases of the Autobahn Testsuite, for those beyond them, and for all', () => {
    const classic = catalogue.filter(({ id }) => isClassic(id)).map(({ id }) => id)
    expect(ids(['classic'])).toEqual(classic)
    expect(ids(['*'])).toEqual(classic)
    expect(ids(['extra'])).toEqual(catalogue.map(({ id }) => id).filter(id => !classic.includes(id)))
    expect(ids(['all'])).toHaveLength(catalogue.length)
    expect(ids(['all'], ['extra'])).toEqual(classic)
    expect(classic.at(-1)).toMatch(/^1[0-3]\./)
  })

  it('returns the patterns that match no case, and uses the others', () => {
    expect(select(catalogue, ['99.*', '2.1', '8.1'])).toMatchObject({ cases: [{ id: '2.1' }], unfit: ['99.*', '8.1'] })
    expect(ids(['2.1'], ['99.*'])).toEqual(['2.1'])
  })

  it('reads patterns as the Autobahn Testsuite does: with a star they match every case that begins with them', () => {
    const groups = (pattern: string): string[] => [...new Set(ids([pattern]).map(id => id.split('.')[0]!))]
    expect(groups('[1-7].*')).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(groups('[13-5].*')).toEqual(['1', '3', '4', '5'])
    expect(groups('1*')).toEqual(['1', '10', '12', '13'])
    expect(ids(['9.*.1'])).toEqual(ids(['9']).filter(id => id.startsWith('9.') && id.includes('.1', 2)))
  })

  it('chooses groups beyond the Autobahn Testsuite only if they are named', () => {
    expect(ids(['2*']).every(isClassic)).toBe(true)
    expect(ids(['20.*']).length).toBeGreaterThan(0)
    expect(ids(['20'])).toEqual(ids(['20.*']))
  })

  it('refuses a pattern whose brackets do not match', () => {
    expect(() => ids(['[1-.*'])).toThrow(new NoSuchCase('the pattern [1-.* cannot be read: its brackets do not match'))
  })
})

describe('fits', () => {
  it.each([
    ['*', '1.1.1', true],
    ['1.*', '1.1.1', true],
    ['1.*', '10.1.1', false],
    ['1.1', '1.1.1', true],
    ['1.1', '1.11', false],
    ['7.7.1', '7.7.10', false],
    ['1x1', '1.1', false],
  ])('%s and %s: %s', (pattern, id, expected) => {
    expect(fits(pattern, id)).toBe(expected)
  })
})

function ids(patterns: readonly string[], excluded?: readonly string[]): string[] {
  return select(catalogue, patterns, excluded).cases.map(({ id }) => id)
}
