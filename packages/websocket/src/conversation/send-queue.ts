import { checkedMemory } from '../application/payload.ts'
import type { WebSocketProtocol } from '../application/protocol.ts'
import { parts } from '../application/protocol-parts.ts'
import { noOctets, type Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { unlessAborted, whenAborted } from '../bytes/when-aborted.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import type { ConnectionClosed } from '../protocol/faults/errors.ts'
import { fragmentSizeOf } from '../protocol/frames/send-options.ts'
import { closedError } from './closed-error.ts'
import type { Source } from './connection.ts'
import { checkMessageOptions, type MessageOptions } from './message-options.ts'
import { abandon, type InPieces, isBlob, iteratorOf, letGo, type Pieces } from './pieces.ts'
import { checkOpen, Left, sendFrame, sendOptionsOf, sendWhole, sendWholeWith } from './send-whole.ts'
import { type CheckedMessage, checkedSendable, isInPieces, octetsOfPiece, payloadMisuse, type Sendable } from './sendable.ts'
import { checkText, TextPieces } from './text-pieces.ts'

/**
 * The messages of one connection that wait to be sent, in the order of the calls, and the calls that wait for room: whole messages go at
 * once, messages in pieces one after the other. Decision 43 has the reasons.
 *
 * Made for the first call that has to wait: most messages go out at once, past this queue.
 */
export class SendQueue {
  readonly #protocol: WebSocketProtocol
  /** Settles when the message in pieces that is being sent, and all that wait behind it, are done. */
  #last: Promise<void> | undefined
  /** Settles when everything that was sent has gone out, for calls that wait for that. */
  #room: { readonly promise: Promise<void>; resolve(): void } | undefined
  /** Stops the wait for a piece. */
  #interrupt: ((error: Error) => void) | undefined
  /** Functions that reject the promises which wait for octets to be sent. Made when one first waits. */
  #waiting: Set<(error: Error) => void> | undefined

  constructor(protocol: WebSocketProtocol) {
    this.#protocol = protocol
  }

  /** Tells whether a message that is sent now would have to wait for another one. */
  get isBusy(): boolean {
    return this.#last !== undefined
  }

  /**
   * Sends a message behind those that wait. A source of pieces is asked for the next piece when the previous one may be used again.
   */
  sendInTurn(message: CheckedMessage): Promise<void> {
    return this.#inTurn(() => (isInPieces(message) ? this.#sendSource(message, noOptions) : this.until(sendWhole(this.#protocol, message))))
  }

  /** Resolves when nothing is left to wait for. */
  until(left: Left): Promise<void> {
    if (left === Left.Nothing) return sentAlready
    return left === Left.Room ? this.#drain() : this.#gone()
  }

  /** Sends a message with options. Apart from `sendInTurn`, so that messages without options do not pay for theirs. */
  sendWith(given: Sendable, givenOptions: MessageOptions): Promise<void> {
    let message: CheckedMessage
    let options: MessageOptions
    try {
      checkMessageOptions(givenOptions)
      // a copy, because the message may wait for its turn, and the caller may use the object for the next one
      options = { ...givenOptions }
      fragmentSizeOf(options, 0)
      message = checkedSendable(given, options.binary === false)
      if (!isInPieces(message) && options.binary === false && typeof message !== 'string') checkText(message, this.#text)
    } catch (error) {
      return Promise.reject(payloadMisuse(error, given))
    }
    const { signal } = options
    if (isInPieces(message)) return this.#sendInPieces(message, options)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    const sent = this.#inTurn(() => {
      signal?.throwIfAborted()
      return this.until(sendWholeWith(this.#protocol, message, options))
    })
    return unlessAborted(sent, signal)
  }

  /** Sends a source in its turn. One that is given up before that is told to free what it holds, at once. */
  #sendInPieces(source: InPieces, options: MessageOptions): Promise<void> {
    const { signal } = options
    if (signal?.aborted === true) {
      abandon(source)
      return Promise.reject(signal.reason)
    }
    const offAbort = signal && whenAborted(signal, () => abandon(source))
    const sent = this.#inTurn(() => {
      offAbort?.()
      signal?.throwIfAborted()
      return this.#sendSource(source, options)
    })
    return unlessAborted(sent, signal)
  }

  #inTurn(send: () => Promise<void> | undefined): Promise<void> {
    const sent = (this.#last ?? Promise.resolve()).then(send)
    const settled = sent.then(ignore, ignore).then(() => {
      if (this.#last === settled) this.#last = undefined
    })
    this.#last = settled
    return sent
  }

  get #text(): Text {
    return this.#protocol[parts].connection.shared.runtime.text
  }

  drained(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  /** Rejects everything that waits, because the connection is gone. */
  end(error: ConnectionClosed): void {
    this.drained()
    this.#interrupt?.(error)
    for (const reject of this.#waiting ?? []) reject(error)
    this.#waiting = undefined
  }

  /** Waits until everything that was sent has been handed to the system. */
  #gone(): Promise<void> {
    let isGone = false
    let resolve = (): void => {}
    this.#protocol[parts].connection.outbox.whenGone(() => {
      isGone = true
      resolve()
    })
    if (isGone) return sentAlready
    return new Promise((resolved, rejected) => {
      const end = this.#protocol.closeInfo
      if (end !== undefined) return rejected(closedError(end))
      this.#waiting ??= new Set()
      this.#waiting.add(rejected)
      resolve = () => {
        this.#waiting?.delete(rejected)
        resolved()
      }
    })
  }

  /** Sends a `Blob` or a source. A small `Blob` is read first, and sent whole. */
  async #sendSource(source: InPieces, options: MessageOptions): Promise<void> {
    if (!isBlob(source)) return this.#sendPieces(source, options)
    if (source.size > largestBlobAtOnce) return this.#sendPieces(source.stream(), options)
    const octets = checkedMemory(await source.arrayBuffer(), 'a Blob of octets')
    options.signal?.throwIfAborted()
    if (options.binary === false) checkText(octets, this.#text)
    return this.until(sendWholeWith(this.#protocol, octets, options))
  }

  /**
   * Sends each piece as soon as it is there. The end is an empty frame, because a source does not say which piece is its last.
   *
   * The message begins only when the first piece is there and can be sent, so that a source which fails before that costs its own message
   * alone. After that the message cannot be completed any more, and the connection fails with it.
   */
  async #sendPieces(pieces: Source<unknown>, options: MessageOptions): Promise<void> {
    const { signal, binary = true, fragmentSize } = options
    const text = binary ? undefined : new TextPieces(this.#text)
    const iterator = iteratorOf(pieces)
    const offAbort = signal && whenAborted(signal, () => this.#interrupt?.(signal.reason))
    let hasBegun = false
    try {
      checkOpen(this.#protocol)
      let next = await this.#next(iterator)
      let octets = next.done ? noOctets : octetsOfPiece(next.value, text)
      checkOpen(this.#protocol)
      this.#protocol.beginMessage(binary, sendOptionsOf(options))
      hasBegun = true
      while (!next.done) {
        await this.#sendPiece(octets, fragmentSize, signal)
        signal?.throwIfAborted()
        next = await this.#next(iterator)
        if (!next.done) octets = octetsOfPiece(next.value, text)
      }
      const rest = text?.end() ?? noOctets
      if (rest.length > 0) this.#protocol.sendMessageFrame(rest)
      if (!this.#protocol.endMessage()) await unlessAborted(this.#drain(), signal)
    } catch (error) {
      letGo(iterator, pieces)
      if (hasBegun && this.#protocol.isOpen) {
        this.#protocol.failConnection(CloseCode.InternalError, 'a message could not be completed', asError(error))
      }
      throw error
    } finally {
      offAbort?.()
    }
  }

  /** Sends a piece as one frame, or as frames of `fragmentSize` octets. */
  async #sendPiece(octets: Octets, fragmentSize: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    const size = fragmentSize ?? octets.length
    for (let at = 0; at === 0 || at < octets.length; at += size) {
      const piece = at === 0 && octets.length <= size ? octets : octets.subarray(at, at + size)
      const left = sendFrame(this.#protocol, piece)
      if (left !== Left.Nothing) await unlessAborted(this.until(left), signal)
      if (size === 0) return
    }
  }

  /** Waits for the next piece, or for the end of the connection: a source may be silent for long. */
  #next(iterator: Pieces): Promise<IteratorResult<unknown>> {
    return new Promise<IteratorResult<unknown>>((resolve, reject) => {
      this.#interrupt = reject
      Promise.resolve(iterator.next()).then(resolve, reject)
    })
  }

  /** Waits until everything that was sent has gone out. */
  async #drain(): Promise<void> {
    checkOpen(this.#protocol)
    this.#room ??= roomToWaitFor()
    await this.#room.promise
    const end = this.#protocol.closeInfo
    if (end !== undefined) throw closedError(end)
  }
}

function roomToWaitFor(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(resolved => {
    resolve = resolved
  })
  return { promise, resolve }
}

/** The promise of every message that left nothing to wait for. A promise of its own would cost more than to send a small message. */
export const sentAlready: Promise<void> = Promise.resolve()

function ignore(): void {}

const noOptions: MessageOptions = {}

/** The size of a `Blob`, in octets, up to which it is sent as one frame. A larger one, which may be a file, is read piece by piece. */
const largestBlobAtOnce = 64 * 1024
