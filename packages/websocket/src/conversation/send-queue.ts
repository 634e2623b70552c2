import { checkedOctets } from '../application/payload.ts'
import type { WebSocketProtocol } from '../application/protocol.ts'
import { parts } from '../application/protocol-parts.ts'
import { copyOf, type Octets } from '../bytes/octets.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { Reuse } from '../protocol/sending/reuse.ts'
import type { ReadableOctets } from './connection.ts'

/** The messages that one connection sends, in the order of the calls: whole messages at once, messages in pieces one after the other. */
export class SendQueue {
  readonly #protocol: WebSocketProtocol
  /** Settles when the message in pieces that is being sent, and all that wait behind it, are done. */
  #last: Promise<void> | undefined
  #room: Promise<void> | undefined
  #drained: (() => void) | undefined
  /** Stops the wait for a piece. */
  #interrupt: ((error: Error) => void) | undefined
  /** Functions that reject the promises which wait for octets to be sent. */
  readonly #waiting = new Set<(error: Error) => void>()
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
  send(given: string | Octets | AsyncIterable<Octets> | Iterable<Octets> | ReadableOctets): Promise<void> {
    let message: ReturnType<typeof checkedMessage>
    try {
      message = checkedMessage(given)
    } catch (error) {
      return Promise.reject(asMisuse(error, `a payload must be ${wanted}, and not ${shownValue(given)}`))
    }
    if (this.#last !== undefined || isPieces(message)) return this.#sendInTurn(message)
    try {
      return this.#sendWhole(message) ?? sentAlready
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #sendInTurn(message: string | Octets | AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    const isWhole = !isPieces(message)
    const sent = (this.#last ?? Promise.resolve()).then(() => (isWhole ? this.#sendWhole(message) : this.#sendPieces(message)))
    const settled = sent.then(ignore, ignore).then(() => {
      if (this.#last === settled) this.#last = undefined
    })
    this.#last = settled
    return sent
  }

  drained(): void {
    this.#drained?.()
    this.#room = this.#drained = undefined
  }

  /** Rejects everything that waits, because the connection is gone. */
  end(error: ConnectionClosed): void {
    this.#end = error
    this.drained()
    this.#interrupt?.(error)
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }

  /** Sends a whole message. Returns `undefined` where there is nothing to wait for. */
  #sendWhole(message: string | Octets): Promise<void> | undefined {
    this.#checkOpen()
    if (typeof message === 'string') return this.#roomAfter(this.#protocol.sendMessage(message))
    return this.#sendOctets(message, false)
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
      this.#waiting.add(rejected)
      resolve = () => {
        this.#waiting.delete(rejected)
        resolved()
      }
    })
  }

  /**
   * Sends each piece as soon as it is there. The end is an empty frame, because a source does not say which piece is its last.
   *
   * The message begins only when the first piece is there and can be sent, so that a source which fails before that costs its own message
   * alone. After that the message cannot be completed any more, and the connection fails with it.
   */
  async #sendPieces(pieces: AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    this.#checkOpen()
    const iterator = iteratorOf(pieces)
    let hasBegun = false
    try {
      let next = await this.#next(iterator)
      if (!next.done) checkedPiece(next.value)
      this.#checkOpen()
      this.#protocol.beginMessage(true)
      hasBegun = true
      for (; !next.done; next = await this.#next(iterator)) {
        const wait = this.#sendOctets(checkedPiece(next.value), true)
        if (wait !== undefined) await wait
      }
      if (!this.#protocol.endMessage()) await this.#drain()
    } catch (error) {
      letGo(iterator)
      if (hasBegun && this.#protocol.isOpen) {
        this.#protocol.failConnection(CloseCode.InternalError, 'a message could not be completed', asError(error))
      }
      throw error
    }
  }

  /** Waits for the next piece, or for the end of the connection: a source may be silent for long. */
  #next(iterator: Pieces): Promise<IteratorResult<Octets>> {
    return new Promise<IteratorResult<Octets>>((resolve, reject) => {
      this.#interrupt = reject
      Promise.resolve(iterator.next()).then(resolve, reject)
    })
  }

