import { type Awaitable, afterwards, isPromise } from '../../bytes/awaitable.ts'
import type { Compressor } from '../../bytes/deflate.ts'
import { copyOf, type Emit, type Octets } from '../../bytes/octets.ts'
import type { Place, WorkLane } from '../../bytes/work-lane.ts'
import type { MessageTransform } from '../../protocol/extending/extension.ts'

/** The compressor of one message. */
export interface MessageCompressor {
  readonly compressor: Compressor
  /** Called once, when the message is complete or given up. */
  readonly ended: () => void
}

/** The place of a message among those that the process compresses one after the other. */
export interface DeflatingTogether {
  readonly lane: WorkLane
  /** Octets of the whole message. */
  readonly length: number
}

/**
 * Compresses one message, RFC 7692 §7.2.1.
 *
 * A message that is there as a whole and takes several turns of the event loop has its place in a lane: it waits for those before it, without a
 * compressor and without any output. Messages of up to 1 MiB go before larger ones. Messages of up to 64 KiB need no place.
 */
export class Deflating implements MessageTransform {
  /** RSV1. */
  readonly reserved: number = 4
  readonly #begin: () => MessageCompressor
  /** Until the place is asked for. */
  #together: DeflatingTogether | undefined
  #place: Place | undefined
  #lane: WorkLane | undefined
  #begun: MessageCompressor | undefined
  #hasUnflushed = false
  #isClosed = false

  /** `begin` is called once, now or when the message has its place. `together`: for a message that is there as a whole. */
  constructor(begin: () => MessageCompressor, together?: DeflatingTogether) {
    this.#begin = begin
    if (together !== undefined && together.length > atOnce) this.#together = together
    else this.#begun = begin()
  }

  write(octets: Octets, emit: Emit): Awaitable<void> {
    this.#hasUnflushed = true
    if (this.#together !== undefined) this.#enter(this.#together)
    if (this.#place === undefined || this.#place.hasEntered) return this.#compress(octets, emit)
    const kept = copyOf(octets, 0, octets.length)
    return this.#place.entered.then(() => this.#compress(kept, emit))
  }

  flush(emit: Emit): Awaitable<void> {
    this.#hasUnflushed = false
    return this.#begun?.compressor.flush(emit)
  }

  /** Takes 00 00 ff ff off the end; where nothing is to be flushed, the empty block that they would belong to is all there is. */
  end(emit: Emit): Awaitable<void> {
    const begun = this.#begun
    if (!this.#hasUnflushed) {
      emit(emptyBlock)
      return this.abandon()
    }
    if (begun === undefined || this.#isClosed) return
    if (this.#place !== undefined) return this.#endInPlace(begun.compressor, emit)
    const flushed = begun.compressor.flush(new TailCut(emit).emit)
    return isPromise(flushed) ? this.#abandonAfter(flushed) : this.abandon()
  }

  /** The message will not be completed, or is complete: others go on, and its compressor is free. */
  abandon(): void {
    this.#leave()
    this.#begun?.ended()
    this.#begun = undefined
  }

  /** The connection is gone: others go on. */
  close(): void {
    this.#isClosed = true
    this.#leave()
  }

  #enter({ lane, length }: DeflatingTogether): void {
    this.#together = undefined
    this.#lane = lane
    if (!this.#isClosed) this.#place = length > smallSize ? lane.enterLarge(false) : lane.enterSmall()
  }

  #leave(): void {
    this.#place?.leave()
    this.#place = undefined
  }

  #compress(octets: Octets, emit: Emit): Awaitable<void> {
    if (this.#isClosed) return
    this.#begun ??= this.#begin()
    const { compressor } = this.#begun
    return this.#place === undefined ? compressor.write(octets, emit) : this.#compressInPlace(compressor, octets, emit)
  }

  #abandonAfter(flushed: Promise<void>): Promise<void> {
    return flushed.then(() => this.abandon())
  }

  #compressInPlace(compressor: Compressor, octets: Octets, emit: Emit): Awaitable<void> {
    return this.#leavingOnError(() => afterwards(compressor.write(octets, this.#paced(emit)), () => this.#pause()))
  }

  #endInPlace(compressor: Compressor, emit: Emit): Awaitable<void> {
    const cut = new TailCut(this.#paced(emit))
    return this.#leavingOnError(() => afterwards(compressor.flush(cut.emit), () => this.abandon()))
  }

  /** A large message lets one small message pass. */
  #pause(): Awaitable<void> {
    return this.#place?.isLarge === true ? this.#lane?.pause() : undefined
  }

  /** Another extension behind this one may take its time: other messages do not wait for that. */
  #paced(emit: Emit): Emit {
    if (this.#place === undefined) return emit
    return octets => {
      const asked = emit(octets)
      if (isPromise(asked)) this.#leave()
      return asked
    }
  }

  #leavingOnError(work: () => Awaitable<void>): Awaitable<void> {
    const fail = (error: unknown): never => {
      this.#leave()
      throw error
    }
    try {
      const result = work()
      return isPromise(result) ? result.then(undefined, fail) : result
    } catch (error) {
      return fail(error)
    }
  }
}

/** Passes on all but the last four octets. */
class TailCut {
  readonly #emit: Emit
  readonly #held = new Uint8Array(tailSize)
  #heldSize = 0

  constructor(emit: Emit) {
    this.#emit = emit
  }

  readonly emit: Emit = octets => {
    const surplus = this.#heldSize + octets.length - tailSize
    const ofHeld = Math.min(this.#heldSize, Math.max(0, surplus))
    if (ofHeld > 0) {
      this.#emit(this.#held.subarray(0, ofHeld))
      this.#held.copyWithin(0, ofHeld, this.#heldSize)
      this.#heldSize -= ofHeld
    }
    const passed = Math.max(0, surplus - ofHeld)
    if (passed > 0) this.#emit(octets.subarray(0, passed))
    this.#held.set(octets.subarray(passed), this.#heldSize)
    this.#heldSize += octets.length - passed
  }
}

const tailSize = 4

/** RFC 7692 §7.2.3.6. */
const emptyBlock = Uint8Array.of(0x00)

/** Octets of a message that is compressed at once. */
const atOnce = 64 * 1024

/** Octets of a message up to which it goes before larger ones. */
const smallSize = 1024 * 1024
