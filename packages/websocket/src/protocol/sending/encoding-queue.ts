import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'

export interface EncodingEvents {
  /** Something was written that had waited. */
  written(): void
  /** Nothing waits any more. */
  idle(): void
  /** What waited could not be encoded, and is lost, with all that came behind it. */
  encodingFailed(error: unknown): void
}

/** Encodes messages in the order in which they were sent, also where one takes several turns of the event loop. */
export class EncodingQueue {
  readonly #events: EncodingEvents
  #waiting: Job[] = []
  #isBusy = false
  #octets = 0
  /** Changes when everything is abandoned: what is under way then finds that it is nobody's any more. */
  #generation = 0

  constructor(events: EncodingEvents) {
    this.#events = events
  }

  /** Whether something waits or is under way. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Octets of messages that wait or are under way. */
  get octets(): number {
    return this.#octets
  }

  /** Encodes and then writes; now, if it can be done now, and then throws what they throw. `octets`: the length of what they hold. */
  run(octets: number, encode: () => Awaitable<void>, write: () => void): void {
    const job = { octets, encode, write }
    if (this.#isBusy) {
      this.#octets += octets
      this.#waiting.push(job)
      return
    }
    const result = encode()
    if (!isPromise(result)) return write()
    this.#octets += octets
    this.#await(result, job)
  }

  /** Forgets what waits; what is under way will not be written. */
  abandon(): void {
    this.#generation++
    this.#waiting = []
    this.#octets = 0
    this.#isBusy = false
  }

  #await(result: Promise<void>, job: Job): void {
    const generation = this.#generation
    this.#isBusy = true
    result.then(
      () => {
        if (generation === this.#generation) this.#goOn(job)
      },
      error => {
        if (generation === this.#generation) this.#fail(error)
      },
    )
  }

  /** Writes what was waited for, and as much of what follows as can be encoded now. Either may abandon everything. */
  #goOn(encoded: Job): void {
    const generation = this.#generation
    let job: Job | undefined = encoded
    try {
      while (job !== undefined) {
        job.write()
        if (generation !== this.#generation) return
        this.#octets -= job.octets
        job = this.#waiting.shift()
        const result = job?.encode()
        if (generation !== this.#generation) return
        if (isPromise(result)) {
          this.#await(result, job!)
          break
        }
      }
    } catch (error) {
      return generation === this.#generation ? this.#fail(error) : undefined
    }
    if (job === undefined) this.#isBusy = false
    this.#events.written()
    if (job === undefined) this.#events.idle()
  }

  #fail(error: unknown): void {
    this.abandon()
    this.#events.encodingFailed(error)
  }
}

interface Job {
  readonly octets: number
  readonly encode: () => Awaitable<void>
  readonly write: () => void
}
