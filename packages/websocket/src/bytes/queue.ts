/**
 * A queue for many items, first in, first out.
 *
 * `shift` of an array moves all items behind the first one. That is fast up to some thousand items, and then takes 20 µs for each of 65,000.
 */
export class Queue<Item> {
  #items: (Item | undefined)[] = []
  /** The index of the first item. */
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  /** Removes the first item and returns it; `undefined` where there is none. */
  shift(): Item | undefined {
    if (this.#first === this.#items.length) return undefined
    const item = this.#items[this.#first]
    this.#items[this.#first++] = undefined
    if (this.#first === this.#items.length) this.#forget()
    else if (this.#first >= mostGaps && 2 * this.#first >= this.#items.length) this.#close()
    return item
  }

  /** Removes all items and returns them in order. */
  takeAll(): Item[] {
    const items = this.#items.slice(this.#first) as Item[]
    this.#forget()
    return items
  }

  #forget(): void {
    this.#items.length = 0
    this.#first = 0
  }

  /** Closes the gap before the first item, which is at least as large as what is moved. */
  #close(): void {
    this.#items = this.#items.slice(this.#first)
    this.#first = 0
  }
}

/** Places of removed items that may be left in any case. */
const mostGaps = 64
