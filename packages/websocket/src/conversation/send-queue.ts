import { checkedMemory } from '../application/payload.ts'
import type { WebSocketProtocol } from '../application/protocol.ts'
import { parts } from '../application/protocol-parts.ts'
import { copyOf, noOctets, type Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { unlessAborted, whenAborted } from '../bytes/when-aborted.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { SendOptions } from '../protocol/frames/send-options.ts'
import { fragmentSizeOf } from '../protocol/sending/fragment-size.ts'
import { Reuse } from '../protocol/sending/reuse.ts'
import type { Memory, ReadableBlob, Source } from './connection.ts'
import { checkMessageOptions, type MessageOptions } from './message-options.ts'
import { abandon, asMisuse, type InPieces, isBlob, isPieces, iteratorOf, letGo, type Pieces } from './pieces.ts'
import { checkText, TextPieces } from './text-pieces.ts'

/** A message that `send` takes. */
export type Sendable = string | Memory | ReadableBlob | Source<string | Memory>

/**
 * The messages that one connection sends, in the order of the calls: whole messages at once, messages in pieces one after the other.
 * Decision 43 has the reasons.
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
  #end: ConnectionClosed | undefined

  constructor(protocol: WebSocketProtocol) {
    this.#protocol = protocol
  }

  /** Tells whether a message that is sent now would have to wait for another one. */
  get isBusy(): boolean {
    return this.#last !== undefined
  }

  /**
   * Sends a message. The promise resolves when there is room for the next one and when the octets may be used again. A source of pieces is
   * asked for the next piece when the previous one may be used again. Anything but a message or a source of octets is refused before any of
   * it is sent, and the connection stays open.
   */
  send(given: Sendable): Promise<void> {
    let message: Message
    try {
      message = checkedMessage(given)
    } catch (error) {
      return Promise.reject(asMisuse(error, `a payload must be ${wanted}, and not ${shownValue(given)}`))
    }
    if (this.#last !== undefined || isInPieces(message))
      return this.#inTurn(() => (isInPieces(message) ? this.#sendSource(message, noOptions) : this.#sendWhole(message)))
    try {
      return this.#sendWhole(message) ?? sentAlready
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Sends a message with options. Apart from `send`, so that messages without options do not pay for theirs. */
  sendWith(given: Sendable, givenOptions: MessageOptions): Promise<void> {
    let message: Message
    let options: MessageOptions
    try {
      checkMessageOptions(givenOptions)
      // a copy, because the message may wait for its turn, and the caller may use the object for the next one
      options = { ...givenOptions }
      fragmentSizeOf(options, 0)
      message = checkedMessage(given, options.binary === false)
      if (!isInPieces(message) && options.binary === false && typeof message !== 'string') checkText(message, this.#text)
    } catch (error) {
      return Promise.reject(asMisuse(error, `a payload must be ${wanted}, and not ${shownValue(given)}`))
    }
    const { signal } = options
    if (isInPieces(message)) return this.#sendInPieces(message, options)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    const sent = this.#inTurn(() => {
      signal?.throwIfAborted()
      return this.#sendWholeWith(message, options)
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
    return this.#protocol[parts].runtime.text
  }

  drained(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  /** Rejects everything that waits, because the connection is gone. */
  end(error: ConnectionClosed): void {
    this.#end = error
    this.drained()
    this.#interrupt?.(error)
    for (const reject of this.#waiting ?? []) reject(error)
    this.#waiting = undefined
  }

  /** Sends a whole message. Returns `undefined` where there is nothing to wait for. */
  #sendWhole(message: string | Octets): Promise<void> | undefined {
    this.#checkOpen()
    if (typeof message === 'string') return this.#roomAfter(this.#protocol.sendMessage(message))
    return this.#sendOctets(message, false)
  }

  #sendWholeWith(message: string | Octets, options: MessageOptions): Promise<void> | undefined {
    this.#checkOpen()
    const { binary = typeof message !== 'string' } = options
    if (typeof message === 'string') return this.#roomAfter(this.#protocol.sendMessage(message, binary, sendOptionsOf(options)))
    const reuse = this.#protocol[parts].connection.outbox.reuse(message.length)
    const sent = reuse === Reuse.OfCopy ? copyOf(message, 0, message.length) : message
    const mayGoOn = this.#protocol.sendMessage(sent, binary, sendOptionsOf(options))
    return reuse === Reuse.WhenGone ? this.#gone() : this.#roomAfter(mayGoOn)
  }

  /**
   * Sends octets so that the caller may change them when this is done: octets that would be sent by reference are copied or, where a copy
   * costs more, waited for.
   */
  #sendOctets(octets: Octets, isFrame: boolean): Promise<void> | undefined {
    const { outbox } = this.#protocol[parts].connection
    const reuse = outbox.reuse(octets.length)
    if (reuse === Reuse.OfCopy && !isFrame) return this.#roomAfter(outbox.sendCopy(octets) === 'sent')
    const sent = reuse === Reuse.OfCopy ? copyOf(octets, 0, octets.length) : octets
    const mayGoOn = isFrame ? this.#protocol.sendMessageFrame(sent) : this.#protocol.sendMessage(sent)
    return reuse === Reuse.WhenGone ? this.#gone() : this.#roomAfter(mayGoOn)
  }

  #roomAfter(mayGoOn: boolean): Promise<void> | undefined {
    return mayGoOn ? undefined : this.#drain()
  }

  /** Waits until everything that was sent has been handed to the system. */
  #gone(): Promise<void> | undefined {
    let isGone = false
    let resolve = (): void => {}
    this.#protocol[parts].connection.outbox.whenGone(() => {
      isGone = true
      resolve()
    })
    if (isGone) return undefined
    return new Promise((resolved, rejected) => {
      if (this.#end !== undefined) return rejected(this.#end)
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
    return this.#sendWholeWith(octets, options)
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
      this.#checkOpen()
      let next = await this.#next(iterator)
      let octets = next.done ? noOctets : octetsOfPiece(next.value, text)
      this.#checkOpen()
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
      const wait = this.#sendOctets(at === 0 && octets.length <= size ? octets : octets.subarray(at, at + size), true)
      if (wait !== undefined) await unlessAborted(wait, signal)
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
    this.#checkOpen()
    this.#room ??= roomToWaitFor()
    await this.#room.promise
    if (this.#end !== undefined) throw this.#end
  }

  #checkOpen(): void {
    if (this.#end !== undefined) throw this.#end
    if (!this.#protocol.isOpen) throw new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing')
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

/** A message after the check of its type. */
type Message = string | Octets | InPieces

/**
 * Returns the message if it is one; octets as a plain array. A list is copied and each of its pieces is checked before anything is sent.
 * `isText`: pieces may be strings.
 */
function checkedMessage(message: Sendable, isText = false): Message {
  if (typeof message === 'string') return message
  if (!isPieces(message)) return isBlob(message) ? message : checkedMemory(message, wanted, asJson)
  if (!Array.isArray(message)) return message
  const pieces: unknown[] = [...message]
  for (const piece of pieces) if (!isText || typeof piece !== 'string') checkedPiece(piece)
  return pieces
}

function isInPieces(message: Message): message is InPieces {
  return typeof message !== 'string' && !ArrayBuffer.isView(message)
}

function octetsOfPiece(piece: unknown, text: TextPieces | undefined): Octets {
  return text === undefined ? checkedPiece(piece) : text.octetsOf(piece)
}

function checkedPiece(value: unknown): Octets {
  if (typeof value === 'string')
    throw new ApiMisuse(
      'a piece of a stream must be a Uint8Array, and not a string: send text with { binary: false }, or open the stream without an encoding',
    )
  return checkedMemory(value, 'a Uint8Array', `${asJson}, a list as well`)
}

/** The options that the protocol's own methods take. */
function sendOptionsOf({ fragmentSize, doNotCompress }: MessageOptions): SendOptions {
  return { ...(fragmentSize !== undefined && { fragmentSize }), ...(doNotCompress !== undefined && { doNotCompress }) }
}

function ignore(): void {}

const wanted = 'a string, a Uint8Array, or a source of Uint8Arrays'
const asJson = 'sendJson sends it as JSON'
const noOptions: MessageOptions = {}

/** The size of a `Blob`, in octets, up to which it is sent as one frame. A larger one, which may be a file, is read piece by piece. */
const largestBlobAtOnce = 64 * 1024
