import type { Blob } from 'node:buffer'

/** Keeps the order of what is sent while the octets of a `Blob` are being read. */
export class SendOrder {
  #steps: Step[] = []
  #isReading = false
  /** Octets of the messages that wait. */
  octets = 0

  /** Whether what is sent now has to wait. */
  get isWaiting(): boolean {
    return this.#isReading
  }

  /** Runs a step behind those that wait; at once where none does. */
  add(run: () => void, { octets = 0, abandoned = () => {} }: { octets?: number; abandoned?: () => void } = {}): void {
    if (!this.#isReading) return run()
    this.octets += octets
    this.#steps.push({ octets, run, abandoned })
  }

  /** Reads a `Blob` when its turn has come, and passes its octets on. */
  addBlob(blob: Blob, send: (octets: Buffer) => void, { abandoned, failed }: BlobOutcome): void {
    const read = (): void => this.#read(blob, send, { abandoned, failed })
    if (this.#isReading) this.add(read, { octets: blob.size, abandoned })
    else read()
  }

  /** Forgets everything that waits, and tells its senders. */
  abandon(): void {
    const steps = this.#steps
    this.#steps = []
    this.octets = 0
    for (const { abandoned } of steps) abandoned()
  }

  #read(blob: Blob, send: (octets: Buffer) => void, { abandoned, failed }: BlobOutcome): void {
    this.#isReading = true
    const own: Step = { octets: blob.size, run: () => {}, abandoned }
    this.octets += blob.size
    this.#steps.unshift(own)
    blob.arrayBuffer().then(
      memory => this.#readDone(own, () => send(Buffer.from(memory))),
      (error: unknown) => this.#readDone(own, () => failed(error as Error), true),
    )
  }

  /** Goes on with what waited for a `Blob`, unless it was abandoned. In a tick of its own, so that what a callback throws is not a rejection. */
  #readDone(own: Step, then: () => void, hasFailed = false): void {
    process.nextTick(() => {
      this.#isReading = false
      if (this.#steps[0] !== own) return hasFailed ? undefined : this.#proceed()
      this.#steps.shift()
      this.octets -= own.octets
      then()
      this.#proceed()
    })
  }

  #proceed(): void {
    while (!this.#isReading && this.#steps.length > 0) {
      const { octets, run } = this.#steps.shift()!
      this.octets -= octets
      run()
    }
  }
}

interface Step {
  readonly octets: number
  readonly run: () => void
  readonly abandoned: () => void
}

interface BlobOutcome {
  /** Called where the connection ended before the octets were sent. */
  readonly abandoned: () => void
  readonly failed: (error: Error) => void
}
