import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import { CorruptData, type Decompressor } from '../../bytes/deflate.ts'
import { GatheredOctets } from '../../bytes/gathered-octets.ts'
import { copyOf, type Emit, type Octets } from '../../bytes/octets.ts'
import type { Place, WorkLane } from '../../bytes/work-lane.ts'
import type { MessageTransform } from '../../protocol/extending/extension.ts'
import { CloseCode } from '../../protocol/faults/close-code.ts'
import { PeerMisbehaved } from '../../protocol/faults/errors.ts'

/** Shares the decompression of messages that are kept until they are complete, so that few unfinished ones take memory (decision 56). */
export interface InflatingTogether {
  readonly lane: WorkLane
  /** Counts the octets that decompressing the beginning of a message gives, up to a little above `most`. */
  measured(message: Octets, most: number): Promise<number>
}

/**
 * Decompresses one message, RFC 7692 §7.2.2.
 *
 * A message that is kept until it is complete waits in compressed form:
 * - Until all of it has come it is gathered, up to 64 KiB, or 2 MiB while other messages wait in the lane.
 * - While the lane is busy, a message that can be long is measured first. Those of up to 1 MiB go before the others.
 * - The place in the lane is left when the message waits for its peer or for the application: neither may stop all other messages. When the application takes octets again, the message waits for a new place, ahead of all that
 *   have not begun.
 */
export class Inflating implements MessageTransform {
  readonly reserved: number = 0
  readonly #decompressor: Decompressor
  readonly #ended: () => void
  readonly #together: InflatingTogether | undefined
  /** The length of the whole message as the peer sent it; `undefined` if it has several frames. */
  readonly #wholeLength: number | undefined
  #gathered: GatheredOctets | undefined
  #place: Place | undefined
  #isEmpty = true
  #hasBegun = false
  #isClosed = false
  /** Whether the decompressor is working. Its last output may be consumed after it is done. */
  #isWorking = false
  /** Whether the receiver of the output has asked to wait. */
  #isStopped = false

  /** `ended` is called once, when the message is complete. `together` is for messages that are kept until they are complete. */
  constructor(decompressor: Decompressor, ended: () => void, together?: InflatingTogether, wholeLength?: number) {
    this.#decompressor = decompressor
    this.#ended = ended
    this.#together = together
    this.#wholeLength = wholeLength
  }

