/**
 * A generator of numbers that look random and are the same in each run: xorshift (Marsaglia, 2003) with a seed. It uses whole numbers only,
 * so that every machine computes the same.
 */
export class Dice {
  #state: number

  /** `seed`: any whole number but 0. */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Returns a number from 0 to `count` - 1; `count` is at most 65,536. */
  below(count: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state >>> 0
    return ((state >>> 8) & 0xffffff) % count
  }

  /** Returns a number from `least` to `most`, both included. */
  from(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** Returns true once in `times` calls, on average. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }

  /** Returns one of the items, the first ones more often, as words and names are distributed. */
  oneOfUsual<Item>(items: readonly Item[]): Item {
    return items[Math.min(this.below(items.length), this.below(items.length))]!
  }
}
