import type { DeflateRaw, InflateRaw } from 'node:zlib'
import type { Octets } from '../../bytes/octets.ts'

/**
 * The handle below one of Node's zlib streams, which works at once where the stream takes a thread and some turns of the event loop.
 *
 * It is not documented: `isUsable` checks whether a stream has the members that are needed here, and all use of them is in this file.
 * Writing to a closed handle, or beyond the ends of an array, aborts the process; both are prevented here.
 */
export class ZlibHandle {
  readonly #stream: ZlibStream
  #error: string | undefined
  #isClosed = false

  static isUsable(stream: DeflateRaw | InflateRaw): boolean {
    const { _handle: handle, _writeState: state } = stream as Partial<ZlibStream>
    return (
      typeof handle?.writeSync === 'function' && typeof handle.reset === 'function' && state instanceof Uint32Array && state.length === 2
    )
  }

  constructor(stream: DeflateRaw | InflateRaw) {
    this.#stream = stream as ZlibStream
    this.#stream._handle.onerror = message => {
      this.#error = message
    }
  }

  /** The number of octets of input that the last run has not used. */
  get inputLeft(): number {
    return this.#stream._writeState[1]!
  }

  /** The number of octets of output that the last run has left free. */
  get outputLeft(): number {
    return this.#stream._writeState[0]!
  }

  /** The error in the input, if the last run has found one; the rest of input and output is unknown then. */
  get error(): string | undefined {
    return this.#error
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Processes the input from `start` to `end` until it is used up or the output is full. `flush` is one of zlib's `Z_…`. */
  run(flush: number, input: Octets, start: number, end: number, output: Octets): void {
    if (this.#isClosed) throw new Error('this zlib handle is closed')
    if (!(start >= 0 && start <= end && end <= input.length)) throw new RangeError(`${start} to ${end} of ${input.length} octets`)
    this.#stream._handle.writeSync(flush, input, start, end - start, output, 0, output.length)
  }

  reset(): void {
    if (!this.#isClosed) this.#stream._handle.reset()
  }

  /** Frees the memory at once. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stream.close()
  }
}

type ZlibStream = (DeflateRaw | InflateRaw) & {
  readonly _handle: {
    onerror: (message: string) => void
    writeSync(
      flush: number,
      input: Octets,
      inputAt: number,
      inputLength: number,
      output: Octets,
      outputAt: number,
      outputLength: number,
    ): void
    reset(): void
  }
  /** The octets that are left of the output and of the input. */
  readonly _writeState: Uint32Array
}
