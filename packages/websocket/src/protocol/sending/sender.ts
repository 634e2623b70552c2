import type { Octets } from '../../bytes/octets.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import { PreparedFrame } from '../extending/prepared-frame.ts'
import { ApiMisuse, UnsentLimitExceeded } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import type { SendOptions } from '../frames/send-options.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Timings } from '../life/timings.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import type { Flushable, FlushQueue } from './flush-queue.ts'
import type { Framer } from './framer.ts'
import { type Outgoing, Reuse } from './outgoing.ts'
import type { PreparedMessage } from './prepared-message.ts'

/** The connection as its sender sees it. */
export interface SendingHalf {
  /** Made when it is first asked for. */
  readonly outgoing: Outgoing
  readonly isWritable: boolean
  /** Whether more than `maxUnsentSize` is unsent. */
  readonly isAboveLimit: boolean
  /** Whether the connection is above its high-water mark, with octets that were waiting before this turn of the event loop began. */
  readonly isSlow: boolean
  /** Whether a message is begun, or no other may begin because the connection is ending. */
  readonly isSendingOther: boolean
  /** An extension could not transform what a broadcast brought: there is no caller to tell. */
  encoderFailed(error: unknown): void
  /** What was to be sent could not be handed to the transport: as above. */
  flushFailed(error: unknown, mayTell: boolean): void
}

/**
 * The sending side as applications use it.
 *
 * Before the connection is open sending is misuse; once it is closing, what is to be sent is counted and not sent.
 *
 * What a broadcast has for this connection is taken at once and written in the turn of the flush queue: written for thousands at once, it
 * would keep the event loop. Whatever is sent before that turn comes, comes behind it.
 */
export class Sender implements Flushable {
  readonly #state: ConnectionState
  readonly #stats: TrafficStats
  readonly #timings: Timings | undefined
  readonly #flushes: FlushQueue
  #half: SendingHalf | undefined
  #chain: ExtensionChain | undefined
  /** What broadcasts have brought; mostly there is one. */
  #due: PreparedMessage | PreparedFrame | undefined
  #alsoDue: (PreparedMessage | PreparedFrame)[] | undefined
  #dueOctets = 0
  /** What is known without a look at the other parts: for broadcasts, which ask thousands. */
  #isInMessage = false
  #wasStopped = false
  #lookFrom = 0

  constructor(state: ConnectionState, stats: TrafficStats, timings: Timings | undefined, flushes: FlushQueue) {
    this.#state = state
    this.#stats = stats
    this.#timings = timings
    this.#flushes = flushes
  }

  /** The connection is open. */
  open(half: SendingHalf, chain: ExtensionChain, { sendHighWaterMark, maxUnsentSize }: SenderOptions): void {
    this.#half = half
    this.#chain = chain
    this.#lookFrom = maxUnsentSize === 0 ? mostUnlooked : Math.min(mostUnlooked, maxUnsentSize - sendHighWaterMark)
  }

  get isWritable(): boolean {
    return this.#state.maySend && this.#half!.isWritable
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#half!.isSendingOther
  }

  /** Octets of broadcasts that wait for their turn. */
  get dueOctets(): number {
    return this.#dueOctets
  }

  /**
   * Takes a message of a broadcast unless another message is begun, and tells whether it did. `evenSlow`: also from a connection that is slow;
   * above `maxUnsentSize` the policy applies.
   */
  offer(message: PreparedMessage, evenSlow: boolean): boolean {
    return !this.#isInMessage && this.#offer(message, evenSlow)
  }

