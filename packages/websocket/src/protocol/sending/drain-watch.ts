import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { BorrowedHalf } from './borrowed-half.ts'

/**
 * Waits until octets have gone, for two kinds of callers: those that want their octets back (`whenGone`), and those whose send method has
 * returned `full`, which `onDrain` tells to go on.
 *
 * It asks the transport with `notifyDrained`, and `transportDrained` is called when that has handed everything to the system.
 */
export class DrainWatch {
  readonly #stream: Pick<ByteStream, 'notifyDrained' | 'bufferedAmount'>
  readonly #half: Pick<BorrowedHalf, 'flush' | 'hasUnflushed'>
  #callbacks: (() => void)[] = []
  /** The number of callbacks that existed when the transport was last asked. */
  #asked = 0
  #isAsking = false
  /** Whether a send method has returned `full`, so that `onDrain` has to follow. */
  owesDrain = false

  constructor(stream: Pick<ByteStream, 'notifyDrained' | 'bufferedAmount'>, half: Pick<BorrowedHalf, 'flush' | 'hasUnflushed'>) {
    this.#stream = stream
    this.#half = half
  }

  /** Calls back once everything that was sent so far has gone. */
  whenGone(callback: () => void): void {
    this.#callbacks.push(callback)
    this.ask()
  }

  /** Has `onDrain` follow, since a send method returns `full`. */
  stopCaller(): void {
    this.owesDrain = true
    this.ask()
  }

  /** Takes note that octets have moved from here to the transport, which can say now when they have gone. */
  octetsMoved(): void {
    if (this.owesDrain) this.ask()
  }

  /** Flushes, and asks the transport, unless it was asked and has not answered. */
  ask(): void {
    if (this.#isAsking) return
    this.#half.flush()
    this.#isAsking = true
    this.#asked = this.#callbacks.length
    this.#stream.notifyDrained()
  }

  /**
   * Asks again if there are octets for the transport to hand on. If all that is unsent waits here (for an encoder, for the end of a
   * streamed frame, or for the flush queue), the transport would answer at once, and be asked without end. `octetsMoved` asks then.
   */
  askIfBehind(): void {
    if (this.#stream.bufferedAmount > 0 || this.#half.hasUnflushed) this.ask()
  }

  /** Takes note that the transport has handed on everything: calls back those who waited when it was asked, and asks for the others. */
  transportDrained(): void {
    this.#isAsking = false
    const gone = this.#callbacks.splice(0, this.#asked)
    this.#asked = 0
    for (const callback of gone) callback()
    if (this.#callbacks.length > 0) this.ask()
  }

  /** Forgets everyone who waits, because the connection is gone. */
  forget(): void {
    this.#callbacks = []
    this.owesDrain = false
  }
}
