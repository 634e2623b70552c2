/** A publisher that is not read until one of its receivers has room. */
export interface WaitingPublisher {
  /** Ends the wait. Does nothing where it has ended already. */
  goOn(): void
}

/** The room in the outbox of one receiver, with the publishers that wait for it (decision 151). */
export class AwaitedRoom {
  readonly #waiting = new Set<WaitingPublisher>()
  /** The time when the first publisher began to wait, of those since the receiver took something last. */
  #since: number | undefined

  /** Whether nobody waits for it any more, because the receiver takes nothing. Times are in milliseconds. */
  isGivenUp(now: number): boolean {
    return this.#since !== undefined && now - this.#since >= longestWait
  }

  /** Adds a publisher that begins to wait. */
  add(publisher: WaitingPublisher, now: number): void {
    this.#since ??= now
    this.#waiting.add(publisher)
  }

  /** Removes a publisher that does not wait any more. */
  delete(publisher: WaitingPublisher): void {
    this.#waiting.delete(publisher)
  }

  /** Takes note that the receiver has taken something. `isFull`: it has no room yet. */
  taken(isFull: boolean): void {
    this.#since = undefined
    if (!isFull) this.release()
  }

  /** Ends the waits: the receiver has room, or is gone. */
  release(): void {
    for (const publisher of [...this.#waiting]) publisher.goOn()
  }
}

/** The milliseconds for which publishers wait, again and again, for a receiver that takes nothing. */
const longestWait = 10_000
