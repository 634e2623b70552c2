import type { ByteStream } from '../../bytes/byte-stream.ts'

/**
 * Asks the transport when it has handed everything to the system, for those who wait for that: callers with octets of theirs, and
 * `onDrain`.
 */
export class DrainWatch {
  readonly #stream: Pick<ByteStream, 'notifyDrained'>
  #callbacks: (() => void)[] = []
  /** The number of callbacks that existed when the transport was last asked. */
  #asked = 0
  #isAsking = false
  /** Whether a send method has returned `full`, so that `onDrain` has to follow. */
  owesDrain = false

  constructor(stream: Pick<ByteStream, 'notifyDrained'>) {
    this.#stream = stream
  }

  /** Whether the transport was asked and has not answered. */
  get isAsking(): boolean {
    return this.#isAsking
  }

  /** Calls back once everything has gone that the transport has been given when it is asked next. */
  whenGone(callback: () => void): void {
    this.#callbacks.push(callback)
  }

  ask(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    this.#asked = this.#callbacks.length
    this.#stream.notifyDrained()
  }

  /**
   * Takes note that the transport has handed everything to the system, and calls back those who waited for that. Returns whether others
   * wait for the next time.
   */
  transportDrained(): boolean {
    this.#isAsking = false
    const gone = this.#callbacks.splice(0, this.#asked)
    this.#asked = 0
    for (const callback of gone) callback()
    return this.#callbacks.length > 0
  }
}
