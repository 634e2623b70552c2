import type { Clock } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import { ABORT, GOODBYE, HELLO, WELCOME } from '../messages/message-codes.ts'
import {
  type MessageFormat,
  MessageTooLarge,
  type MessageTransport,
  type PreparedMessage,
  type TransportDetails,
  type TransportEnd,
  type TransportListener,
} from '../transports/message-transport.ts'
import { type ReplayBounds, ReplayBuffer } from './replay-buffer.ts'

/** The side of a session that a resumable transport belongs to: it decides what becomes of a session whose transport is lost. */
export interface ResumableOwner {
  /** Whether the session accepts messages for a while after its transport is lost, without a sign that they have to wait. */
  readonly isWritableDetached: boolean
  /** Whether `abort` means that the transport below is dead, and not that the session is to end. */
  readonly resumesAborted: boolean
  /** Takes WELCOME, before the session does. Returns whether messages count from there on. Not asked where this side sends it. */
  welcomed?(message: Message): boolean
  /** Changes the first message, HELLO. */
  hello?(message: Message): Message
  /** A message of the peer has arrived over the transport that came last. Called before the session gets it. */
  received?(): void
  /** The transport below is lost. Returns whether another one may come in its place; otherwise the session ends. */
  detached(end: TransportEnd): boolean
  /** Another message is kept while there is no transport. Returns false where it is one too many, and the session ends. */
  kept?(octets: number): boolean
  /** The session cannot be resumed any more: it has ended or is about to. Called once. */
  retired(): void
}

/**
 * A transport that outlives the connections below it. Its session sees one transport; what was sent and did not arrive is sent again over the next
 * connection.
 *
 * Both sides of a session have one. Messages count from WELCOME on, in both directions, and each side tells the other how many it has received when
 * a connection takes the place of a lost one (decision 136).
 */
export class ResumableTransport implements MessageTransport {
  readonly format: MessageFormat
  readonly #clock: Clock
  readonly #owner: ResumableOwner
  readonly #sent: ReplayBuffer
  #below: MessageTransport | undefined
  #details: TransportDetails
  #maxSendSize: number
  #listener: TransportListener | undefined
  #isCounting = false
  #received = 0
  /** The number of messages that were sent when the transport below was lost. */
  #sentBefore = 0
  /** The number of messages that were sent when `age` was called last. */
  #aged = 0
  #isPaused = false
  /** Whether the session is about to end, so that a loss is its end. */
  #isRetired = false
  #isClosed = false

  constructor(below: MessageTransport, bounds: ReplayBounds, clock: Clock, owner: ResumableOwner) {
    this.format = below.format
    this.#below = below
    this.#details = below.details
    this.#maxSendSize = below.maxSendSize
    this.#clock = clock
    this.#owner = owner
    this.#sent = new ReplayBuffer(bounds)
  }

  get details(): TransportDetails {
    return this.#details
  }

  get maxSendSize(): number {
    return this.#maxSendSize
  }

  get bufferedAmount(): number {
    return this.#below?.bufferedAmount ?? 0
  }

  get isWritable(): boolean {
    return this.#below?.isWritable ?? (this.#owner.isWritableDetached && !this.#isClosed)
  }

  /** The number of messages that have arrived since WELCOME. */
  get received(): number {
    return this.#received
  }

  /** Octets that are kept to be sent again. */
  get kept(): number {
    return this.#sent.octets
  }

  get isDetached(): boolean {
    return this.#below === undefined && !this.#isClosed
  }

  open(listener: TransportListener): void {
    this.#below?.open(this.adopt(listener))
  }

  /** Sets the listener without opening the transport below, which somebody else has opened. Returns what takes the events of that one. */
  adopt(listener: TransportListener): TransportListener {
    this.#listener = listener
    return this.#listenerOf(this.#below!)
  }

