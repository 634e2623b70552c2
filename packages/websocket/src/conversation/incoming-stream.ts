import type { ReceivedOctets } from '../bytes/octets.ts'
import type { MessageStream } from './connection.ts'

/**
 * A message that is read while it arrives.
 *
 * Pieces that the application has not read yet wait here. Their cost is reported, so that the inbox can stop the peer.
 */
export class IncomingStream implements MessageStream {
  readonly isBinary: boolean
  /** The number of octets that have arrived. */
  size = 0
  readonly #costChanged: (by: number) => void
  #pieces: ReceivedOctets[] = []
  #readers: Reader[] = []
  #end: 'complete' | Error | undefined

  /**
   * `costChanged` is called with the cost of each piece that waits, with its negative when the piece is read, and with 0 when a reader
   * begins to wait or leaves.
   */
  constructor(isBinary: boolean, costChanged: (by: number) => void) {
    this.isBinary = isBinary
    this.#costChanged = costChanged
  }

  /** Tells whether a reader waits for the next piece. */
  get isAwaited(): boolean {
    return this.#readers.length > 0
  }

  /** Tells whether further pieces are ignored: the message has ended, or its reader has left. */
  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Adds a piece, which belongs to the reader from now on. */
  push(octets: ReceivedOctets): void {
    if (this.#end !== undefined) return
    this.size += octets.length
    const reader = this.#readers.shift()
    if (reader !== undefined) return reader.resolve(octets)
    this.#pieces.push(octets)
    this.#costChanged(costOf(octets))
  }

  /** Ends the message, all of which was pushed. */
  complete(): void {
    this.#finish('complete')
  }

  /** Ends the message before it was complete. Pieces that wait can still be read; after them reading throws the error. */
  breakOff(error: Error): void {
    this.#finish(error)
  }

  /** Discards what was not read. From now on reading throws the error, so that a part of a message is never taken for the whole. */
  discard(error: Error): void {
    if (this.#end === 'complete' && this.#pieces.length === 0) return
    this.#end = error
    this.#finish(error)
    this.#clear()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedOctets, void, void> {
    try {
      for (let piece = await this.#read(); piece !== undefined; piece = await this.#read()) yield piece
    } finally {
      this.#finish('complete')
      this.#clear()
    }
  }

  /** Reads the next piece; `undefined` at the end of a complete message. */
  #read(): Promise<ReceivedOctets | undefined> {
    const piece = this.#pieces.shift()
    if (piece !== undefined) {
      this.#costChanged(0 - costOf(piece))
      return Promise.resolve(piece)
    }
    if (this.#end instanceof Error) return Promise.reject(this.#end)
    if (this.#end !== undefined) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
      this.#costChanged(0)
    })
  }

  #finish(end: 'complete' | Error): void {
    this.#end ??= end
    for (const { resolve, reject } of this.#readers.splice(0)) {
      if (this.#end instanceof Error) reject(this.#end)
      else resolve(undefined)
    }
  }

  #clear(): void {
    const cost = this.#pieces.reduce((sum, piece) => sum + costOf(piece), 0)
    this.#pieces = []
    this.#costChanged(0 - cost)
  }
}

interface Reader {
  resolve(piece: ReceivedOctets | undefined): void
  reject(error: Error): void
}

function costOf(piece: ReceivedOctets): number {
  return piece.length + costPerItem
}

/** The memory of an array or a string beside its content, in octets, roughly. */
export const costPerItem = 64
