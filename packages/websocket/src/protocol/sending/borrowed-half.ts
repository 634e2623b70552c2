import { ExtensionChain } from '../extending/extension-chain.ts'
import type { Borrower, Loans } from '../life/loans.ts'
import type { Flushable, FlushQueue } from './flush-queue.ts'
import type { Framer } from './framer.ts'
import { type SendingConnection, SendingHalf, type SendingHalfParts } from './sending-half.ts'

/** The parts of a connection with which it borrows a sending half and has it flushed. */
export interface BorrowedHalfParts extends SendingHalfParts {
  readonly shared: SendingHalfParts['shared'] & {
    readonly flushes: FlushQueue
    readonly sendingHalves: Loans<SendingHalf>
  }
}

/** The connection that borrows. */
export type BorrowingConnection = SendingConnection &
  Flushable & {
    readonly parts: BorrowedHalfParts
    readonly chain: ExtensionChain
    /** Called when the sending half was lent to another connection. */
    halfTaken?(): void
  }

/**
 * The sending half of one connection: a framer and the batch that it writes into. It is borrowed when something is sent, and may be taken
 * away between two messages, because thousands of connections that are mostly idle share a few (decision 70).
 *
 * The batch is flushed once for all that the turn of the event loop, or a read event, makes the connection send (decision 9).
 */
export class BorrowedHalf implements Borrower<SendingHalf> {
  readonly #connection: BorrowingConnection
  #half: SendingHalf | undefined
  #turnEnd: TurnEnd = TurnEnd.NotPlanned
  /** Octets that the transport was given before `#half` was borrowed: by the opening handshake, and by other halves. */
  #handedBefore: number

  constructor(connection: BorrowingConnection, handedBefore = 0) {
    this.#connection = connection
    this.#handedBefore = handedBefore
  }

  /** The framer to send with. It is borrowed where there is none. */
  get framer(): Framer {
    return this.#half === undefined ? this.#borrow().framer : this.#half.framer
  }

  // ---- what it holds

  /** Octets that wait: for the next flush, and for an extension. */
  get waitingOctets(): number {
    return this.#half === undefined ? 0 : this.#half.batch.length + this.#half.framer.waitingOctets
  }

  /** Octets that the transport was given so far, those of the opening handshake included. */
  get handed(): number {
    return this.#handedBefore + (this.#half?.batch.handed ?? 0)
  }

  /** Whether a message is begun and not ended. */
  get isInMessage(): boolean {
    return this.#half?.framer.isInMessage === true
  }

  /** Whether a frame is being streamed. */
  get isInFrame(): boolean {
    return this.#half?.framer.isInFrame === true
  }

  /** Whether messages wait for an extension. */
  get isEncoding(): boolean {
    return this.#half?.framer.isEncoding === true
  }

  /** Whether the batch is so large that it should not wait for the end of the turn. */
  get isLarge(): boolean {
    return this.#half !== undefined && this.#half.batch.length >= flushFrom
  }

  /** Whether octets wait for the next flush. */
  get hasUnflushed(): boolean {
    return this.#half !== undefined && this.#half.batch.length > 0
  }

  /** Whether the transport still holds octets that it was given before this turn of the event loop. */
  get holdsOldOctets(): boolean {
    return this.#half?.batch.holdsOldOctets === true
  }

  // ---- when octets leave

  /** A read event begins. What it makes the connection send leaves at its end: `endTurn` follows. */
  readingBegan(): void {
    this.#turnEnd = TurnEnd.AfterReading
    if (this.#half !== undefined) this.#half.batch.expectsMany = true
  }

  /** The end of the turn began: `endTurn` follows, and flushes what is written until then. */
  turnEndBegan(): void {
    this.#turnEnd = TurnEnd.UnderWay
  }

  /** Flushes at the end of a turn of the event loop, or of a read event. */
  endTurn(): void {
    this.#turnEnd = TurnEnd.NotPlanned
    const half = this.#half
    if (half === undefined) return
    half.batch.expectsMany = false
    this.flush()
    half.batch.turnEnded()
  }

  /** Has `endTurn` follow in this turn: by the flush queue, unless a read event is under way, whose end flushes. */
  planFlush(): void {
    if (this.#turnEnd !== TurnEnd.NotPlanned) return
    this.#turnEnd = TurnEnd.ByQueue
    this.#connection.parts.shared.flushes.add(this.#connection)
  }

  /** Hands the batch to the transport. */
  flush(): void {
    const half = this.#half
    if (half === undefined) return
    half.batch.flush()
    half.batch.mayBeginInFrame = half.framer.isInFrame
  }

  /** Forgets messages that wait for an extension. */
  abandon(): void {
    this.#half?.framer.abandon()
  }

  /** Forgets everything that was not given to the transport. */
  discard(): void {
    this.#half?.framer.abandon()
    this.#half?.batch.discard()
  }

  /** Counts octets that went to the transport beside the half: those of the opening handshake. */
  handedBeside(octets: number): void {
    this.#handedBefore += octets
  }

  // ---- the loan

  makeItem(): SendingHalf {
    return new SendingHalf(this.#connection.parts, this.#connection.chain, this.#connection)
  }

  /** Whether the half is at rest: nothing that was sent is left here or with the transport, and no message is begun. */
  get sparesItem(): boolean {
    const half = this.#half
    if (half === undefined || this.#turnEnd !== TurnEnd.NotPlanned) return false
    return !half.framer.isInMessage && half.batch.isAtRest && this.#connection.parts.stream.bufferedAmount === 0
  }

  itemTaken(): void {
    this.#handedBefore += this.#half!.batch.handed
    this.#half = undefined
    this.#connection.halfTaken?.()
  }

  /** Gives the half back, since the connection is gone. A half at rest forgets it. */
  end(): void {
    const half = this.#half
    if (half === undefined) return
    this.#connection.parts.shared.sendingHalves.end(half)
    if (this.#hasOwnHalf || half.framer.isInMessage || !half.batch.isAtRest) return
    this.#handedBefore += half.batch.handed
    this.#half = undefined
    half.leave()
  }

  /** Borrows a half. A connection with extensions or taps has one that is never lent, since these are built into it. */
  #borrow(): SendingHalf {
    const { stream, shared } = this.#connection.parts
    const half = this.#hasOwnHalf ? this.makeItem() : shared.sendingHalves.borrow(this)
    half.serve(this.#connection, stream)
    half.batch.expectsMany = this.#turnEnd === TurnEnd.AfterReading
    this.#half = half
    return half
  }

  /** Whether extensions or taps are built into the half, so that no other connection can use it. */
  get #hasOwnHalf(): boolean {
    const { chain, parts, octetsTap, messageTap } = this.#connection
    return chain !== ExtensionChain.none || parts.wireTap !== undefined || octetsTap !== undefined || messageTap !== undefined
  }
}

/** The end of the turn, which flushes what is written next. */
const TurnEnd = {
  /** Nothing yet: the connection has to be put into the flush queue. */
  NotPlanned: 0,
  /** The flush queue, at the end of the turn of the event loop. */
  ByQueue: 1,
  /** The end of the read event that is under way. */
  AfterReading: 2,
  /** The end is under way: what broadcasts have brought is still written, and then flushed. */
  UnderWay: 3,
} as const
type TurnEnd = (typeof TurnEnd)[keyof typeof TurnEnd]

/** Octets of a batch that leaves at once: larger batches gain nothing, and latency suffers. */
export const flushFrom: number = 64 * 1024
