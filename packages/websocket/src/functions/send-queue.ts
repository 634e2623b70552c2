import type { Octets } from '../bytes/octets.ts'
import { checkedOctets } from '../classes/payload.ts'
import type { WebSocketProtocol } from '../classes/protocol.ts'
import { asError } from '../protocol/as-error.ts'
import { CloseCode } from '../protocol/close-code.ts'
import { ApiMisuse, ConnectionClosed } from '../protocol/errors.ts'
import type { Message } from './connection.ts'

/** What one connection sends, in the order of the calls: whole messages at once, those that come in pieces one after the other. */
export class SendQueue {
  readonly #protocol: WebSocketProtocol
  /** The message in pieces that is being sent, and what waits behind it. */
  #last: Promise<void> | undefined
  #room: Promise<void> | undefined
  #drained: (() => void) | undefined
  /** Stops the wait for a piece. */
  #interrupt: ((error: Error) => void) | undefined
  #end: ConnectionClosed | undefined

  constructor(protocol: WebSocketProtocol) {
    this.#protocol = protocol
  }

  /** Whether a message that is sent now would have to wait for another one. */
  get isBusy(): boolean {
    return this.#last !== undefined
  }

  /** Resolves when there is room for the next message. */
  send(message: Message | AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
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
  }

  async #sendWhole(message: Message): Promise<void> {
    this.#checkOpen()
    if (!this.#protocol.sendMessage(message)) await this.#drain()
  }

  /** Each piece is sent as soon as it is there, so the end needs an empty frame: nobody knows which piece is the last. */
  async #sendPieces(pieces: AsyncIterable<Octets> | Iterable<Octets>): Promise<void> {
    this.#checkOpen()
    checkPieces(pieces)
    const iterator = iteratorOf(pieces)
    this.#protocol.beginMessage(true)
    try {
      for (let next = await this.#next(iterator); !next.done; next = await this.#next(iterator)) {
        if (!this.#protocol.sendMessageFrame(pieceOf(next.value))) await this.#drain()
      }
      if (!this.#protocol.endMessage()) await this.#drain()
    } catch (error) {
      letGo(iterator)
      const cause = asError(error)
      if (this.#protocol.isOpen) this.#protocol.failConnection(CloseCode.InternalError, 'a message could not be completed', cause)
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

/** Everything that is there already is looked at before anything is sent. */
function checkPieces(pieces: unknown): void {
  if (Array.isArray(pieces)) for (const piece of pieces) checkedOctets(pieceOf(piece), 'a Uint8Array')
}

function pieceOf(value: unknown): Octets {
  if (typeof value === 'string')
    throw new ApiMisuse('a piece of a stream must be a Uint8Array, and not a string: open the stream without an encoding')
  return value as Octets
}

interface Pieces {
  next(): Promise<IteratorResult<Octets>> | IteratorResult<Octets>
  return?(): unknown
}

/** What is no iterable is left to `sendMessage`, which says what it wants. */
function isPieces(message: unknown): message is AsyncIterable<Octets> | Iterable<Octets> {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) return false
  return Symbol.asyncIterator in message || Symbol.iterator in message
}

function iteratorOf(pieces: AsyncIterable<Octets> | Iterable<Octets>): Pieces {
  return Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
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
