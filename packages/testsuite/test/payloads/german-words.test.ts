import { describe, expect, it } from 'vitest'
import { adjectives, adverbs, infinitives, names, nouns, verbsAlone, verbsWithObject } from '../../src/payloads/german-words.ts'

describe('the vocabulary', () => {
  it('has nouns with a capital letter in both numbers, and no word twice', () => {
    expect(nouns.filter(({ one, many }) => !/^\p{Lu}/u.test(one) || !/^\p{Lu}/u.test(many))).toEqual([])
    for (const words of [nouns.map(({ one }) => one), adjectives, adverbs, infinitives, names, verbsAlone, verbsWithObject])
      expect(new Set(words).size).toBe(words.length)
  })
})