  /**
   * Takes a frame of a broadcast, and tells whether it did, as `offer` does. A connection whose extensions do not claim the frame does not take
   * it. One that is sending a message does, since these frames go between those of a message, but not one that is within a frame.
   */
  offerFrame(frame: PreparedFrame, evenSlow: boolean): boolean {
    if (this.#isInMessage && this.#half!.outgoing.isInFrame) return false
    return this.#chain?.claims(frame) === true && this.#offer(frame, evenSlow)
  }

  #offer(message: PreparedMessage | PreparedFrame, evenSlow: boolean): boolean {
    if (!this.#state.maySend) return false
    if (this.#wasStopped || this.#dueOctets > this.#lookFrom) {
      if (!evenSlow && this.#half!.isSlow) return false
      if (this.#half!.isAboveLimit) return this.#sendNow(message)
    }
    this.#dueOctets += message.payload.length
    if (this.#due === undefined) {
      this.#due = message
      this.#flushes.add(this)
    } else {
      this.#alsoDue ??= []
      this.#alsoDue.push(message)
    }
    return true
  }

  /** Writes what broadcasts have brought. */
  writeDue(): void {
    const due = this.#due
    if (due === undefined) return
    const alsoDue = this.#alsoDue
    this.#due = this.#alsoDue = undefined
    this.#dueOctets = 0
    this.#writeOne(due)
    if (alsoDue !== undefined) for (const message of alsoDue) this.#writeOne(message)
  }

  /** For the flush queue. */
  flushNow(): void {
    if (this.#due === undefined) return
    this.writeDue()
    if (this.#state.maySend) this.#half!.outgoing.flush()
  }

  flushFailed(error: unknown): void {
    this.#half!.flushFailed(error, false)
  }

  /** For callers who want to use octets again that they send now. */
  reuse(length: number): Reuse {
    return this.#state.maySend ? this.#outgoing()!.reuse(length) : Reuse.AtOnce
  }

  /** Calls once everything that was sent so far has gone. Never, where the connection ends before. */
  whenGone(callback: () => void): void {
    if (this.#state.phase !== 'closed') this.#outgoing()?.whenGone(callback)
  }

  message(payload: Octets | string, isBinary: boolean, options: SendOptions): boolean {
    if (!this.#mayBegin('sendMessage')) return false
    this.#timings?.track('sendMessage')
    return this.#told(this.#outgoing()!.message(payload, isBinary, options))
  }

  prepared(message: PreparedMessage): boolean {
    return this.#mayBegin('sendPreparedMessage') && this.#told(this.#outgoing()!.prepared(message))
  }

  preparedFrame(frame: PreparedFrame): boolean {
    if (!this.#mayBegin('sendPreparedFrame')) return false
    this.#checkClaim(frame.opcode, frame.reserved)
    return this.#told(this.#outgoing()!.preparedFrame(frame))
  }

  /** Begins a message, goes on with it, or ends it. */
  continue(method: string, write: (framer: Framer) => void): boolean {
    if (!this.#mayBegin(method)) return false
    this.#outgoing()!.continue(write)
    this.#isInMessage = this.#outgoing()!.isInMessage
    return this.#told(this.isWritable)
  }

  /** A frame that was begun may be completed while our close frame waits for its end. */
  frameData(payload: Octets): number {
    const mayComplete = this.#state.isCloseWaiting && this.#outgoing()?.isInFrame === true
    if (!mayComplete && !this.#mayBegin('sendMessageFrameData')) return 0 - payload.length
    const rest = this.#outgoing()!.continue(framer => framer.putData(payload)) ?? 0 - payload.length
    this.#isInMessage = this.#outgoing()!.isInMessage
    this.#told(this.isWritable)
    return rest
  }

  ping(payload: Octets): boolean {
    return this.#mayBegin('sendPing') && this.#told(this.#outgoing()!.ping(payload))
  }

  pong(payload: Octets): boolean {
    return this.#mayBegin('sendPong') && this.#told(this.#outgoing()!.pong(payload))
  }

  frame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): boolean {
    if (!this.#mayBegin('sendFrame')) return false
    this.#checkClaim(opcode, reserved)
    return this.#told(this.#outgoing()!.reserved(opcode, payload, isFinal, reserved))
  }

  #outgoing(): Outgoing | undefined {
    return this.#half?.outgoing
  }

  #checkClaim(opcode: number, reserved: number): void {
    const { opcodes, reservedBits } = this.#chain!
    if (!Number.isInteger(reserved) || reserved < 0 || reserved > 7)
      throw new ApiMisuse(`reserved bits must be 0 to 7, and not ${shownValue(reserved)}`)
    if (!opcodes.has(opcode)) throw new ApiMisuse(`opcode ${shownValue(opcode)} is not claimed by an extension`)
    if ((reserved & ~reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
  }

  /** Writes what is not to wait for its turn, and tells whether it was written. */
  #sendNow(message: PreparedMessage | PreparedFrame): boolean {
    this.writeDue()
    const before = this.#stats.outgoingMessagesNotSent
    this.#writeOne(message)
    return this.#stats.outgoingMessagesNotSent === before && this.#state.maySend
  }

  /** Writes what a broadcast has brought, up to the limit of the connection. Under the policy `throw` the result of the broadcast tells of it. */
  #writeOne(message: PreparedMessage | PreparedFrame): void {
    if (!this.#state.maySend) return
    const { outgoing } = this.#half!
    try {
      this.#told(message instanceof PreparedFrame ? outgoing.preparedFrame(message) : outgoing.prepared(message))
    } catch (error) {
      if (error instanceof UnsentLimitExceeded) this.#told(false)
      else this.#half!.encoderFailed(error)
    }
  }

  /** Remembers whether there is room for more. */
  #told(isWritable: boolean): boolean {
    this.#wasStopped = !isWritable
    return isWritable
  }

  #mayBegin(method: string): boolean {
    if (this.#due !== undefined) this.writeDue()
    if (this.#state.maySend) return true
    if (this.#state.phase === 'connecting') throw new ApiMisuse(`${method} before the connection is open`)
    this.#stats.outgoingMessagesNotSent++
    return false
  }
}

export interface SenderOptions {
  readonly sendHighWaterMark: number
  readonly maxUnsentSize: number
}

/** Octets of broadcasts that a connection takes without a look at its limits, which costs more than all else that is done to take one. */
const mostUnlooked = 16 * 1024
