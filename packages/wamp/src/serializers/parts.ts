import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { mix } from './key-hash.ts'
import type { SerializerLimits } from './limits.ts'

/**
 * Counts what a message costs to decode, while a scanner goes over it, and keeps the places of keys.
 *
 * The cost depends on the contents of a message more than on its length: objects that all have different keys take a thousand times as long
 * as one text of the same length, because the engine makes a layout for each list of keys.
 */
export class Parts {
  readonly #maxDepth: number
  readonly #maxParts: number
  /** The keys of all dictionaries that are open, innermost last: their hashes, and where they begin and end. */
  readonly #hashes: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** A hash of the keys so far, in their order, for each level: the engine keeps a layout for each such list of keys. */
  readonly #layoutOf: number[] = []
  readonly #layouts = new Set<number>()
  #top = 0
  #depth = 0
  #parts = 0
  #keys = 0

  constructor({ maxDepth, maxParts }: SerializerLimits) {
    this.#maxDepth = maxDepth
    this.#maxParts = maxParts
  }

  /** Begins a message. */
  reset(): void {
    this.#top = 0
    this.#depth = 0
    this.#parts = 0
    this.#keys = 0
    if (this.#layouts.size > 0) this.#layouts.clear()
  }

  count(parts: number): void {
    this.#parts += parts
    if (this.#parts > this.#maxParts) throw new ProtocolViolation(`the message has more than ${this.#maxParts} parts`)
  }

  /** Enters a list or a dictionary. Returns the place of its first key, for `addKey` and `leave`. */
  enter(): number {
    this.#depth++
    if (this.#depth > this.#maxDepth) throw new ProtocolViolation(`the message is nested deeper than ${this.#maxDepth} levels`)
    this.#layoutOf[this.#depth] = 0
    this.count(partsOfBrackets)
    return this.#top
  }

  leave(base: number): void {
    this.#depth--
    this.#top = base
  }

  /** Adds a key of the innermost dictionary, by its hash and its place in the message. Returns how many keys the dictionary has now. */
  addKey(base: number, hash: number, start: number, end: number): number {
    const place = this.#top++
    this.#hashes[place] = hash
    this.#starts[place] = start
    this.#ends[place] = end
    this.#keys++
    if (this.#keys > freeKeys) this.#countLayout(hash)
    this.count(partsOfString)
    return this.#top - base
  }

  /** Finds a key with the hash of the newest one, before a place. Returns its place, or -1. */
  findSame(base: number, before: number): number {
    const hash = this.#hashes[this.#top - 1]
    for (let place = before - 1; place >= base; place--) if (this.#hashes[place] === hash) return place
    return -1
  }

  /** Counts the list of keys that a key makes, where the message has not had the same one. */
  #countLayout(hash: number): void {
    const layout = mix(this.#layoutOf[this.#depth]!, hash) | 1
    this.#layoutOf[this.#depth] = layout
    if (this.#layouts.has(layout)) return
    this.#layouts.add(layout)
    this.count(partsOfLayout)
  }

  /** The place of the newest key. */
  get newest(): number {
    return this.#top - 1
  }

  startOf(place: number): number {
    return this.#starts[place]!
  }

  endOf(place: number): number {
    return this.#ends[place]!
  }
}

/** The cost of a string, of brackets and of a layout, in time and memory, relative to a number. */
export const partsOfString = 2
/** The cost of binary data: the engine takes half a microsecond for each typed array. */
export const partsOfBinary = 4
export const partsOfBrackets = 4
export const partsOfLayout = 16
/** The number of keys of a message that are not looked at as layouts: few of them cost little, and most messages have few. */
export const freeKeys = 256
