import type { ByteStream } from '../../bytes/byte-stream.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import { detachedPayload } from '../faults/errors.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'

/** The connection whose octets go through a batch. */
export interface BatchOwner {
  readonly stats: TrafficStats
  /** Shows octets on their way to the transport to a tap; `undefined` where there is none. */
  readonly octetsTap: ((octets: Octets) => void) | undefined
  /**
   * Called when a flush could not hand on its octets, which are forgotten then. `isBetweenFrames`: none of them reached the transport, and
   * what it was given before ends with a whole frame, so a close frame can follow.
   */
  flushFailed(error: unknown, isBetweenFrames: boolean): void
}

/**
 * Joins octets on their way to the transport, so that many small frames leave in one write.
 *
 * One write per read event instead of one per frame is worth 5 to 15 times on pipelined small messages. Small frames are written into a
 * scratch array, which goes back to the pool after each flush; large payloads are kept by reference. The scratch is small where little is
 * expected, since thousands of connections may each hold one until the turn ends.
 *
 * A transport that takes octets at once is lent the scratch itself. That saves a copy and an array per flush: a sixth of what an echo of
 * 125 octets costs. If the transport keeps some of the octets, the scratch stays with it. While octets wait there it gets copies, so it
 * never keeps more than one scratch.
 */
export class OutgoingBatch {
  #stream: ByteStream | undefined
  readonly #pool: ScratchPool
  #owner: BatchOwner | undefined
  #stats: TrafficStats | undefined
  readonly #tap: ((octets: Octets) => void) | undefined
  #scratch: Octets | undefined
  /** Whether many frames are likely, as in a read event, whose answers leave together at its end. */
  expectsMany = false
  /** Octets of the scratch that are in use. */
  #used = 0
  /** The index in the scratch of the first octet that is not part of a piece yet. */
  #unsealed = 0
  /** The one piece, until there are two. */
  #only: Octets | undefined
  #pieces: Octets[] | undefined
  #length = 0
  #handed = 0
  /** Octets that the transport had been given when the last turn of the event loop ended in which something was sent. */
  #handedBeforeTurn = 0
  /** Whether a piece is a view of the scratch, so that the transport gets the scratch itself. */
  #isLent = false
  /** Whether the last flush may have ended within a frame. */
  mayBeginInFrame = false
  #isFlushing = false

  constructor(stream: ByteStream, pool: ScratchPool, owner: BatchOwner) {
    this.#stream = stream
    this.#pool = pool
    this.#owner = owner
    this.#stats = owner.stats
    this.#tap = owner.octetsTap
  }

  /** Serves another connection from now on, which has no taps. Called at rest. */
  serve(stream: ByteStream, owner: BatchOwner): void {
    this.#stream = stream
    this.#owner = owner
    this.#stats = owner.stats
    this.#handed = this.#handedBeforeTurn = 0
    this.mayBeginInFrame = false
  }

  /** Forgets the connection that it has served. Called at rest. */
  leave(): void {
    this.#stream = undefined
    this.#owner = undefined
    this.#stats = undefined
  }

  /** Whether nothing waits, and no flush is under way. */
  get isAtRest(): boolean {
    return this.#length === 0 && !this.#isFlushing
  }

  /** Octets that wait for the next flush. */
  get length(): number {
    return this.#length
  }

  /** Octets that the transport was given so far, for the connection that is served. */
  get handed(): number {
    return this.#handed
  }

  /** Whether the transport still holds octets that it was given before this turn of the event loop. */
  get holdsOldOctets(): boolean {
    return this.#handed - this.#stream!.bufferedAmount < this.#handedBeforeTurn
  }

  /** Remembers what the transport was given until the end of this turn: `holdsOldOctets` compares with it in the next one. */
  turnEnded(): void {
    this.#handedBeforeTurn = this.#handed
  }

  /** The array in which `reserve` made room last. */
  get scratch(): Octets {
    return this.#scratch!
  }

