import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { Parts } from './parts.ts'

/** Finds keys that are repeated in a dictionary, while a scanner goes over it. */
export class RepeatedKeys {
  readonly #parts: Parts
  readonly #keyAt: (start: number, end: number) => string

  /** `keyAt` makes the text of a key from its place in the message; that is needed only for equal hashes, and in large dictionaries. */
  constructor(parts: Parts, keyAt: (start: number, end: number) => string) {
    this.#parts = parts
    this.#keyAt = keyAt
  }

  /**
   * Adds a key to the dictionary whose first key is at `base`. `before` is what this returned for the key before, or undefined for the first.
   * Throws `ProtocolViolation` for a key that is there already.
   */
  add(base: number, hash: number, start: number, end: number, before: KeysSoFar): KeysSoFar {
    const number = this.#parts.addKey(base, hash, start, end)
    if (number > fewKeys) return this.#addToMany(base, before)
    if (number > 1) this.#compare(base)
    return undefined
  }

  /** Compares the newest key with the others of its dictionary. */
  #compare(base: number): void {
    const parts = this.#parts
    const { newest } = parts
    for (let place = parts.findSame(base, newest); place >= 0; place = parts.findSame(base, place)) {
      if (this.#text(place) === this.#text(newest)) throw repeatedKey()
    }
  }

  #addToMany(base: number, before: KeysSoFar): Set<string> {
    const { newest } = this.#parts
    let keys = before
    if (keys === undefined) {
      keys = new Set()
      for (let place = base; place < newest; place++) keys.add(this.#text(place))
    }
    const { size } = keys
    if (keys.add(this.#text(newest)).size === size) throw repeatedKey()
    return keys
  }

  #text(place: number): string {
    return this.#keyAt(this.#parts.startOf(place), this.#parts.endOf(place))
  }
}

/** The keys of a dictionary that has more than a few. */
export type KeysSoFar = Set<string> | undefined

function repeatedKey(): ProtocolViolation {
  return new ProtocolViolation('a dictionary of the message has a key twice')
}

/** The number of keys of one dictionary up to which each is compared with all others; larger ones get a set. */
const fewKeys = 16
