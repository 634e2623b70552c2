import type { FrameParser } from '../frames/frame-parser.ts'
import type { MessageReader, ReadingConnection } from './message-reader.ts'

/** A parser, and the reader that it hands frames to. */
export interface ReadingHalf {
  readonly parser: FrameParser
  readonly reader: MessageReader
}

/** A connection that borrows a reading half. */
export interface Borrower extends ReadingConnection {
  makeReadingHalf(): ReadingHalf
  /** Whether it can do without the half until more octets come: no frame or message has begun, and none is being read now. */
  readonly sparesReader: boolean
  /** The half was lent to another connection. */
  readerTaken(): void
}

/**
 * Lends reading halves to connections.
 *
 * A server's connections are mostly between two messages, where a reading half keeps nothing of theirs. So thousands of them share a few: a
 * connection keeps its half until another one needs it. Those that read all the time mostly keep theirs, and pay nothing for the sharing.
 */
export class ReaderPool {
  readonly #lent: Loan[] = []
  /** Where the search for one to spare goes on. */
  #next = 0

  /** Lends a half, which is taken from another connection where there are enough. */
  borrow(borrower: Borrower): ReadingHalf {
    const loan = this.#lent.length < enough ? undefined : this.#spare()
    if (loan === undefined) {
      const half = borrower.makeReadingHalf()
      this.#lent.push({ half, borrower })
      half.reader.readFor(borrower)
      return half
    }
    loan.borrower.readerTaken()
    loan.borrower = borrower
    loan.half.reader.readFor(borrower)
    return loan.half
  }

  /** Takes a half back, so that it does not keep a connection in memory that is gone. It is not used again. */
  giveBack(half: ReadingHalf): void {
    const at = this.#lent.findIndex(loan => loan.half === half)
    if (at >= 0) this.#lent.splice(at, 1)
  }

  /** Looks at a few only: where most of them are in the middle of a message, one more is made. */
  #spare(): Loan | undefined {
    for (let tries = 0; tries < longestSearch; tries++) {
      this.#next = (this.#next + 1) % this.#lent.length
      const loan = this.#lent[this.#next]!
      if (loan.borrower.sparesReader) return loan
    }
    return undefined
  }
}

interface Loan {
  readonly half: ReadingHalf
  borrower: Borrower
}

/** Below this, connections keep what they have. A half takes 0.7 KiB. */
const enough = 64

const longestSearch = 8
