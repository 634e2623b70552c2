import type { Blob } from 'node:buffer'

/** Keeps the order of what is sent while the octets of a `Blob` are being read. */
export class SendOrder {
  #steps: Step[] = []
  #isReading = false
  #isAbandoned = false
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

  /** Forgets everything that waits, and tells its senders: at once, or when the reading of the `Blob` in front of it is done. */
  abandon(): void {
    this.#isAbandoned = true
    this.octets = 0
    if (!this.#isReading) this.#tellAbandoned()
  }

  #read(blob: Blob, send: (octets: Buffer) => void, { abandoned, failed }: BlobOutcome): void {
    this.#isReading = true
    this.octets += blob.size
    const read = (memory: ArrayBuffer): void => (this.#isAbandoned ? abandoned() : send(Buffer.from(memory)))
    blob.arrayBuffer().then(
      memory => this.#readDone(blob.size, () => read(memory)),
      (error: unknown) => this.#readDone(blob.size, () => failed(error as Error)),
    )
  }

  /** Goes on with what waited for a `Blob`. In a tick of its own, so that what a callback throws is not a rejection. */
  #readDone(octets: number, then: () => void): void {
    process.nextTick(() => {
      this.#isReading = false
      if (!this.#isAbandoned) this.octets -= octets
      then()
      if (this.#isAbandoned) this.#tellAbandoned()
      else this.#proceed()
    })
  }

  #proceed(): void {
    while (!this.#isReading && !this.#isAbandoned && this.#steps.length > 0) {
      const { octets, run } = this.#steps.shift()!
      this.octets -= octets
      run()
    }
  }

  #tellAbandoned(): void {
    for (const { abandoned } of this.#steps.splice(0)) abandoned()
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
