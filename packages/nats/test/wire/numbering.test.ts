import { describe, expect, it } from 'vitest'
import { Numbering } from '../../src/wire/numbering.ts'

describe('Numbering', () => {
  it('numbers by subject', () => {
    const numbers = new Numbering(10)
    expect(['a', 'b', 'a', 'a'].map(subject => numbers.next(subject))).toEqual([1, 1, 2, 3])
  })

  it('lists what has changed since the last three lists, and everything where that is asked for', () => {
    const numbers = new Numbering(10)
    for (const subject of ['a', 'b', 'a']) numbers.next(subject)
    expect(numbers.changes()).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    numbers.changes()
    numbers.next('b')
    expect([numbers.changes(), numbers.changes(), numbers.changes(), numbers.changes()]).toEqual([
      [
        ['a', 2],
        ['b', 2],
      ],
      [['b', 2]],
      [['b', 2]],
      [],
    ])
    expect(numbers.all()).toEqual([
      ['a', 2],
      ['b', 2],
    ])
  })

  it('forgets the subject that was not used for the longest time', () => {
    const numbers = new Numbering(2)
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(subject => numbers.next(subject))).toEqual([1, 1, 2, 1, 3, 1])
  })
})
