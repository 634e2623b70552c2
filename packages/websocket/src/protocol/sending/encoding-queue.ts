import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'

/** Something to send that an extension transforms first. */
export interface EncodingJob {
  /** Octets that it counts for while it waits. */
  readonly octets: number
  /** Transforms, before `write`. A promise holds the jobs behind it. */
  encode(): Awaitable<void>
  write(): void
}

export interface EncodingEvents {
  /** A job was written that had waited. */
  jobWritten(): void
  /** The last job that waited was written. */
  queueEmptied(): void
  /** A job that waited could not be encoded. It is lost, with all jobs behind it. */
  encodingFailed(error: unknown): void
}

/** Encodes messages in the order in which they were sent, also where one takes several turns of the event loop. */
export class EncodingQueue {
  readonly #events: EncodingEvents
  #waiting: EncodingJob[] = []
  #isBusy = false
  #octets = 0
  /** Grows when everything is abandoned: a job that is under way finds by it that it was abandoned too. */
  #generation = 0

  constructor(events: EncodingEvents) {
    this.#events = events
  }

  /** Whether a job waits or is under way. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Octets of the jobs that wait or are under way. */
  get octets(): number {
    return this.#octets
  }

  /** Encodes a job and writes it: now, if that can be done now, and then it throws what the job throws; else when its turn comes. */
  add(job: EncodingJob): void {
    if (this.#isBusy) {
      this.#octets += job.octets
      this.#waiting.push(job)
      return
    }
    const result = job.encode()
    if (!isPromise(result)) return job.write()
    this.#octets += job.octets
    this.#await(result, job)
  }

  /** Forgets the jobs that wait; the job under way will not be written. */
  abandon(): void {
    this.#generation++
    this.#waiting = []
    this.#octets = 0
    this.#isBusy = false
  }

  #await(result: Promise<void>, job: EncodingJob): void {
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

  /** Writes the job that was waited for, and as many of those behind it as can be encoded now. Either may abandon everything. */
  #goOn(encoded: EncodingJob): void {
    const generation = this.#generation
    let job: EncodingJob | undefined = encoded
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
    this.#events.jobWritten()
    if (job === undefined) this.#events.queueEmptied()
  }

  #fail(error: unknown): void {
    this.abandon()
    this.#events.encodingFailed(error)
  }
}
