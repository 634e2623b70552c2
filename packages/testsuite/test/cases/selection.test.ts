import { describe, expect, it } from 'vitest'
import { catalogue } from '../../src/cases/catalogue.ts'
import { fits, isClassic, NoSuchCase, select } from '../../src/cases/selection.ts'

describe('select', () => {
  it('takes cases by patterns, in the order of the catalogue, without those excluded', () => {
    expect(ids(['7.1.2', '1.1.*'], ['1.1.1', '1.1.3', '1.1.4', '1.1.5', '1.1.6', '1.1.7'])).toEqual(['1.1.2', '1.1.8', '7.1.2'])
    expect(ids(['2'])).toHaveLength(11)
  })

  it('knows words for the cases of the field, for those beyond them, and for all', () => {
    const classic = catalogue.filter(({ id }) => isClassic(id)).map(({ id }) => id)
    expect(ids(['classic'])).toEqual(classic)
    expect(ids(['*'])).toEqual(classic)
    expect(ids(['extra'])).toEqual(catalogue.map(({ id }) => id).filter(id => !classic.includes(id)))
    expect(ids(['all'])).toHaveLength(catalogue.length)
    expect(ids(['all'], ['extra'])).toEqual(classic)
    expect(classic.at(-1)).toMatch(/^1[0-3]\./)
  })

  it('does not take a pattern that fits nothing for a choice', () => {
    expect(() => ids(['99.*'])).toThrow(NoSuchCase)
    expect(ids(['2.1'], ['99.*'])).toEqual(['2.1'])
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
  return select(catalogue, patterns, excluded).map(({ id }) => id)
}
