import { PreparedMessage } from '@autobahn-ts/websocket/internals'
import { octetsOf } from './payload.ts'

/**
 * Recognizes data that one connection after the other is sent, as programs for `ws` broadcast, and frames it once.
 *
 * A string cannot change. Octets can, so those that were framed are compared with those that are sent now (decision 114).
 */
export class RepeatedMessage {
  #data: string | Uint8Array | undefined
  #isBinary = false
  #compress = false
  #sender: object | undefined
  #prepared: PreparedMessage | undefined

  /**
   * Returns the message for data that another connection was sent just before; `undefined` for other data. `sender`: the connection that is
   * sent the data now.
   */
  next(data: string | Uint8Array, isBinary: boolean, compress: boolean, sender: object): PreparedMessage | undefined {
    const isRepeated = data === this.#data && isBinary === this.#isBinary && compress === this.#compress && data.length <= longest
    const isSameSender = sender === this.#sender
    this.#sender = sender
    if (isRepeated && !isSameSender) return this.#framed(data)
    if (isRepeated) return undefined
    this.#data = data.length <= longest ? data : undefined
    this.#isBinary = isBinary
    this.#compress = compress
    this.#prepared = undefined
    return undefined
  }

  #framed(data: string | Uint8Array): PreparedMessage {
    const isFramed = this.#prepared !== undefined && (typeof data === 'string' || Buffer.compare(this.#prepared.payload, data) === 0)
    if (!isFramed) this.#prepared = new PreparedMessage(Uint8Array.from(octetsOf(data)), this.#isBinary, this.#compress ? {} : plain)
    return this.#prepared!
  }
}

const plain = { doNotCompress: true }

/** Octets, or characters of a string: longer octets go by reference anyway, and comparing them takes as long as copying. */
const longest = 16 * 1024
