/** A connection, or a part of one, that borrows the object with which it works. */
export interface Borrower<Item> {
  /** Makes an item, if there is none to borrow. */
  makeItem(): Item
  /** Whether the borrower can do without the item until it has something to do again: nothing is begun or in progress. */
  readonly sparesItem: boolean
  /** Called when what it has borrowed is lent to another one, which is only done where `sparesItem` is true. */
  itemTaken(): void
}

/**
 * Lends the objects that connections need to read and to send (decision 70).
 *
 * A server's connections are mostly between two messages, where what they read and send with keeps nothing of theirs. So thousands of them share
 * a few: a connection keeps what it has borrowed until another one needs it. Those that are busy all the time mostly keep theirs, and pay nothing
 * for the sharing (decision 70).
 */
export class Loans<Item> {
  readonly #loans: Loan<Item>[] = []
  readonly #byItem = new Map<Item, Loan<Item>>()
  /** The place where the search for one to spare goes on. */
  #next = 0

  /** Lends an item, which is taken from another borrower where there are enough. The new borrower makes it its own. */
  borrow(borrower: Borrower<Item>): Item {
    const loan = this.#loans.length < enough ? undefined : this.#spare()
    if (loan === undefined) return this.#begin(borrower)
    loan.borrower!.itemTaken()
    loan.borrower = borrower
    if (this.#loans.length > enough) this.#giveUpOne()
    return loan.item
  }

  /**
   * Ends a loan, so that it does not keep a connection in memory that is gone. The item is not lent again, and the loan forgets its borrower: it may be
   * older, and then V8 would keep the borrower until it collects its whole heap (decision 170).
   */
  end(item: Item): void {
    const loan = this.#byItem.get(item)
    if (loan === undefined) return
    this.#byItem.delete(item)
    loan.borrower = undefined
    const last = this.#loans.pop()!
    if (last === loan) return
    this.#loans[loan.place] = last
    last.place = loan.place
  }

  #begin(borrower: Borrower<Item>): Item {
    const item = borrower.makeItem()
    const loan = { item, borrower, place: this.#loans.length }
    this.#loans.push(loan)
    this.#byItem.set(item, loan)
    return item
  }

  /** Finds one that its borrower can spare. Looks at a few only: where most of them are in the middle of something, one more is made. */
  #spare(): Loan<Item> | undefined {
    for (let tries = 0; tries < longestSearch; tries++) {
      this.#next = (this.#next + 1) % this.#loans.length
      const loan = this.#loans[this.#next]!
      if (loan.borrower!.sparesItem) return loan
    }
    return undefined
  }

  /** Forgets one of those that were made while most were busy. */
  #giveUpOne(): void {
    const loan = this.#spare()
    if (loan === undefined) return
    loan.borrower!.itemTaken()
    this.end(loan.item)
  }
}

interface Loan<Item> {
  readonly item: Item
  /** `undefined` once the loan has ended. */
  borrower: Borrower<Item> | undefined
  /** The index in the list. */
  place: number
}

/** Below this, borrowers keep what they have. */
const enough = 64

const longestSearch = 8
