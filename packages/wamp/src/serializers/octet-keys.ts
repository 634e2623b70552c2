import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { fewKeys, multiplier, type Parts } from './parts.ts'
import { textOf } from './utf8.ts'

/** Finds keys that are repeated in a dictionary whose keys are octets, and counts what its list of keys costs. */
export class OctetKeys {
  readonly #parts: Parts
  #octets: Uint8Array = new Uint8Array(0)

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Begins another message. */
  begin(octets: Uint8Array): void {
    this.#octets = octets
  }

  /**
   * Adds a key, by the place of its text, to the dictionary whose first key is at `base`. `before` is what it returned for the key before, or undefined for
   * the first. Throws `ProtocolViolation` for a key that is there already.
   */
  add(base: number, start: number, end: number, before: KeysSoFar): KeysSoFar {
    const hash = hashOf(this.#octets, start, end)
    const parts = this.#parts
    const number = parts.addKey(base, hash, start, end)
    if (number > fewKeys) return this.#addToMany(base, before)
    if (number > 1) this.#compare(base)
    return undefined
  }

  #compare(base: number): void {
    const parts = this.#parts
    const { newest } = parts
    for (let place = parts.findSame(base, newest); place >= 0; place = parts.findSame(base, place)) {
      if (this.#isSame(place, newest)) throw repeatedKey()
    }
  }

  #addToMany(base: number, before: KeysSoFar): Set<string> {
    const { newest } = this.#parts
    let keys = before
    if (keys === undefined) {
      keys = new Set()
      for (let place = base; place < newest; place++) keys.add(this.#keyAt(place))
    }
    const { size } = keys
    if (keys.add(this.#keyAt(newest)).size === size) throw repeatedKey()
    return keys
  }

  #isSame(one: number, other: number): boolean {
    const parts = this.#parts
    const start = parts.startOf(one)
    const length = parts.endOf(one) - start
    const otherStart = parts.startOf(other)
    if (parts.endOf(other) - otherStart !== length) return false
    for (let at = 0; at < length; at++) if (this.#octets[start + at] !== this.#octets[otherStart + at]) return false
    return true
  }

  #keyAt(place: number): string {
    return textOf(this.#octets, this.#parts.startOf(place), this.#parts.endOf(place))
  }
}

/** The keys of a dictionary that has more than a few. */
export type KeysSoFar = Set<string> | undefined

/** Makes the fault of a key that is repeated. */
export function repeatedKey(): ProtocolViolation {
  return new ProtocolViolation('a dictionary of the message has a key twice')
}

/** Returns a hash of octets that a peer cannot foresee. */
export function hashOf(octets: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let at = start; at < end; at++) {
    hash = Math.imul(hash ^ octets[at]!, multiplier)
    hash ^= hash >>> 15
  }
  return hash
}
