import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { type Borrower, Loans } from '../../../src/protocol/life/loans.ts'

describe('Loans', () => {
  it('lets the first 64 borrowers keep what they have', () => {
    const { borrowers } = borrowing(64)
    expect({ items: new Set(borrowers.map(({ item }) => item)).size, taken: count(borrowers) }).toEqual({ items: 64, taken: 0 })
  })

  it('above 64, takes items from borrowers that can spare them, in turn', () => {
    const { loans, borrowers } = borrowing(64)
    const late = Array.from({ length: 64 }, () => new Connection())
    for (const one of late) one.item = loans.borrow(one)
    expect({ items: new Set(late.map(({ item }) => item)).size, taken: count(borrowers) }).toEqual({ items: 64, taken: 64 })
    expect(late.some(({ hasMade }) => hasMade)).toBe(false)
  })

  it('makes another item when all borrowers that it looks at are busy', () => {
    const { loans, borrowers } = borrowing(64)
    for (const one of borrowers) one.sparesItem = false
    const late = new Connection()
    loans.borrow(late)
    expect({ hasMade: late.hasMade, taken: count(borrowers) }).toEqual({ hasMade: true, taken: 0 })
  })

  it('gives up extra items when borrowers are no longer busy', () => {
    const { loans, borrowers } = borrowing(64)
    for (const one of borrowers) one.sparesItem = false
    const more = Array.from({ length: 36 }, () => new Connection())
    for (const one of more) {
      one.item = loans.borrow(one)
      one.sparesItem = false
    }
    for (const one of [...borrowers, ...more]) one.sparesItem = true
    const late = Array.from({ length: 40 }, () => new Connection())
    for (const one of late) {
      one.item = loans.borrow(one)
      one.sparesItem = false
    }
    const all = [...borrowers, ...more, ...late]
    const held = all.flatMap(({ item }) => (item === undefined ? [] : [item]))
    expect({ held: held.length, different: new Set(held).size, made: late.filter(({ hasMade }) => hasMade).length }).toEqual({
      held: 64,
      different: 64,
      made: 0,
    })
  })

  it('ends loans in any order', () => {
    const { loans, borrowers } = borrowing(64)
    for (const at of [63, 0, 31, 1]) loans.end(borrowers[at]!.item!)
    const late = Array.from({ length: 5 }, () => new Connection())
    for (const one of late) one.item = loans.borrow(one)
    const items = [...borrowers.filter((_, at) => ![63, 0, 31, 1].includes(at)), ...late].flatMap(({ item }) =>
      item === undefined ? [] : [item],
    )
    expect({ made: late.map(({ hasMade }) => hasMade), different: new Set(items).size }).toEqual({
      made: [true, true, true, true, false],
      different: 64,
    })
  })

  it('forgets an item whose loan has ended, and has another one made', () => {
    const { loans, borrowers } = borrowing(64)
    loans.end(borrowers[0]!.item!)
    loans.end(borrowers[0]!.item!)
    const late = new Connection()
    loans.borrow(late)
    expect({ hasMade: late.hasMade, taken: count(borrowers) }).toEqual({ hasMade: true, taken: 0 })
  })

  it('lets borrowers be collected with the young objects once their loans have ended, although items and loans are older', () => {
    const { loans, borrowers } = borrowing(64)
    const more = Array.from({ length: 36 }, () => new Connection())
    const older = [...borrowers, ...more]
    for (const one of more) one.item = loans.borrow(one)
    for (let times = 0; times < 2; times++) collect({ type: 'minor' })
    const before = process.memoryUsage().arrayBuffers
    // in a function of its own, whose variables are gone when it returns
    const comeAndGo = (): void => loans.end(loans.borrow(new Connection(new Uint8Array(weight))))
    for (let n = 0; n < 100; n++) {
      comeAndGo()
      const one = older.find(({ item }) => item === undefined)!
      one.item = loans.borrow(one)
      for (let times = 0; times < 2; times++) collect({ type: 'minor' })
    }
    expect((process.memoryUsage().arrayBuffers - before) / weight).toBeLessThan(10)
  })
})

function borrowing(number: number): { loans: Loans<object>; borrowers: readonly Connection[] } {
  const loans = new Loans<object>()
  const borrowers = Array.from({ length: number }, () => new Connection())
  for (const one of borrowers) one.item = loans.borrow(one)
  return { loans, borrowers }
}

/** Counts those that have lost what they borrowed. */
function count(borrowers: readonly Connection[]): number {
  return borrowers.filter(({ item }) => item === undefined).length
}

class Connection implements Borrower<object> {
  item: object | undefined
  sparesItem = true
  hasMade = false
  readonly weight: Uint8Array | undefined

  constructor(weight?: Uint8Array) {
    this.weight = weight
  }

  makeItem(): object {
    this.hasMade = true
    return {}
  }

  itemTaken(): void {
    this.item = undefined
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void

/** The octets by which a borrower is found again. */
const weight = 100_000
