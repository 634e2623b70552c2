import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { Clock } from '../../bytes/clock.ts'

/** Tells a peer that takes octets slowly from one that takes none: how many the system has taken since `begin`, and at which rate. */
export class SendingProgress {
  readonly #stream: ByteStream
  readonly #source: { readonly handed: number }
  readonly #clock: Clock
  #beganAt = 0
  #takenBefore = 0
  #unsentBefore = 0
  /** What was taken when that was last looked at and had grown, and when that was. */
  #seen = 0
  #seenAt = 0

  /** `source`: counts the octets that the stream was given. */
  constructor(stream: ByteStream, source: { readonly handed: number }, clock: Clock) {
    this.#stream = stream
    this.#source = source
    this.#clock = clock
  }

  /** Begins to measure. */
  begin(): void {
    this.#beganAt = this.#clock.now()
    this.#takenBefore = this.#takenInAll
    this.#unsentBefore = this.unsent
    this.#seen = this.#seenAt = 0
  }

  /** Octets given to the stream that the system has not taken. */
  get unsent(): number {
    return this.#stream.unsentOctets ?? this.#stream.bufferedAmount
  }

  /** Octets of this connection that the system may still hold for the peer; 0 where the stream has no system behind it. */
  get heldBySystem(): number {
    return this.#stream.hasSystemBuffer === true ? this.#takenInAll : 0
  }

  /** Milliseconds in which the peer has read what the system may hold, if it goes on at half the rate measured since `begin`. */
  get timeToRead(): number {
    if (this.taken <= 0) return 0
    return (2 * Math.min(this.heldBySystem, largestBuffer) * this.elapsed) / this.taken
  }

  /** Whether the system has taken everything, and may hold more of it than it hands over at once. */
  get mayBeOnTheWay(): boolean {
    return this.unsent === 0 && this.heldBySystem > smallestBuffer
  }

  /** Milliseconds since `begin`. */
  get elapsed(): number {
    return this.#clock.now() - this.#beganAt
  }

  /** Whether octets have gone since `begin` at the slowest rate that counts as reading, or all that were waiting then. */
  get isMoving(): boolean {
    return this.taken > 0 && (this.taken >= octetsIn(this.elapsed) || this.taken >= this.#unsentBefore)
  }

  /** Octets that the system has taken since `begin`. */
  get taken(): number {
    return this.#takenInAll - this.#takenBefore
  }

  /** Milliseconds left of a time that began with `begin`, if each KiB taken since gives a second more. */
  timeLeft(milliseconds: number): number {
    return milliseconds + this.#firstStep + millisecondsFor(this.taken) - this.elapsed
  }

  /**
   * Milliseconds left of a time in which something has to be taken, since it was last seen that something was. Without end where the stream has no
   * system behind it, which may take much at once and then nothing for as long as the peer does not read.
   */
  timeToMove(milliseconds: number): number {
    if (this.taken !== this.#seen) {
      this.#seen = this.taken
      this.#seenAt = this.elapsed
    }
    if (this.#stream.hasSystemBuffer !== true) return Number.POSITIVE_INFINITY
    return this.#seenAt + milliseconds + longestStep - this.elapsed
  }

  /** Whether so many milliseconds have passed since `begin`, and more where the system takes octets in large steps. */
  hasStood(milliseconds: number): boolean {
    return this.elapsed >= milliseconds + this.#firstStep
  }

  get #takenInAll(): number {
    return this.#source.handed - this.unsent
  }

  /** Milliseconds in which nothing need be seen of a peer that reads: the system asks for more only when a good part of its buffer is free. */
  get #firstStep(): number {
    return this.unsent === 0 ? 0 : (Math.min(this.heldBySystem, largestStep) / steppedRate) * 1000
  }
}

/** Milliseconds in which a peer takes so many octets that takes them as slowly as it may. */
export function millisecondsFor(octets: number): number {
  return (octets / slowestRate) * 1000
}

function octetsIn(milliseconds: number): number {
  return (milliseconds / 1000) * slowestRate
}

/** Octets per second. A peer that takes as many is alive. */
const slowestRate = 1024

/** Octets that Linux takes at once from a connection whose buffer was full: 1.4 MiB were measured on loopback. */
const largestStep = 1.5 * 1024 * 1024

/** Octets that systems hold for a connection: at both ends, if the reader is slow. */
const largestBuffer = 8 * 1024 * 1024
const smallestBuffer = 64 * 1024

/** Milliseconds: a peer of 20 KiB per second needs as long for the largest step. */
const longestStep = 60_000

/** Octets per second that a peer is thought to take until the first such step. */
const steppedRate = 256 * 1024
