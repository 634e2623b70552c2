import { describe, expect, it } from 'vitest'
import { Dice } from '../../src/payloads/dice.ts'
import { prose, sentence } from '../../src/payloads/prose.ts'

describe('prose', () => {
  it('is divided into lines and numbered chapters', () => {
    const text = prose(new Dice(1), 20_000)
    expect(text.split('\n').filter(line => line.length > 72)).toEqual([])
    expect(text.match(/^\d+\. Kapitel$/gm)?.slice(0, 3)).toEqual(['1. Kapitel', '2. Kapitel', '3. Kapitel'])
  })

  it('has sentences that begin with a capital letter, end, and inflect', () => {
    const dice = new Dice(2)
    const sentences = Array.from({ length: 500 }, () => sentence(dice))
    expect(sentences.filter(each => !/^»?\p{Lu}.*[.!]$/u.test(each))).toEqual([])
    expect(sentences.filter(each => /dunkele|müdee| ein [^ ]+e [A-ZÄÖÜ]/.test(each))).toEqual([])
  })
})
