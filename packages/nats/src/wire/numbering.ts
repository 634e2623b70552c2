/**
 * Numbers messages by subject, from 1 on. Remembers so many subjects; the numbers of one that was not used for the longest time begin anew.
 */
export class Numbering {
  readonly #most: number
  readonly #last = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  next(subject: string): number {
    const number = (this.#last.get(subject) ?? 0) + 1
    // Deleted and set again, it is the last one of the map.
    this.#last.delete(subject)
    this.#last.set(subject, number)
    if (this.#last.size > this.#most) this.#last.delete(this.#last.keys().next().value as string)
    return number
  }
}
