/** The other participants, by when they were last heard. */
export class Acquaintances {
  readonly #patience: number
  readonly #heard = new Map<string, number>()

  /** `patience` is the time in milliseconds after which one that is silent counts as gone. */
  constructor(patience: number) {
    this.#patience = patience
  }

  get size(): number {
    return this.#heard.size
  }

  heard(who: string, now: number): void {
    this.#heard.delete(who)
    this.#heard.set(who, now)
    if (this.#heard.size > most) this.#heard.delete(this.#heard.keys().next().value as string)
  }

  forget(who: string): void {
    this.#heard.delete(who)
  }

  /** Forgets those that were silent for too long, and returns them. */
  takeSilent(now: number): string[] {
    const silent = [...this.#heard].filter(([, at]) => now - at > this.#patience).map(([who]) => who)
    for (const who of silent) this.#heard.delete(who)
    return silent
  }

  /** Begins the time of all anew: none of them could be heard until now. */
  begin(now: number): void {
    for (const who of this.#heard.keys()) this.#heard.set(who, now)
  }
}

const most = 10_000