  send(message: Message): void {
    if (this.#isClosed) return
    if (message[0] === GOODBYE || message[0] === ABORT) this.retire()
    if (this.#isRetired) return this.#below?.send(message)
    if (this.#isCounting) return this.#put(this.format.prepare(message))
    this.#below?.send(message[0] === HELLO ? (this.#owner.hello?.(message) ?? message) : message)
    if (message[0] === WELCOME) this.#isCounting = true
  }

  sendPrepared(message: PreparedMessage): void {
    if (this.#isClosed) return
    if (this.#isCounting && !this.#isRetired) this.#put(message)
    else this.#below?.sendPrepared(message)
  }

  pause(readsAhead?: boolean): void {
    this.#isPaused = true
    this.#below?.pause(readsAhead)
  }

  resume(): void {
    this.#isPaused = false
    this.#below?.resume()
  }

  close(): void {
    this.#end(below => below.close())
  }

  abort(reason: string): void {
    if (this.#isCounting && !this.#isRetired && this.#owner.resumesAborted) this.#below?.abort(reason)
    else this.#end(below => below.abort(reason), reason)
  }

  /** Ends the time in which a loss is not the end. A session without a transport below ends now. */
  retire(): void {
    if (this.#isRetired || this.#isClosed) return
    this.#isRetired = true
    this.#sent.clear()
    if (this.#isCounting) this.#owner.retired()
    if (this.#below === undefined) this.#end(() => {})
  }

  /** Ends a session whose transport did not come back. */
  giveUp(reason: string): void {
    if (this.#isClosed || this.#below !== undefined) return
    this.#isClosed = true
    this.#retireQuietly()
    this.#listener?.onClosed({ wasClean: false, reason })
  }

  /** Forgets what was sent before this was called last. A transport that still works has brought it to the peer. */
  age(): void {
    if (this.#below === undefined) return
    this.#sent.forget(this.#aged)
    this.#aged = this.#sent.next
  }

  /** Whether a transport of this format may come in the place of the lost one, for a peer that has received so many messages. */
  mayGoOn(below: MessageTransport, received: number): boolean {
    return !this.#isClosed && !this.#isRetired && this.#isCounting && below.format === this.format && this.#sent.has(received)
  }

  /**
   * Goes on over another transport, after `mayGoOn`: sends `first`, and then what the peer has not received. A transport that is still there is
   * dropped. Returns what takes the events of the new one. Throws `MessageTooLarge`, and changes nothing, where the new one does not take `first`.
   */
  goOn(below: MessageTransport, received: number, first?: Message): TransportListener {
    if (first !== undefined) below.send(first)
    const before = this.#below
    this.#below = undefined
    before?.abort('another transport has taken its place')
    this.#below = below
    this.#details = below.details
    this.#maxSendSize = below.maxSendSize
    if (this.#isPaused) below.pause()
    const listener = this.#listenerOf(below)
    this.#replay(below, received)
    // nothing is told within this call
    this.#clock.defer(() => {
      if (this.#below === below && below.isWritable) this.#listener?.onWritable()
    })
    return listener
  }

  #replay(below: MessageTransport, received: number): void {
    try {
      for (const message of this.#sent.from(received)) below.sendPrepared(message)
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error
      below.abort('a message is larger than the new transport takes')
    }
  }

  #put(message: PreparedMessage): void {
    if (message.size > this.#maxSendSize) throw new MessageTooLarge(message.size, this.#maxSendSize)
    const before = this.#sent.octets
    this.#sent.push(message)
    if (this.#below !== undefined) return this.#below.sendPrepared(message)
    const isTooMuch = this.#sent.first > this.#sentBefore || this.#owner.kept?.(this.#sent.octets - before) === false
    // in a later turn, because the session is in the middle of sending
    if (isTooMuch) this.#clock.defer(() => this.giveUp('more has happened while there was no transport than is kept'))
  }

  #listenerOf(below: MessageTransport): TransportListener {
    return {
      onMessage: message => {
        if (this.#below === below) this.#onMessage(message)
      },
      onViolation: violation => {
        if (this.#below !== below) return
        this.retire()
        this.#listener?.onViolation(violation)
      },
      onWritable: () => {
        if (this.#below === below) this.#listener?.onWritable()
      },
      onClosed: end => {
        if (this.#below === below) this.#lost(end)
      },
    }
  }

  #onMessage(message: Message): void {
    const isCounting = this.#isCounting
    if (isCounting) {
      this.#received++
      this.#owner.received?.()
      if (message[0] === GOODBYE || message[0] === ABORT) this.retire()
    } else if (message[0] === WELCOME) {
      this.#isCounting = this.#owner.welcomed?.(message) === true
    }
    try {
      this.#listener?.onMessage(message)
    } catch (error) {
      // a session that has failed is not resumed
      this.retire()
      throw error
    }
  }

  #lost(end: TransportEnd): void {
    this.#below = undefined
    this.#sentBefore = this.#sent.next
    if (this.#isCounting && !this.#isRetired && this.#isLoss(end) && this.#owner.detached(end)) {
      if (this.#owner.isWritableDetached) this.#listener?.onWritable()
      return
    }
    this.#isClosed = true
    this.#retireQuietly()
    this.#listener?.onClosed(end)
  }

  /**
   * Whether an end is a loss. A peer that closes properly has left without a word, as a page does that is closed. RawSocket has no closing
   * handshake: the system ends its connection in the same way for a process that has crashed.
   */
  #isLoss({ wasClean }: TransportEnd): boolean {
    return !wasClean || this.#details.kind === 'rawsocket'
  }

  #retireQuietly(): void {
    this.#sent.clear()
    if (this.#isRetired) return
    this.#isRetired = true
    if (this.#isCounting) this.#owner.retired()
  }

  /** Ends the session's transport by its own will. Where there is nothing below, the end is told in a later turn, as by any transport. */
  #end(endBelow: (below: MessageTransport) => void, reason = 'closed by this side'): void {
    if (this.#isClosed) return
    this.#retireQuietly()
    if (this.#below !== undefined) return endBelow(this.#below)
    this.#isClosed = true
    this.#clock.defer(() => this.#listener?.onClosed({ wasClean: false, reason }))
  }
}
