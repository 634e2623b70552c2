/**
 * A set that mostly has one item. One item takes 32 octets; a `Set` takes 150 for its first four. With a second item it is a `Set`, and stays one.
 */
export class SmallSet<Item extends object> {
  #only: Item | undefined
  #all: Set<Item> | undefined

  get size(): number {
    if (this.#all !== undefined) return this.#all.size
    return this.#only === undefined ? 0 : 1
  }

  has(item: Item): boolean {
    return this.#all === undefined ? this.#only === item : this.#all.has(item)
  }

  add(item: Item): void {
    if (this.#all !== undefined) this.#all.add(item)
    else if (this.#only === undefined || this.#only === item) this.#only = item
    else {
      this.#all = new Set([this.#only, item])
      this.#only = undefined
    }
  }

  /** Removes an item. Returns whether it was there. */
  delete(item: Item): boolean {
    if (this.#all !== undefined) return this.#all.delete(item)
    if (this.#only !== item) return false
    this.#only = undefined
    return true
  }

  /** Goes over the items in the order in which they were added. */
  [Symbol.iterator](): Iterator<Item> {
    if (this.#all !== undefined) return this.#all.values()
    return (this.#only === undefined ? [] : [this.#only]).values()
  }
}
