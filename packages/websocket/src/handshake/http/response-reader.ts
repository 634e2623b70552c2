import type { Octets } from '../../bytes/octets.ts'
import { HandshakeFailed } from '../../protocol/faults/errors.ts'
import { HeadReader, parseResponseHead, type ResponseHead } from './http1-head.ts'
import { asHandshakeFailed } from './malformed-head.ts'

/** The head of a response and the octets after it, which are frames if it accepts. */
export interface ReceivedResponse {
  readonly head: ResponseHead
  readonly rest: Octets
}

/**
 * Collects the octets of a server's response.
 *
 * Interim responses (100, 103) are skipped, RFC 9110 §15.2: at most three, and all heads together must keep within the limit of size.
 */
export class ResponseReader {
  readonly #maxHeaders: number
  #reader: HeadReader
  #sizeLeft: number
  #interim = 0

  constructor(maxSize: number, maxHeaders: number) {
    this.#maxHeaders = maxHeaders
    this.#sizeLeft = maxSize
    this.#reader = new HeadReader(maxSize, maxHeaders)
  }

  /** Takes octets. Returns the response when its head is complete. Throws `HandshakeFailed`. The reader must not be used after either. */
  push(octets: Octets): ReceivedResponse | undefined {
    return asHandshakeFailed(() => this.#read(octets))
  }

  #read(octets: Octets): ReceivedResponse | undefined {
    let left = octets
    for (;;) {
      const complete = this.#reader.push(left)
      if (complete === undefined) return undefined
      const head = parseResponseHead(complete.text)
      if (!isInterim(head.status)) return { head, rest: complete.rest }
      this.#passOver(complete.text.length)
      left = complete.rest
    }
  }

  #passOver(size: number): void {
    if (++this.#interim > maxInterim) throw new HandshakeFailed(`server sent more than ${maxInterim} interim responses`)
    this.#sizeLeft -= size
    this.#reader = new HeadReader(this.#sizeLeft, this.#maxHeaders)
  }
}

/** Tells whether a response is an interim one. A 101 is final here, because it answers our `Upgrade`. */
function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101
}

const maxInterim = 3
