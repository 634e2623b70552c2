import { joined, type Octets } from '../../bytes/octets.ts'
import type { ResponseHead } from './http1-head.ts'
import { listContains } from './tokens.ts'

/**
 * Collects the beginning of a response's body, RFC 9112 §6: by `Content-Length`, in chunks, or until the transport ends.
 *
 * Keeps at most `maxSize` octets. A body that breaks the grammar ends there.
 */
export class ResponseBody {
  readonly #maxSize: number
  readonly #isChunked: boolean
  readonly #pieces: Octets[] = []
  /** The number of octets until the end of the body or of the chunk; `Infinity` where the body ends with the transport. */
  #missing: number
  #size = 0
  #line = ''
  #isComplete: boolean

  constructor({ status, headers }: ResponseHead, maxSize: number) {
    this.#maxSize = maxSize
    this.#isChunked = listContains(headers.get('transfer-encoding'), 'chunked')
    const length = headers.get('content-length')
    const isKnown = length !== undefined && /^\d{1,15}$/.test(length)
    this.#missing = this.#isChunked ? 0 : isKnown ? Number(length) : Number.POSITIVE_INFINITY
    const hasNone = status < 200 || status === 204 || status === 304
    this.#isComplete = hasNone || (this.#missing === 0 && !this.#isChunked)
  }

  /** Whether the body has ended, or `maxSize` is reached. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** The octets so far as text; invalid UTF-8 becomes U+FFFD. */
  get text(): string {
    return new TextDecoder().decode(joined(this.#pieces))
  }

  push(octets: Octets): void {
    let at = 0
    while (at < octets.length && !this.#isComplete) at = this.#missing > 0 ? this.#content(octets, at) : this.#chunkLine(octets, at)
  }

  /** Keeps a copy, because the octets are lent. */
  #content(octets: Octets, at: number): number {
    const length = Math.min(octets.length - at, this.#missing, this.#maxSize - this.#size)
    this.#pieces.push(octets.slice(at, at + length))
    this.#size += length
    this.#missing -= length
    this.#isComplete = this.#size === this.#maxSize || (this.#missing === 0 && !this.#isChunked)
    return at + length
  }

  /** Reads a line with the size of the next chunk, and skips the empty line after a chunk's content. */
  #chunkLine(octets: Octets, at: number): number {
    const octet = octets[at]!
    if (octet !== 0x0a) {
      this.#line += String.fromCharCode(octet)
      this.#isComplete = this.#line.length > longestLine
      return at + 1
    }
    const line = this.#line.trim()
    this.#line = ''
    if (line === '') return at + 1
    const [, size] = /^([\da-f]{1,8})(?:;|$)/i.exec(line) ?? []
    this.#missing = size === undefined ? 0 : Number.parseInt(size, 16)
    this.#isComplete = this.#missing === 0
    return at + 1
  }
}

/** The largest number of characters in a line before a chunk, including its extensions. */
const longestLine = 256
