/**
 * Numbers messages by subject, from 1 on. Remembers so many subjects; the numbers of one that was not used for the longest time begin anew.
 */
export class Numbering {
  readonly #most: number
  readonly #last = new Map<string, number>()
  /** The subjects that were used lately, and in how many further lists they appear. */
  readonly #changed = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  next(subject: string): number {
    const number = (this.#last.get(subject) ?? 0) + 1
    // Deleted and set again, it is the last one of the map.
    this.#last.delete(subject)
    this.#last.set(subject, number)
    this.#changed.set(subject, repeats)
    if (this.#last.size > this.#most) this.#forget(this.#last.keys().next().value as string)
    return number
  }

  /** Lists the last numbers of the subjects that were used since the last three lists. */
  changes(): readonly SubjectNumber[] {
    const list: SubjectNumber[] = []
    for (const [subject, left] of this.#changed) {
      list.push([subject, this.#last.get(subject) ?? 0])
      if (left === 1) this.#changed.delete(subject)
      else this.#changed.set(subject, left - 1)
    }
    return list
  }

  /** Lists the last numbers of all subjects that are remembered. */
  all(): readonly SubjectNumber[] {
    return [...this.#last]
  }

  #forget(subject: string): void {
    this.#last.delete(subject)
    this.#changed.delete(subject)
  }
}

/** A subject, and the number of the last message under it. */
export type SubjectNumber = readonly [subject: string, number: number]

const repeats = 3
