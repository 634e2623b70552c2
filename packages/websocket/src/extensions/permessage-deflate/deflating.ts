import { type Awaitable, afterwards } from '../../bytes/awaitable.ts'
import type { Compressor } from '../../bytes/deflate.ts'
import type { Emit, Octets } from '../../bytes/octets.ts'
import type { MessageTransform } from '../../protocol/extension.ts'

/** Compresses one message, RFC 7692 §7.2.1. */
export class Deflating implements MessageTransform {
  /** RSV1. */
  readonly reserved: number = 4
  readonly #compressor: Compressor
  readonly #ended: () => void
  #hasUnflushed = false

  /** `ended` is called once, when the message is complete. */
  constructor(compressor: Compressor, ended: () => void) {
    this.#compressor = compressor
    this.#ended = ended
  }

  write(octets: Octets, emit: Emit): Awaitable<void> {
    this.#hasUnflushed = true
    return this.#compressor.write(octets, emit)
  }

  flush(emit: Emit): Awaitable<void> {
    this.#hasUnflushed = false
    return this.#compressor.flush(emit)
  }

  /** Takes 00 00 ff ff off the end; where nothing is to be flushed, the empty block that they would belong to is all there is. */
  end(emit: Emit): Awaitable<void> {
    if (!this.#hasUnflushed) {
      emit(emptyBlock)
      return this.#ended()
    }
    const cut = new TailCut(emit)
    return afterwards(this.#compressor.flush(cut.emit), this.#ended)
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