  write(octets: Octets, emit: Emit): Awaitable<void> {
    this.#isEmpty = false
    if (this.#together === undefined) return this.#inflateAlone(octets, emit)
    const { lane } = this.#together
    const length = (this.#gathered?.length ?? 0) + octets.length
    const mayWait = !this.#hasBegun && length !== this.#wholeLength && length <= (lane.isBusy ? mostGathered : mostGatheredAlone)
    if (!mayWait && this.#gathered === undefined) return this.#inflate(octets, emit, this.#together)
    this.#gathered ??= new GatheredOctets()
    this.#gathered.append(octets, 0, octets.length, 0)
    return mayWait ? undefined : this.flush(emit)
  }

  /** Decompresses the gathered octets. */
  flush(emit: Emit): Awaitable<void> {
    const gathered = this.#gathered?.take()
    this.#gathered = undefined
    if (gathered !== undefined) return this.#inflate(gathered, emit, this.#together!)
  }

  /**
   * Ends the message. A message without octets is empty: zlib sends one like this for streams that never end. The decompressor is left
   * unchanged.
   */
  end(emit: Emit): Awaitable<void> {
    const flushed = this.#gathered === undefined ? undefined : this.flush(emit)
    return isPromise(flushed) ? this.#endAfter(flushed, emit) : this.#endMessage(emit)
  }

  /** Called when the connection has ended: lets other messages go on. */
  close(): void {
    this.#isClosed = true
    this.#gathered = undefined
    this.#leave()
  }

  #inflateAlone(octets: Octets, emit: Emit): Awaitable<void> {
    let result: Awaitable<void>
    try {
      result = this.#decompressor.write(octets, emit)
    } catch (error) {
      blame(error)
    }
    return isPromise(result) ? result.catch(blame) : result
  }

  #endAfter(flushed: Promise<void>, emit: Emit): Promise<void> {
    return flushed.then(() => this.#endMessage(emit))
  }

  #endMessage(emit: Emit): Awaitable<void> {
    if (this.#isEmpty) return this.#ended()
    let result: Awaitable<void>
    try {
      result = this.#decompressor.endMessage(emit)
    } catch (error) {
      blame(error)
    }
    return isPromise(result) ? result.then(this.#ended, blame) : this.#ended()
  }

  #inflate(octets: Octets, emit: Emit, together: InflatingTogether): Awaitable<void> {
    const { lane } = together
    const hadBegun = this.#hasBegun
    this.#hasBegun = true
    if (lane.isBusy && octets.length > surelyAtOnce) return this.#inTurn(octets, emit, together, hadBegun).catch(blame)
    this.#isStopped = false
    this.#isWorking = true
    let result: Awaitable<void>
    try {
      result = this.#decompressor.write(octets, this.#paced(emit, lane))
    } catch (error) {
      this.#fail(error)
    }
    return isPromise(result) ? this.#inflateOn(result, lane) : this.#leave()
  }

  /** Continues a message that takes several turns of the event loop, while others wait for it. */
  #inflateOn(result: Promise<void>, lane: WorkLane): Promise<void> {
    if (!this.#isStopped && !this.#isClosed) this.#place = lane.enterLarge(true)
    return result.then(
      () => this.#leave(),
      error => this.#fail(error),
    )
  }

  async #inTurn(octets: Octets, emit: Emit, together: InflatingTogether, hadBegun: boolean): Promise<void> {
    const input = copyOf(octets, 0, octets.length)
    try {
      if (hadBegun || !(await this.#isSmall(input, together))) await this.#enter(together.lane.enterLarge(hadBegun))
      this.#isWorking = true
      await this.#decompressor.write(input, this.#paced(emit, together.lane))
    } finally {
      this.#leave()
    }
  }

  /** Tells whether the message is small. If it is, it has its place in the lane afterwards. */
  async #isSmall(input: Octets, together: InflatingTogether): Promise<boolean> {
    if (input.length > smallSize + mostOverhead) return false
    await this.#enter(together.lane.enterSmall())
    const isSmall = this.#isClosed || input.length <= surelySmall || (await together.measured(input, smallSize)) <= smallSize
    if (!isSmall) this.#leave()
    return isSmall
  }

  #enter(place: Place): Promise<void> {
    this.#place = place
    if (this.#isClosed) this.#leave()
    return place.entered
  }

  #leave(): void {
    this.#isWorking = false
    this.#place?.leave()
    this.#place = undefined
  }

  #fail(error: unknown): never {
    this.#leave()
    blame(error)
  }

  /** Returns an `emit` that makes the decompressor wait while the receiver waits, or while small messages pass this one. */
  #paced(emit: Emit, lane: WorkLane): Emit {
    return octets => {
      const asked = emit(octets)
      if (!isPromise(asked)) return this.#place?.isLarge === true ? lane.pause() : undefined
      this.#isStopped = true
      this.#place?.leave()
      this.#place = undefined
      return asked.then(() => this.#enterAgain(lane))
    }
  }

  /** Waits for a new place when the application takes octets again; otherwise many stopped messages would grow at once. */
  #enterAgain(lane: WorkLane): Promise<void> | undefined {
    if (this.#isWorking && this.#place === undefined && !this.#isClosed) return this.#enter(lane.enterLarge(true))
  }
}

/** Rethrows an error of a decompressor: corrupt data are the fault of the peer. */
function blame(error: unknown): never {
  if (!(error instanceof CorruptData)) throw error
  throw new PeerMisbehaved(CloseCode.InvalidPayload, `compressed message cannot be decompressed: ${error.message}`)
}

/** The largest part of a compressed message, in octets, that waits for the rest of it. */
const mostGatheredAlone = 64 * 1024
const mostGathered = 2 * 1024 * 1024

/** The largest message after decompression, in octets, that goes before larger ones. */
const smallSize = 1024 * 1024

/** The largest overhead of DEFLATE for octets that cannot be compressed: 5 for each block, and blocks may be small. */
const mostOverhead = 64 * 1024

/** The size below which a message is small for certain: DEFLATE makes at most 1032 octets of one. */
const surelySmall = Math.floor(smallSize / 1032)
const surelyAtOnce = Math.floor((64 * 1024) / 1032)
