/** Messages that did not arrive. */
export interface Gap {
  readonly subject: string
  /**
   * The participant that published them: 16 hexadecimal digits, others each time that it begins. Empty for messages that are kept, where the limits of
   * the stream discarded them before they were read.
   */
  readonly publisher: string
  /**
   * The number of messages; `'unknown'` where it cannot be told: the publisher has ended without a word, or its messages of before were never
   * seen because the link to NATS was away. Then there may be none.
   */
  readonly missing: number | 'unknown'
}

/**
 * Finds messages that did not arrive, by the numbers of those that do and by those that publishers list.
 *
 * A subject is watched while it is asked for. The first number of a publisher is where the watching begins: what it published before may have
 * been before this participant asked.
 */
export class GapWatch {
  readonly #tell: (gap: Gap) => void
  readonly #now: () => number
  readonly #subjects = new Map<string, Watched>()
  /** The subjects that were found by a pattern, or that it is itself. */
  readonly #askers = new Map<object, Set<string>>()

  /** `now` returns milliseconds. */
  constructor(tell: (gap: Gap) => void, now: () => number) {
    this.#tell = tell
    this.#now = now
  }

  /** Begins to watch a subject, as part of a pattern that was asked for. */
  begin(asker: object, subject: string): void {
    const subjects = this.#askers.get(asker) ?? new Set()
    if (subjects.has(subject)) return
    if (subjects.size >= mostSubjects) return
    this.#askers.set(asker, subjects.add(subject))
    this.#watched(subject).askers.add(asker)
  }

  /** Ends the watching of all subjects of a pattern that no other pattern has. */
  end(asker: object): void {
    for (const subject of this.#askers.get(asker) ?? []) {
      const watched = this.#subjects.get(subject)
      watched?.askers.delete(asker)
      if (watched?.askers.size === 0) this.#subjects.delete(subject)
    }
    this.#askers.delete(asker)
  }

  /** Takes the number of a message that has arrived. It arrives once for each pattern that it fits. */
  received(asker: object, subject: string, publisher: string, number: number): void {
    this.begin(asker, subject)
    const watched = this.#subjects.get(subject)
    if (watched === undefined) return
    const last = watched.last.get(publisher)?.number
    if (last === undefined && watched.wasCut && number > 1) this.#tell({ subject, publisher, missing: 'unknown' })
    if (last !== undefined && number > last + 1) this.#tell({ subject, publisher, missing: number - last - 1 })
    // A publisher that has forgotten the subject meanwhile begins again with 1.
    if (last === undefined || number > last || number === 1) this.#set(watched, publisher, number)
  }

  /** Takes the number of the last message that a publisher says it has published. */
  listed(subject: string, publisher: string, number: number): void {
    const watched = this.#subjects.get(subject)
    if (watched === undefined) return
    const last = watched.last.get(publisher)?.number
    if (last === undefined && watched.wasCut) this.#tell({ subject, publisher, missing: 'unknown' })
    if (last !== undefined && number > last) this.#tell({ subject, publisher, missing: number - last })
    if (last === undefined || number > last) this.#set(watched, publisher, number)
  }

  /** Notes that anything may have been missed, because the link was away. */
  cut(): void {
    for (const watched of this.#subjects.values()) watched.wasCut = true
  }

  /** Forgets a publisher. One that has not said good-bye may have published what was lost, where it did so shortly before. */
  gone(publisher: string, saidGoodbye: boolean): void {
    const since = this.#now() - shortlyBefore
    for (const [subject, { last }] of this.#subjects) {
      const known = last.get(publisher)
      last.delete(publisher)
      if (known !== undefined && !saidGoodbye && known.at >= since) this.#tell({ subject, publisher, missing: 'unknown' })
    }
  }

  #watched(subject: string): Watched {
    const watched = this.#subjects.get(subject) ?? { askers: new Set(), last: new Map(), wasCut: false }
    this.#subjects.set(subject, watched)
    return watched
  }

  #set({ last }: Watched, publisher: string, number: number): void {
    last.delete(publisher)
    last.set(publisher, { number, at: this.#now() })
    if (last.size > mostPublishers) last.delete(last.keys().next().value as string)
  }
}

interface Watched {
  readonly askers: Set<object>
  /** The last number of each publisher, and when it was known, from the one that was quiet for longest. */
  readonly last: Map<string, { readonly number: number; readonly at: number }>
  wasCut: boolean
}

const mostSubjects = 100_000
const mostPublishers = 10_000
const shortlyBefore = 10_000
