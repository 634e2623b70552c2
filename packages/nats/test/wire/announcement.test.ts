import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { announcementTexts, readAnnouncement } from '../../src/wire/announcement.ts'

describe('announcementTexts and readAnnouncement', () => {
  it('are the inverse of each other, cut into texts that are not too long', () => {
    const numbers = fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 20 }), fc.integer({ min: 1, max: 2 ** 48 })))
    fc.assert(
      fc.property(numbers, fc.boolean(), fc.boolean(), (numbers, asks, ends) => {
        const texts = announcementTexts({ numbers, asks, ends }, 300)
        expect(texts.every(text => Buffer.byteLength(text) <= 400)).toBe(true)
        const read = texts.map(text => readAnnouncement(Buffer.from(text).toString())!)
        expect(read.flatMap(each => each.numbers)).toEqual(numbers)
        expect(read.map(each => each.asks)).toEqual(texts.map((_, at) => asks && at === 0))
        expect(read.map(each => each.ends)).toEqual(texts.map((_, at) => ends && at === texts.length - 1))
      }),
    )
  })
})

describe('readAnnouncement', () => {
  it('returns undefined for what is not one', () => {
    const good = { numbers: [], asks: false, ends: false }
    for (const wrong of [
      '',
      '{',
      'null',
      '[]',
      '{}',
      JSON.stringify({ ...good, asks: 1 }),
      JSON.stringify({ ...good, ends: undefined }),
      ...[[1], ['a'], [['a']], [['a', 0]], [['a', 1.5]], [[1, 1]], [['a', 1, 2]]].map(numbers => JSON.stringify({ ...good, numbers })),
    ]) {
      expect(readAnnouncement(wrong)).toBeUndefined()
    }
  })
})
