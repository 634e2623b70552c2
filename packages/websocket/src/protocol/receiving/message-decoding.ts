import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import type { Emit, Octets } from '../../bytes/octets.ts'
import type { MessageTransform } from '../extending/extension.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import { emittedTooLate } from '../extending/extension-faults.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'

/** Receives what a decoder makes of the frames of a message. */
export interface DecodedSink {
  /** The decoder has made octets. They are lent. A promise asks it to wait before it makes more. */
  decoded(octets: Octets): Promise<void> | undefined
  /** All octets of a frame were decoded. */
  frameDecoded(): void
  /** The decoder has finished what it had to wait for: reading may go on. */
  decodingPaused(): void
  /** A decoder failed after it had returned a promise. */
  decodingFailed(error: unknown): void
}

/**
 * Decodes one connection's messages with the decoders of its extensions.
 *
 * A decoder that takes several turns of the event loop returns a promise, and reading stands still meanwhile. While hooks wait, it is given no
 * more octets than may be read ahead; the rest waits here.
 */
export class MessageDecoding {
  readonly #chain: ExtensionChain
  readonly #runner: HookRunner
  readonly #sink: DecodedSink
  /** The decoder of the message being read. */
  #decoder: MessageTransform | undefined
  #work: Work = 'none'
  /** The `emit` of the decoder's call under way. Octets that come by another one come too late. */
  #emit: Emit | undefined
  /** Octets that wait because as much was read ahead as is allowed. */
  #waiting: Octets | undefined

  constructor(chain: ExtensionChain, runner: HookRunner, sink: DecodedSink) {
    this.#chain = chain
    this.#runner = runner
    this.#sink = sink
  }

  /** Whether the message being read has a decoder. */
  get isOn(): boolean {
    return this.#decoder !== undefined
  }

  /** Whether nothing more may be read. */
  get isHeld(): boolean {
    return this.#work === 'awaiting' || this.#waiting !== undefined
  }

  /** Begins a message; without a decoder it is left as it is. */
  begin(decoder: MessageTransform | undefined): void {
    this.#decoder = decoder
  }

  /** Ends a message, after its last frame was decoded. */
  end(): void {
    this.#decoder = undefined
  }

  /** Decodes octets, which are the decoder's to keep. */
  write(octets: Octets): void {
    if (this.#runner.isHeld) this.#writeInPieces(octets)
    else this.#write(octets)
  }

  /** Ends a frame. `flushes`: all that it decodes to is wanted before the next one. */
  endFrame(isLast: boolean, flushes: boolean): void {
    const decoder = this.#decoder!
    if (isLast) this.#run(emit => decoder.end(emit), true)
    else if (flushes) this.#run(emit => decoder.flush?.(emit), true)
    if (this.#work === 'none') this.#sink.frameDecoded()
  }

  /** Goes on with octets that wait, as far as there is room to read ahead. Throws as the decoder does. */
  proceed(): void {
    if (this.#waiting !== undefined && this.#work === 'none') this.#writeInPieces(this.#waiting)
  }

  /** Gives the decoder so little at a time that its output cannot be far above what may be read ahead. */
  #writeInPieces(octets: Octets): void {
    let at = 0
    while (at < octets.length && this.#work === 'none' && !this.#runner.holdsReading) {
      const end = this.#runner.isHeld ? Math.min(at + decodedAhead, octets.length) : octets.length
      this.#write(octets.subarray(at, end))
      at = end
    }
    this.#waiting = at < octets.length ? octets.subarray(at) : undefined
  }

  #write(octets: Octets): void {
    const decoder = this.#decoder!
    this.#run(emit => decoder.write(octets, emit), false)
  }

  /** Runs one call of the decoder. `endsFrame`: it is the last one for a frame. */
  #run(call: (emit: Emit) => Awaitable<void>, endsFrame: boolean): void {
    const emit: Emit = octets => {
      if (this.#emit !== emit) throw emittedTooLate(this.#chain.names, 'decoder')
      return this.#sink.decoded(octets)
    }
    this.#emit = emit
    this.#work = 'calling'
    try {
      const result = call(emit)
      if (isPromise(result)) this.#await(result, endsFrame)
    } catch (error) {
      throw this.#chain.blamed('decoder', error)
    } finally {
      if (this.#work === 'calling') this.#rest()
    }
  }

  #await(result: PromiseLike<void>, endsFrame: boolean): void {
    this.#work = 'awaiting'
    Promise.resolve(result)
      .then(() => {
        this.#emit = undefined
        // until the hooks have heard of the end, what their answers bring in has to wait
        if (endsFrame) this.#sink.frameDecoded()
        this.#work = 'none'
        this.proceed()
        if (this.#work === 'none') this.#sink.decodingPaused()
      })
      .catch(error => {
        this.#rest()
        this.#sink.decodingFailed(this.#chain.blamed('decoder', error))
      })
  }

  #rest(): void {
    this.#emit = undefined
    this.#work = 'none'
  }
}

/** The work of the decoder: none, one of its functions runs, or a promise that one has returned is not settled. */
type Work = 'none' | 'calling' | 'awaiting'

/** Octets that a decoder is given at a time while hooks wait: DEFLATE makes at most 1 MiB of them. */
const decodedAhead = 1024
