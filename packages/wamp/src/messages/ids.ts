import type { Id } from './message.ts'
import { maxId } from './value-kinds.ts'

/** A source of random octets that cannot be guessed, such as `crypto` of the platform. */
export interface RandomOctets {
  getRandomValues(octets: PlainOctets): PlainOctets
}

/** An array over an `ArrayBuffer`. The type of `Uint8Array.of` says so in every version of TypeScript (decision 55). */
type PlainOctets = ReturnType<typeof Uint8Array.of>

/** Makes an id of the global scope, for sessions and publications: random and uniform over the integers from 1 to 2^53. */
export function randomGlobalId(random: RandomOctets): Id {
  const octets = random.getRandomValues(new Uint8Array(7))
  let high = octets[0]! & 0x1f
  for (let n = 1; n < 3; n++) high = high * 256 + octets[n]!
  let low = 0
  for (let n = 3; n < 7; n++) low = low * 256 + octets[n]!
  return high * 2 ** 32 + low + 1
}

/** Makes global ids as `randomGlobalId` does, and asks for the random octets of many at once, which is what such an id costs. */
export class GlobalIds {
  readonly #random: RandomOctets
  readonly #octets = new Uint8Array(8 * 128)
  readonly #words = new Uint32Array(this.#octets.buffer)
  #used: number = this.#words.length

  constructor(random: RandomOctets) {
    this.#random = random
  }

  next(): Id {
    if (this.#used === this.#words.length) {
      this.#random.getRandomValues(this.#octets)
      this.#used = 0
    }
    const high = this.#words[this.#used]! & 0x1f_ffff
    const low = this.#words[this.#used + 1]!
    this.#used += 2
    return high * 2 ** 32 + low + 1
  }
}

/** Counts the ids of the session scope: 1, 2, 3 and so on, and 1 again after 2^53. */
export class SessionIds {
  #last: number

  /** `last` is the id before the first one. */
  constructor(last: number = 0) {
    this.#last = last
  }

  next(): Id {
    this.#last = idAfter(this.#last)
    return this.#last
  }
}

/** Returns the id of the session scope that follows another one, or 0 for the first. */
export function idAfter(id: number): Id {
  return id >= maxId ? 1 : id + 1
}
