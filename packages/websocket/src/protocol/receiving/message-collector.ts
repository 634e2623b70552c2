import { GatheredOctets } from '../../bytes/gathered-octets.ts'
import type { Octets, ReceivedOctets } from '../../bytes/octets.ts'

/**
 * Collects frames and messages for applications that override some of the frame and streaming hooks and leave the rest to the defaults.
 *
 * The delivery announces what arrives, and the default hooks add what the application did not keep for itself. A frame of which the application kept
 * data is not whole here, and neither is its message, so that nothing is delivered twice (decision 5).
 */
export class MessageCollector {
  readonly #frame = new GatheredOctets()
  /** The only frame with octets so far. When a second one comes both are gathered, so that a million small frames leave no objects. */
  #only: Octets | undefined
  readonly #frames = new GatheredOctets()
  #framesDue = 0
  #framesHere = 0
  #dataDue = 0
  #missing = 0
  #reserved = 0
  #isBinary = false

  get isBinary(): boolean {
    return this.#isBinary
  }

  /** Reserved bits of the frame begun last. */
  get reserved(): number {
    return this.#reserved
  }

  get hasWholeFrame(): boolean {
    return this.#frame.length === this.#dataDue
  }

  get hasWholeMessage(): boolean {
    return this.#framesHere === this.#framesDue
  }

  messageBegan(isBinary: boolean): void {
    this.#isBinary = isBinary
    this.#only = undefined
    if (this.#frames.length > 0) this.#frames.take()
    this.#framesDue = this.#framesHere = 0
  }

  frameBegan(length: number, reserved: number): void {
    if (this.#frame.length > 0) this.#frame.take()
    this.#framesDue++
    this.#dataDue = 0
    this.#missing = length
    this.#reserved = reserved
  }

  dataCame(length: number): void {
    this.#dataDue += length
    this.#missing = Math.max(0, this.#missing - length)
  }

  addData(octets: Octets): void {
    this.#frame.append(octets, 0, octets.length, this.#missing)
  }

  takeFrame(): ReceivedOctets {
    return this.#frame.take()
  }

  addFrame(octets: Octets): void {
    this.#framesHere++
    if (octets.length === 0) return
    if (this.#only === undefined && this.#frames.length === 0) {
      this.#only = octets
    } else {
      if (this.#only !== undefined) this.#frames.append(this.#only, 0, this.#only.length, octets.length)
      this.#only = undefined
      this.#frames.append(octets, 0, octets.length, 0)
    }
  }

  takeMessage(): Octets {
    const only = this.#only
    this.#only = undefined
    return only ?? this.#frames.take()
  }
}
