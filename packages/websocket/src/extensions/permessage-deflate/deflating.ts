import { type Awaitable, afterwards, isPromise } from '../../bytes/awaitable.ts'
import type { Compressor } from '../../bytes/deflate.ts'
import { copyOf, type Emit, type Octets } from '../../bytes/octets.ts'
import type { Place, WorkLane } from '../../bytes/work-lane.ts'
import type { MessageTransform } from '../../protocol/extending/extension.ts'

/** The compressor of one message. */
export interface MessageCompressor {
  readonly compressor: Compressor
  /** Called once, when the message is complete or abandoned. */
  readonly ended: () => void
}

/** The place of a message among those that the process compresses one after the other. */
export interface DeflatingTogether {
  readonly lane: WorkLane
  /** The length of the whole message in octets. */
  readonly length: number
}

/**
 * Compresses one message, RFC 7692 §7.2.1.
 *
 * A message that is complete from the beginning and takes several turns of the event loop has a place in a lane: it waits for those
 * before it, without a compressor and without any output. Messages of up to 1 MiB go before larger ones. Messages of up to 64 KiB need no
 * place (decision 64).
 */
export class Deflating implements MessageTransform {
  /** RSV1, which marks a compressed message. */
  readonly reserved: number = 4
  readonly #begin: () => MessageCompressor
  /** The place in the lane; `undefined` once it has been requested. */
  #together: DeflatingTogether | undefined
  #place: Place | undefined
  #lane: WorkLane | undefined
  #begun: MessageCompressor | undefined
  #hasUnflushed = false
  #isClosed = false

  /**
   * `begin` is called once: now, or when the message has its place in the lane. `together` is for messages that are complete from the
   * beginning.
   */
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

  /** Removes 00 00 ff ff from the end. If there is nothing to flush, the output is the empty block that these octets belong to. */
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

  /** Called when the message is complete or will not be completed: lets other messages go on, and frees its compressor. */
  abandon(): void {
    this.#leave()
    this.#begun?.ended()
    this.#begun = undefined
  }

  /** Called when the connection has ended: lets other messages go on. */
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

  /** Lets one small message pass a large one. */
  #pause(): Awaitable<void> {
    return this.#place?.isLarge === true ? this.#lane?.pause() : undefined
  }

  /** Returns an `emit` that releases the place in the lane while another extension is slow, so that other messages do not wait for it. */
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

/** The empty message of RFC 7692 §7.2.3.6. */
const emptyBlock = Uint8Array.of(0x00)

/** The largest message, in octets, that is compressed at once. */
const atOnce = 64 * 1024

/** The largest message, in octets, that goes before larger ones. */
const smallSize = 1024 * 1024
