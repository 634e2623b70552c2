import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameText } from '../../src/keys/same-text.ts'

describe('sameText', () => {
  it('agrees with ===', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (one, other) => void expect(sameText(one, other)).toBe(one === other)))
    fc.assert(fc.property(fc.string(), text => void expect(sameText(text, [...text].join(''))).toBe(true)))
  })

  it('finds a difference at each place, and in length', () => {
    const text = 'abcdefgh'
    for (let i = 0; i < text.length; i++) expect(sameText(`${text.slice(0, i)}X${text.slice(i + 1)}`, text)).toBe(false)
    for (const other of ['', 'abcdefg', 'abcdefgha', 'abcdefghabcdefgh']) expect(sameText(text, other)).toBe(false)
    expect(sameText('', text)).toBe(false)
  })

  it('compares all letters, even after a difference', () => {
    expect(looks('Xbcdefgh')).toBe(looks('abcdefgX'))
  })
})

/** Counts the reads of letters of the first text. */
function looks(text: string): number {
  let count = 0
  const counted = new Proxy(Object(text), {
    get(target, name) {
      if (name !== 'charCodeAt') return Reflect.get(target, name)
      return (i: number) => {
        count++
        return text.charCodeAt(i)
      }
    },
  })
  sameText(counted, 'abcdefgh')
  return count
}
