import type { DeflateRaw, InflateRaw } from 'node:zlib'
import type { Octets } from '../../bytes/octets.ts'

/**
 * The handle below one of Node's zlib streams, which works at once where the stream takes a thread and some turns of the event loop.
 *
 * Node does not document it: `isUsable` looks whether a stream has what is needed here, and everything of that kind stands in this file.
 * To write to a closed handle, or beyond the ends of an array, aborts the process: both are caught here.
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

  /** What the last run left of its input. */
  get inputLeft(): number {
    return this.#stream._writeState[1]!
  }

  /** What the last run left free of its output. */
  get outputLeft(): number {
    return this.#stream._writeState[0]!
  }

  /** What was wrong with the input, if the last run said so: what it left of input and output is not known then. */
  get error(): string | undefined {
    return this.#error
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Works on the input from `start` to `end` until that is used up, or the output full. `flush`: one of zlib's `Z_…`. */
  run(flush: number, input: Octets, start: number, end: number, output: Octets): void {
    if (this.#isClosed) throw new Error('this zlib handle is closed')
    if (!(start >= 0 && start <= end && end <= input.length)) throw new RangeError(`${start} to ${end} of ${input.length} octets`)
    this.#stream._handle.writeSync(flush, input, start, end - start, output, 0, output.length)
  }

  reset(): void {
    if (!this.#isClosed) this.#stream._handle.reset()
  }

  /** Gives the memory back at once. */
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
  /** What is left of the output, and of the input. */
  readonly _writeState: Uint32Array
}
