import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { joined } from './octets.ts'

/** One direction of permessage-deflate (RFC 7692 §7.2): messages in their order, with or without the context of those before. */
interface Settings {
  /** 8 to 15. */
  readonly windowBits: number
  /** Whether a message may point back into those before it. */
  readonly keepsContext: boolean
}

/** Compresses messages. The context is the end of what was compressed before, handed to zlib as a dictionary, so that no stream has to be kept. */
export class MessageDeflater {
  readonly #settings: Settings
  #context: Uint8Array = new Uint8Array(0)

  constructor(settings: Settings) {
    this.#settings = settings
  }

  deflate(message: Uint8Array): Uint8Array {
    // zlib writes windows of 9 bits at least; what it points back to with 9 reaches further than 8 allow.
    const windowBits = Math.max(9, this.#settings.windowBits)
    const dictionary = this.#context.length === 0 ? {} : { dictionary: this.#context }
    const octets = deflateRawSync(message, { windowBits, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary })
    if (this.#settings.keepsContext) this.#context = ending(this.#context, message, this.#settings.windowBits)
    // An empty message is one octet, and the marker of the flush is left out (RFC 7692 §7.2.1, §7.2.3.6).
    return octets.length <= tail.length ? Uint8Array.of(0) : octets.subarray(0, octets.length - tail.length)
  }
}

/** Inflates messages, with no larger window than was agreed, and no further than the largest message. */
export class MessageInflater {
  readonly #settings: Settings
  #context: Uint8Array = new Uint8Array(0)

  constructor(settings: Settings) {
    this.#settings = settings
  }

  inflate(message: Uint8Array): Uint8Array {
    const dictionary = this.#context.length === 0 ? {} : { dictionary: this.#context }
    const octets = inflateRawSync(joined([message, tail]), {
      windowBits: this.#settings.windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: largestMessage,
      ...dictionary,
    })
    if (this.#settings.keepsContext) this.#context = ending(this.#context, octets, this.#settings.windowBits)
    return octets
  }
}

/** The octets of the window behind a message. */
function ending(before: Uint8Array, message: Uint8Array, windowBits: number): Uint8Array {
  const size = 1 << windowBits
  return message.length >= size ? message.slice(message.length - size) : joined([before, message]).slice(-size)
}

/** What the end of a flush looks like; it is not sent (RFC 7692 §7.2.1). */
const tail = Uint8Array.of(0, 0, 0xff, 0xff)
/** Octets. */
const largestMessage = 32 * 1024 * 1024