  /** Makes room for so many octets, at most `scratchSize`, and returns where in `scratch` it begins. */
  reserve(length: number): number {
    if (this.#scratch === undefined || this.#used + length > this.#scratch.length) this.#makeRoom(length)
    const at = this.#used
    this.#used += length
    this.#length += length
    return at
  }

  /** Tells whether `reserve` would make so much room without a flush, and without a larger scratch than it would take for less. */
  hasRoom(length: number): boolean {
    if (this.#scratch !== undefined) return this.#used + length <= this.#scratch.length
    return length <= (this.expectsMany ? scratchSize : smallScratchSize)
  }

  /** Gives back the part that was not needed of what `reserve` gave last. */
  giveBack(unused: number): void {
    this.#used -= unused
    this.#length -= unused
  }

  /** Adds octets by reference. */
  add(octets: Octets): void {
    if (octets.length === 0) return
    this.#seal()
    this.#append(octets)
    this.#length += octets.length
  }

  /**
   * Hands everything to the transport. Hands over nothing where a payload was detached, so that no header goes out without it. Never
   * throws.
   */
  flush(): void {
    if (this.#length === 0) return
    this.#isFlushing = true
    this.#flush()
    this.#isFlushing = false
  }

  #flush(): void {
    this.#seal()
    const pieces = this.#pieces
    const only = this.#only
    const scratch = this.#scratch
    const isLent = this.#isLent
    const length = this.#length
    this.#forget()
    if (this.#tap !== undefined) for (const piece of pieces ?? [only!]) this.#tap(piece)
    const isWhole = pieces === undefined ? only!.length > 0 : areAllThere(pieces)
    if (!isWhole) {
      if (scratch !== undefined) this.#pool.give(scratch)
      return this.#owner!.flushFailed(detachedPayload(), !this.mayBeginInFrame)
    }
    this.#stats!.outgoingOctetsWireLevel += length
    this.#handed += length
    try {
      if (pieces === undefined) this.#stream!.write(only!)
      else this.#stream!.writeAll(pieces)
    } catch (error) {
      if (scratch !== undefined) this.#pool.lose(scratch)
      return this.#owner!.flushFailed(error, false)
    }
    if (scratch === undefined) return
    if (!isLent || this.#stream!.bufferedAmount === 0) this.#pool.give(scratch)
    else this.#pool.lose(scratch)
  }

  /** Forgets the octets that wait for the next flush. */
  discard(): void {
    if (this.#scratch !== undefined) this.#pool.give(this.#scratch)
    this.#forget()
  }

  /** Moves to a larger scratch, or flushes where pieces of this one are waiting already. */
  #makeRoom(length: number): void {
    const scratch = this.#scratch
    if (scratch !== undefined && (this.#unsealed > 0 || this.#used + length > scratchSize)) {
      this.mayBeginInFrame = true
      this.flush()
    }
    const isSmall = !this.expectsMany && this.#used + length <= smallScratchSize
    const roomier = isSmall || this.expectsMany ? this.#pool.take(isSmall) : this.#pool.takeFor(this.#used + length)
    if (this.#scratch !== undefined) {
      roomier.set(this.#scratch.subarray(0, this.#used))
      this.#pool.give(this.#scratch)
    }
    this.#scratch = roomier
  }

  /** Makes a piece of what was written into the scratch since the last piece. */
  #seal(): void {
    if (this.#used === this.#unsealed) return
    const scratch = this.#scratch!
    if (this.#mayLend()) {
      this.#isLent = true
      this.#append(scratch.subarray(this.#unsealed, this.#used))
    } else this.#append(copyOf(scratch, this.#unsealed, this.#used))
    this.#unsealed = this.#used
  }

  /** Appends a piece. Most flushes have one, so a list is made for the second. */
  #append(piece: Octets): void {
    if (this.#pieces !== undefined) this.#pieces.push(piece)
    else if (this.#only !== undefined) this.#pieces = [this.#only, piece]
    else this.#only = piece
  }

  /** Tells whether the transport may get the scratch itself. Not while a tap looks on, which may keep what it sees. */
  #mayLend(): boolean {
    return this.#stream!.writesAtOnce === true && this.#tap === undefined && this.#stream!.bufferedAmount === 0
  }

  #forget(): void {
    this.#scratch = undefined
    this.#pieces = undefined
    this.#only = undefined
    this.#used = this.#unsealed = this.#length = 0
    this.#isLent = false
  }
}

/** Tells whether no piece was detached. Empty pieces are never added, so one that is empty was detached since. */
function areAllThere(pieces: readonly Octets[]): boolean {
  for (const piece of pieces) if (piece.length === 0) return false
  return true
}

/**
 * Keeps scratch arrays to be used again. One pool serves all connections of a factory.
 *
 * It keeps as many as were in use at the same moment: a message of one connection may be answered on many others, of which each needs a scratch until the
 * turn ends. While many large ones are in use, a connection whose small one is full gets one of middle size (decision 141).
 */
export class ScratchPool {
  readonly #small = new Shelf(smallScratchSize, mostSmall)
  readonly #middle = new Shelf(middleScratchSize, mostMiddle)
  readonly #large = new Shelf(scratchSize, mostKept)

  /** Takes an array of `smallScratchSize` or `scratchSize` octets. */
  take(isSmall: boolean): Octets {
    return (isSmall ? this.#small : this.#large).take()
  }

  /** Takes an array for so many octets, of middle size where that is enough and many large ones are in use. */
  takeFor(octets: number): Octets {
    return (octets <= middleScratchSize && this.#large.inUse >= mostKept ? this.#middle : this.#large).take()
  }

  give(scratch: Octets): void {
    this.#shelfOf(scratch).give(scratch)
  }

  /** Takes note that an array does not come back: a transport has kept it. */
  lose(scratch: Octets): void {
    this.#shelfOf(scratch).lose()
  }

  #shelfOf({ length }: Octets): Shelf {
    return length === smallScratchSize ? this.#small : length === scratchSize ? this.#large : this.#middle
  }
}

/** Arrays of one size. */
class Shelf {
  readonly #size: number
  /** The most that it may keep. */
  readonly #most: number
  readonly #free: Octets[] = []
  /** Arrays that were taken and neither given back nor lost. */
  inUse = 0
  /** Arrays that it keeps at present: as many as were in use at the same moment, 16 at least. */
  #kept = mostKept

  constructor(size: number, most: number) {
    this.#size = size
    this.#most = most
  }

  take(): Octets {
    if (++this.inUse > this.#kept && this.#kept < this.#most) this.#kept++
    return this.#free.pop() ?? new Uint8Array(this.#size)
  }

  give(scratch: Octets): void {
    this.lose()
    if (this.#free.length < this.#kept) this.#free.push(scratch)
  }

  lose(): void {
    if (this.inUse > 0) this.inUse--
  }
}

/**
 * Octets of a scratch: more than leave in one write, which are 64 KiB. With 16 KiB, 16 answers of 1 KiB did not fit and took a second system
 * call; with 64 KiB, 4 answers of 16 KiB and their headers.
 */
export const scratchSize: number = 80 * 1024

/** Octets of a scratch where little is expected. */
export const smallScratchSize: number = 1024

/** Octets of a scratch where more came than was expected, on many connections at once. */
export const middleScratchSize: number = 8 * 1024

/** Arrays of each size that the pool keeps, and the most of `scratchSize`. */
const mostKept = 16
/** The most of the others, 2.25 MiB together. */
const mostSmall = 256
const mostMiddle = 256
