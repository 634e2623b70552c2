/** Numbers that look random and are always the same: a xorshift generator (Marsaglia, 2003) with a seed. Whole numbers only, so that no machine computes them differently. */
export class Dice {
  #state: number

  /** Any whole number but 0. */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to `count` - 1; `count` is at most 65,536. */
  below(count: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state >>> 0
    return ((state >>> 8) & 0xffffff) % count
  }

  /** From `least` to `most`, both included. */
  from(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }

  /** One of the items, the first ones more often, as words and names are distributed. */
  oneOfUsual<Item>(items: readonly Item[]): Item {
    return items[Math.min(this.below(items.length), this.below(items.length))]!
  }
}