  /** Waits until everything that was sent has gone out. */
  async #drain(): Promise<void> {
    this.#checkOpen()
    this.#room ??= new Promise(resolve => {
      this.#drained = resolve
    })
    await this.#room
    if (this.#end !== undefined) throw this.#end
  }

  #checkOpen(): void {
    if (this.#end !== undefined) throw this.#end
    if (!this.#protocol.isOpen) throw new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing')
  }
}

/** The promise of every message that left nothing to wait for. A promise of its own would cost more than to send a small message. */
export const sentAlready: Promise<void> = Promise.resolve()

/** Returns the message if it is one. A list is copied and each of its pieces is checked before anything is sent. */
function checkedMessage(
  message: string | Octets | AsyncIterable<Octets> | Iterable<Octets> | ReadableOctets,
): string | Octets | AsyncIterable<Octets> | Iterable<Octets> {
  if (typeof message === 'string') return message
  if (!isPieces(message)) return checkedOctets(message, wanted)
  if (!Array.isArray(message)) return message
  const pieces: Octets[] = [...message]
  for (const piece of pieces) checkedPiece(piece)
  return pieces
}

function checkedPiece(value: unknown): Octets {
  if (typeof value === 'string')
    throw new ApiMisuse('a piece of a stream must be a Uint8Array, and not a string: open the stream without an encoding')
  return checkedOctets(value as Octets, 'a Uint8Array')
}

interface Pieces {
  next(): Promise<IteratorResult<Octets>> | IteratorResult<Octets>
  return?(): unknown
}

/**
 * Tells whether a message is iterated for octets. Collections are not: most of them never hold octets, and an empty one could not be told
 * from an empty source.
 */
function isPieces(message: unknown): message is AsyncIterable<Octets> | Iterable<Octets> {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message) || message instanceof typedArray) return false
  if (Symbol.asyncIterator in message) return typeof message[Symbol.asyncIterator] === 'function'
  return Symbol.iterator in message && typeof message[Symbol.iterator] === 'function' && !collections.has(tagOf(message))
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/**
 * Returns the iterator of a source. Throws `ApiMisuse` where there is none: a stream that has another reader, or an object that only looks
 * like a source.
 */
function iteratorOf(pieces: AsyncIterable<Octets> | Iterable<Octets>): Pieces {
  try {
    const iterator: unknown = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
    if (typeof (iterator as Pieces | undefined)?.next === 'function') return iterator as Pieces
    throw new ApiMisuse(`a source of octets must have an iterator, and not ${shownValue(iterator)}`)
  } catch (error) {
    throw asMisuse(error, `${shownValue(pieces)} cannot be iterated over`)
  }
}

/** Turns errors of the engine and of getters into `ApiMisuse`. */
function asMisuse(error: unknown, what: string): ApiMisuse {
  if (error instanceof ApiMisuse) return error
  const cause = asError(error)
  return new ApiMisuse(`${what}: ${cause.message}`, { cause })
}

/** Tells a source to free what it holds. Does not wait for it: it may be stuck, and its errors do not matter any more. */
function letGo(iterator: Pieces): void {
  try {
    Promise.resolve(iterator.return?.()).catch(ignore)
  } catch {
    // as above
  }
}

function ignore(): void {}

const wanted = 'a string, a Uint8Array, or a source of Uint8Arrays'

/** The base class of all typed arrays. A proxy for one, or an object with its prototype, inherits iteration that throws. */
const typedArray = Object.getPrototypeOf(Uint8Array) as { readonly prototype: object; new (): object }

/** Kinds of iterable objects that are refused even where they are empty. To send a Set of octets, pass the list `[...set]`. */
const collections: ReadonlySet<string> = new Set(['String', 'Map', 'Set', 'URLSearchParams', 'FormData', 'Headers'])
