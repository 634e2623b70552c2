import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { Clock } from '../../bytes/clock.ts'

/**
 * Measures how many octets the system has taken since `begin`, and at which rate: a peer that reads slowly is alive, and one that takes
 * nothing may not be (decision 49).
 */
export class SendingProgress {
  readonly #stream: ByteStream
  readonly #source: { readonly handed: number }
  readonly #clock: Clock
  #beganAt = 0
  #takenBefore = 0
  #unsentBefore = 0
  /** The octets taken at the last progress that `look` saw, and the time of it. */
  #seen = 0
  #seenAt = 0

  /** `source`: counts the octets that the stream was given. */
  constructor(stream: ByteStream, source: { readonly handed: number }, clock: Clock) {
    this.#stream = stream
    this.#source = source
    this.#clock = clock
  }

  /** Begins to measure, anew if it has begun before. */
  begin(): void {
    this.#beganAt = this.#clock.now()
    this.#takenBefore = this.#takenInAll
    this.#unsentBefore = this.unsent
    this.#seen = this.#seenAt = 0
  }

  /** Octets that the stream was given and the system has not taken. */
  get unsent(): number {
    return this.#stream.unsentOctets ?? this.#stream.bufferedAmount
  }

  /** Octets that the system may still hold for the peer; 0 where the stream has no system behind it. */
  get heldBySystem(): number {
    return this.#stream.hasSystemBuffer === true ? this.#takenInAll : 0
  }

  /** Milliseconds that the peer needs for what the system may hold, if it goes on at half the rate measured since `begin`. */
  get timeToRead(): number {
    if (this.taken <= 0) return 0
    return (2 * Math.min(this.heldBySystem, largestBuffer) * this.elapsed) / this.taken
  }

  /** Whether the system has taken everything, and may hold more than it hands over at once. */
  get mayBeOnTheWay(): boolean {
    return this.unsent === 0 && this.heldBySystem > smallestBuffer
  }

  /** Milliseconds since `begin`. */
  get elapsed(): number {
    return this.#clock.now() - this.#beganAt
  }

  /** Whether octets have gone since `begin` at the slowest rate that counts as reading, or all octets that were waiting then. */
  get isMoving(): boolean {
    return this.taken > 0 && (this.taken >= octetsIn(this.elapsed) || this.taken >= this.#unsentBefore)
  }

  /** Octets that the system has taken since `begin`. */
  get taken(): number {
    return this.#takenInAll - this.#takenBefore
  }

  /** Returns the milliseconds left of a time that began with `begin`, where each KiB taken since gives a second more. */
  timeLeft(milliseconds: number): number {
    return milliseconds + this.#firstStep + millisecondsFor(this.taken) - this.elapsed
  }

  /** Notes whether something was taken since the last look: see `timeToMove`. */
  look(): void {
    if (this.taken === this.#seen) return
    this.#seen = this.taken
    this.#seenAt = this.elapsed
  }

  /**
   * Returns the milliseconds left of a time in which something has to be taken, which began when `look` last saw progress. The time never
   * ends for a stream without a system behind it: such a stream may take much at once, and then nothing for as long as the peer does
   * not read.
   */
  timeToMove(milliseconds: number): number {
    if (this.#stream.hasSystemBuffer !== true) return Number.POSITIVE_INFINITY
    return this.#seenAt + milliseconds + longestStep - this.elapsed
  }

  /** Tells whether so many milliseconds have passed since `begin`, and more of them where the system takes octets in large steps. */
  hasStood(milliseconds: number): boolean {
    return this.elapsed >= milliseconds + this.#firstStep
  }

  get #takenInAll(): number {
    return this.#source.handed - this.unsent
  }

  /** Milliseconds in which a peer may read without a sign of it: the system takes more only when a good part of its buffer is free. */
  get #firstStep(): number {
    return this.unsent === 0 ? 0 : (Math.min(this.heldBySystem, largestStep) / steppedRate) * 1000
  }
}

/** Returns the milliseconds that a peer may need at most for so many octets. */
export function millisecondsFor(octets: number): number {
  return (octets / slowestRate) * 1000
}

function octetsIn(milliseconds: number): number {
  return (milliseconds / 1000) * slowestRate
}

/** Octets per second at which a peer counts as alive. */
const slowestRate = 1024

/** Octets that Linux takes at once for a connection whose buffer was full: 1.4 MiB were measured on loopback. */
const largestStep = 1.5 * 1024 * 1024

/** Octets that systems hold for a connection, at both ends together, if the reader is slow. */
const largestBuffer = 8 * 1024 * 1024
const smallestBuffer = 64 * 1024

/** Milliseconds between two such steps at most: as long as a peer of 20 KiB per second needs for the largest one. */
const longestStep = 60_000

/** Octets per second that a peer is assumed to take until the first such step. */
const steppedRate = 256 * 1024
