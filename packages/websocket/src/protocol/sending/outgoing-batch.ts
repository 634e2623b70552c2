import type { ByteStream } from '../../bytes/byte-stream.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import { detachedPayload } from '../faults/errors.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'

/**
 * Octets on their way to the transport, joined so that many small frames leave in one write.
 *
 * One write per read event instead of one per frame is worth 5 to 15 times on pipelined small messages.
 * Small frames are written into a scratch array, which goes back to the pool after each flush; large payloads are kept by reference.
 * The scratch is small where little is expected, since thousands of connections may each hold one until the turn ends.
 *
 * A transport that takes octets at once is lent the scratch itself, which saves a copy and an array per flush: a sixth of what an echo of
 * 125 octets costs. Should it keep some of them, the scratch stays with it; while octets wait there it gets copies, so that it never
 * keeps more than one.
 */
export class OutgoingBatch {
  readonly #stream: ByteStream
  readonly #pool: ScratchPool
  readonly #stats: TrafficStats
  readonly #sent: ((octets: Octets) => void) | undefined
  readonly #failed: (error: unknown, isIntact: boolean) => void
  #scratch: Octets | undefined
  /** Whether many frames are likely: while a read event is being handled, whose answers leave at its end. */
  expectsMany = false
  /** Of the scratch: what is in use, and from where on it is not among the pieces yet. */
  #used = 0
  #unsealed = 0
  #only: Octets | undefined
  #pieces: Octets[] | undefined
  #length = 0
  #handed = 0
  /** Whether a piece is a view of the scratch. */
  #isLent = false
  /** Whether what was flushed last may have ended within a frame. */
  mayBeginInFrame = false

  /**
   * `sent` sees each piece as it goes to the transport. `failed` is called where a flush could not hand on what it had, which is then forgotten.
   * `isIntact`: nothing of it reached the transport, and what did before ends with a whole frame.
   */
  constructor(
    stream: ByteStream,
    pool: ScratchPool,
    stats: TrafficStats,
    sent: ((octets: Octets) => void) | undefined,
    failed: (error: unknown, isIntact: boolean) => void,
  ) {
    this.#stream = stream
    this.#pool = pool
    this.#stats = stats
    this.#sent = sent
    this.#failed = failed
  }

  /** Octets that wait for the next flush. */
  get length(): number {
    return this.#length
  }

  /** Octets that the transport was given so far. */
  get handed(): number {
    return this.#handed
  }

  /** Where the octets that `reserve` gave room for last are to be written. */
  get scratch(): Octets {
    return this.#scratch!
  }

  /** Makes room for so many octets, at most `scratchSize`, and tells where in `scratch`. */
  reserve(length: number): number {
    if (this.#scratch === undefined || this.#used + length > this.#scratch.length) this.#makeRoom(length)
    const at = this.#used
    this.#used += length
    this.#length += length
    return at
  }

  /** Whether `reserve` would give so much room without a flush, and without a larger scratch than what is expected anyway takes. */
  hasRoom(length: number): boolean {
    if (this.#scratch !== undefined) return this.#used + length <= this.#scratch.length
    return length <= (this.expectsMany ? scratchSize : smallScratchSize)
  }

  /** Takes back what `reserve` gave last, as far as it was not needed. */
  giveBack(unused: number): void {
    this.#used -= unused
    this.#length -= unused
  }

  /** Takes the octets by reference. */
  add(octets: Octets): void {
    if (octets.length === 0) return
    this.#seal()
    this.#append(octets)
    this.#length += octets.length
  }

  /** Hands everything to the transport, or nothing: where a payload was detached, no header goes out without it. Throws nothing. */
  flush(): void {
    if (this.#length === 0) return
    this.#seal()
    const pieces = this.#pieces
    const only = this.#only
    const scratch = this.#scratch
    const isLent = this.#isLent
    const length = this.#length
    this.#forget()
    if (this.#sent !== undefined) for (const piece of pieces ?? [only!]) this.#sent(piece)
    const isWhole = pieces === undefined ? only!.length > 0 : areAllThere(pieces)
    if (!isWhole) return this.#failed(detachedPayload(), !this.mayBeginInFrame)
    this.#stats.outgoingOctetsWireLevel += length
    this.#handed += length
    try {
      if (pieces === undefined) this.#stream.write(only!)
      else this.#stream.writeAll(pieces)
    } catch (error) {
      return this.#failed(error, false)
    }
    if (scratch !== undefined && (!isLent || this.#stream.bufferedAmount === 0)) this.#pool.give(scratch)
  }

  /** Forgets what waits. */
  discard(): void {
    if (this.#scratch !== undefined) this.#pool.give(this.#scratch)
    this.#forget()
  }

  /** Moves to a larger scratch, unless pieces of this one are waiting already. */
  #makeRoom(length: number): void {
    const scratch = this.#scratch
    if (scratch !== undefined && (this.#unsealed > 0 || this.#used + length > scratchSize)) {
      this.mayBeginInFrame = true
      this.flush()
    }
    const isSmall = !this.expectsMany && this.#used + length <= smallScratchSize
    const roomier = this.#pool.take(isSmall)
    if (this.#scratch !== undefined) {
      roomier.set(this.#scratch.subarray(0, this.#used))
      this.#pool.give(this.#scratch)
    }
    this.#scratch = roomier
  }

  #seal(): void {
    if (this.#used === this.#unsealed) return
    this.#append(this.#mayLend() ? this.#lent() : copyOf(this.#scratch!, this.#unsealed, this.#used))
    this.#unsealed = this.#used
  }

  /** Most flushes have one piece: a list is made for the second. */
  #append(piece: Octets): void {
    if (this.#pieces !== undefined) this.#pieces.push(piece)
    else if (this.#only !== undefined) this.#pieces = [this.#only, piece]
    else this.#only = piece
  }

  #lent(): Octets {
    this.#isLent = true
    return this.#scratch!.subarray(this.#unsealed, this.#used)
  }

  /** Not while somebody looks on, who may keep what is sent. */
  #mayLend(): boolean {
    return this.#stream.writesAtOnce === true && this.#sent === undefined && this.#stream.bufferedAmount === 0
  }

  #forget(): void {
    this.#scratch = undefined
    this.#pieces = undefined
    this.#only = undefined
    this.#used = this.#unsealed = this.#length = 0
    this.#isLent = false
  }
}

/** Empty pieces are not added: one that is empty was detached since. */
function areAllThere(pieces: readonly Octets[]): boolean {
  for (const piece of pieces) if (piece.length === 0) return false
  return true
}

/** Scratch arrays that wait to be used again; one pool serves all connections of a factory. */
export class ScratchPool {
  readonly #small: Octets[] = []
  readonly #large: Octets[] = []

  take(isSmall: boolean): Octets {
    return isSmall ? (this.#small.pop() ?? new Uint8Array(smallScratchSize)) : (this.#large.pop() ?? new Uint8Array(scratchSize))
  }

  give(scratch: Octets): void {
    const free = scratch.length === smallScratchSize ? this.#small : this.#large
    if (free.length < mostKept) free.push(scratch)
  }
}

/** As much as leaves in one write; 16 answers of 1 KiB did not fit into 16 KiB, and took a second system call. */
export const scratchSize: number = 64 * 1024

export const smallScratchSize: number = 1024

/** Of each kind. Connections that send in one turn of the event loop and outside of a read event need one each. */
const mostKept = 16
