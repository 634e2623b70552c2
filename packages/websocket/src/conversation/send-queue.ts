import { checkedOctets } from '../application/payload.ts'
import type { WebSocketProtocol } from '../application/protocol.ts'
import { parts } from '../application/protocol-parts.ts'
import { copyOf, type Octets } from '../bytes/octets.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { Reuse } from '../protocol/sending/outgoing.ts'
import type { ReadableOctets } from './connection.ts'

/** What one connection sends, in the order of the calls: whole messages at once, those that come in pieces one after the other. */
export class SendQueue {
  readonly #protocol: WebSocketProtocol
  /** The message in pieces that is being sent, and what waits behind it. */
  #last: Promise<void> | undefined
  #room: Promise<void> | undefined
  #drained: (() => void) | undefined
  /** Stops the wait for a piece. */
  #interrupt: ((error: Error) => void) | undefined
  /** Reject what waits for octets to be gone. */
  readonly #waiting = new Set<(error: Error) => void>()
  #end: ConnectionClosed | undefined

  constructor(protocol: WebSocketProtocol) {
    this.#protocol = protocol
  }

  /** Whether a message that is sent now would have to wait for another one. */
  get isBusy(): boolean {
    return this.#last !== undefined
  }

  /**
   * Resolves when there is room for the next message, and when the octets may be used again. A source of pieces is asked for the next one when
   * the one before may be used again. What is no message and no source of octets is refused at once: nothing of it is sent, and
   * the connection stays open.
   */
  send(given: string | Octets | AsyncIterable<Octets> | Iterable<Octets> | ReadableOctets): Promise<void> {
    try {
      return this.#send(checkedMessage(given))
    } catch (error) {
      return Promise.reject(asMisuse(error, `a payload must be ${wanted}, and not ${shownValue(given)}`))
    }
  }

  #send(message: string | Octets | AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    const isWhole = !isPieces(message)
    if (isWhole && this.#last === undefined) return this.#sendWhole(message)
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

  /** The connection is gone: nothing waits any more. */
  end(error: ConnectionClosed): void {
    this.#end = error
    this.drained()
    this.#interrupt?.(error)
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }

  async #sendWhole(message: string | Octets): Promise<void> {
    this.#checkOpen()
    if (typeof message === 'string') return this.#roomAfter(this.#protocol.sendMessage(message))
    return this.#sendOctets(message, octets => this.#protocol.sendMessage(octets))
  }

  /** When this is done the octets are the caller's again: what would go by reference is copied or, where that costs more, waited for. */
  #sendOctets(octets: Octets, send: (octets: Octets) => boolean): Promise<void> | void {
    const reuse = this.#protocol[parts].connection.sender.reuse(octets.length)
    const mayGoOn = send(reuse === Reuse.OfCopy ? copyOf(octets, 0, octets.length) : octets)
    return reuse === Reuse.WhenGone ? this.#gone() : this.#roomAfter(mayGoOn)
  }

  #roomAfter(mayGoOn: boolean): Promise<void> | void {
    if (!mayGoOn) return this.#drain()
  }

  /** Until everything that was sent has gone to the system. */
  #gone(): Promise<void> | void {
    let isGone = false
    let resolve = (): void => {}
    this.#protocol[parts].connection.sender.whenGone(() => {
      isGone = true
      resolve()
    })
    if (isGone) return
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
   * Each piece is sent as soon as it is there, so the end needs an empty frame: nobody knows which piece is the last.
   *
   * Nothing is sent before the first piece is there and can be sent: until then a source that fails costs its message alone. After that the
   * message cannot be completed any more, and the connection fails with it.
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
        const wait = this.#sendOctets(checkedPiece(next.value), octets => this.#protocol.sendMessageFrame(octets))
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

  /** The source may have nothing to say for long; the end of the connection ends the wait. */
  #next(iterator: Pieces): Promise<IteratorResult<Octets>> {
    return new Promise<IteratorResult<Octets>>((resolve, reject) => {
      this.#interrupt = reject
      Promise.resolve(iterator.next()).then(resolve, reject)
    })
  }

  /** Until what was sent has gone out. */
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

/** The message, if it is one. A list is copied and each piece of it is looked at before anything is sent. */
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

/** Whether it is iterated for octets. Collections are not: most of them never hold octets, and an empty one could not be told from an empty source. */
function isPieces(message: unknown): message is AsyncIterable<Octets> | Iterable<Octets> {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message) || message instanceof typedArray) return false
  if (Symbol.asyncIterator in message) return typeof message[Symbol.asyncIterator] === 'function'
  return Symbol.iterator in message && typeof message[Symbol.iterator] === 'function' && !collections.has(tagOf(message))
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Begins a source. One that gives no iterator is misuse: a stream that somebody else reads, or an object that only looks like a source. */
function iteratorOf(pieces: AsyncIterable<Octets> | Iterable<Octets>): Pieces {
  try {
    const iterator: unknown = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
    if (typeof (iterator as Pieces | undefined)?.next === 'function') return iterator as Pieces
    throw new ApiMisuse(`a source of octets must give an iterator, and not ${shownValue(iterator)}`)
  } catch (error) {
    throw asMisuse(error, `${shownValue(pieces)} cannot be iterated over`)
  }
}

/** Errors of the engine, or of getters, become misuse. */
function asMisuse(error: unknown, what: string): ApiMisuse {
  if (error instanceof ApiMisuse) return error
  const cause = asError(error)
  return new ApiMisuse(`${what}: ${cause.message}`, { cause })
}

/** The source frees what it holds. Not waited for: it may be stuck, and how it ends is its own affair. */
function letGo(iterator: Pieces): void {
  try {
    Promise.resolve(iterator.return?.()).catch(ignore)
  } catch {
    // as above
  }
}

function ignore(): void {}

const wanted = 'a string, a Uint8Array, or a source of Uint8Arrays'

/** The class above all arrays of numbers. A proxy for one, or an object made of its prototype, inherits iteration that throws. */
const typedArray = Object.getPrototypeOf(Uint8Array) as { readonly prototype: object; new (): object }

/** Kinds of objects that can be iterated, and that are refused also where they are empty. A Set of octets is sent as a list: `[...set]`. */
const collections: ReadonlySet<string> = new Set(['String', 'Map', 'Set', 'URLSearchParams', 'FormData', 'Headers'])
