import { type Event, type Message, MessageTooLarge, type MessageTransport, type PreparedMessage } from '@autobahn-ts/wamp/protocol'
import type { OutgoingEvent } from '../parties/outgoing-event.ts'
import type { Delivery } from '../parties/party.ts'
import { newOutboxCounters, type OutboxCounters } from './outbox-counters.ts'

/** The bounds of an outbox. */
export interface OutboxLimits {
  /** Octets that may wait before events are dropped. */
  readonly outboxSize: number
  /** Messages that may wait before events are dropped. */
  readonly outboxMessages: number
  /** Octets beyond `outboxSize` for answers and GOODBYE. */
  readonly outboxReserve: number
  /** Messages beyond `outboxMessages` for answers and GOODBYE. */
  readonly outboxReserveMessages: number
}

/** The owner of an outbox. */
export interface OutboxOwner {
  /** Called once, within `send`: even the reserve is full, and nothing is sent any more. */
  outboxOverflowed(): void
}

/** The messages on their way to one session. Keeps their order, and bounds the memory of those that wait for the transport (decision 133). */
export class Outbox {
  readonly counters: OutboxCounters = newOutboxCounters()
  readonly #transport: MessageTransport
  readonly #limits: OutboxLimits
  readonly #owner: OutboxOwner
  /** The messages that wait; those before `#first` have left. */
  #waiting: (PreparedMessage | undefined)[] = []
  #first = 0
  #octets = 0
  #highestOctets = 0
  #isOver = false
  /** Events that were dropped since the last one that was sent. */
  #dropped = 0

  constructor(transport: MessageTransport, limits: OutboxLimits, owner: OutboxOwner) {
    this.#transport = transport
    this.#limits = limits
    this.#owner = owner
  }

  /** Octets that wait here; those in the transport are not counted. */
  get octets(): number {
    return this.#octets
  }

  /** The most octets that have waited here at one time. */
  get highestOctets(): number {
    return this.#highestOctets
  }

  /** The number of messages that wait here. */
  get messages(): number {
    return this.#waiting.length - this.#first
  }

  /** Whether so much waits here that the next event would be dropped. */
  get isFull(): boolean {
    return !this.#isIdle && this.#isAtBound
  }

  /** Sends a message that has to arrive. */
  send(message: Message): Delivery {
    if (this.#isOver) return 'gone'
    try {
      if (this.#isIdle) this.#transport.send(message)
      else if (this.#isReserveFull) return this.#overflow()
      else this.#wait(this.#prepared(message))
      return 'sent'
    } catch (error) {
      return tooLargeOr(error)
    }
  }

  /** Sends a message unless too much waits. */
  offer(message: Message): Delivery {
    if (this.#isOver) return 'gone'
    try {
      if (this.#isIdle) this.#transport.send(message)
      else if (this.#isAtBound) return this.#refuse()
      else this.#wait(this.#prepared(message))
      return 'sent'
    } catch (error) {
      return tooLargeOr(error)
    }
  }

  /** Sends an event, or drops it and counts it. Returns whether it was sent. */
  offerEvent(event: OutgoingEvent): boolean {
    if (this.#isOver) return false
    try {
      if (this.isFull) return this.#drop()
      if (this.#dropped > 0) this.#tellDropped(event.message)
      else this.#put(event)
      return true
    } catch (error) {
      tooLargeOr(error)
      this.counters.oversizedEvents++
      this.#dropped++
      return false
    }
  }

  /** Sends what waits, as far as the transport takes it. */
  writable(): void {
    while (this.#first < this.#waiting.length && this.#transport.isWritable && !this.#isOver) {
      const message = this.#waiting[this.#first]!
      this.#waiting[this.#first++] = undefined
      this.#octets -= message.size
      this.#transport.sendPrepared(message)
    }
    if (this.#first === this.#waiting.length) this.#clear()
    else if (this.#first > mostSpent) this.#compact()
  }

  /** Sends everything that waits, for a session that is about to end, and nothing after it. */
  finish(): void {
    if (this.#isOver) return
    for (let n = this.#first; n < this.#waiting.length; n++) this.#transport.sendPrepared(this.#waiting[n]!)
    this.stop()
  }

  /** Gives up what waits. Nothing is sent any more. */
  stop(): void {
    this.#isOver = true
    this.#clear()
  }

  get #isIdle(): boolean {
    return this.#first === this.#waiting.length && this.#transport.isWritable
  }

  get #isAtBound(): boolean {
    return this.#octets >= this.#limits.outboxSize || this.messages >= this.#limits.outboxMessages
  }

  get #isReserveFull(): boolean {
    const { outboxSize, outboxReserve, outboxMessages, outboxReserveMessages } = this.#limits
    return this.#octets >= outboxSize + outboxReserve || this.messages >= outboxMessages + outboxReserveMessages
  }

  #put(event: OutgoingEvent): void {
    if (!this.#isIdle) this.#wait(this.#checked(event.preparedFor(this.#transport.format)))
    else if (event.isShared) this.#transport.sendPrepared(event.preparedFor(this.#transport.format))
    else this.#transport.send(event.message)
  }

  /** Sends an event that tells how many were dropped before it. Its details are those of this session alone, so it is not shared. */
  #tellDropped([type, subscription, publication, details, payload]: Event): void {
    const telling: Event = [type, subscription, publication, { ...details, _dropped: this.#dropped }, payload]
    if (this.#isIdle) this.#transport.send(telling)
    else this.#wait(this.#prepared(telling))
    this.#dropped = 0
  }

  #prepared(message: Message): PreparedMessage {
    return this.#checked(this.#transport.format.prepare(message))
  }

  /** Refuses a message now that the transport would refuse later. */
  #checked(prepared: PreparedMessage): PreparedMessage {
    if (prepared.size <= this.#transport.maxSendSize) return prepared
    throw new MessageTooLarge(prepared.size, this.#transport.maxSendSize)
  }

  #wait(prepared: PreparedMessage): void {
    this.#waiting.push(prepared)
    this.#octets += prepared.size
    if (this.#octets > this.#highestOctets) this.#highestOctets = this.#octets
  }

  #refuse(): Delivery {
    this.counters.refusedMessages++
    return 'full'
  }

  #drop(): boolean {
    this.counters.droppedEvents++
    this.#dropped++
    return false
  }

  #overflow(): Delivery {
    this.stop()
    this.#owner.outboxOverflowed()
    return 'gone'
  }

  #clear(): void {
    this.#waiting = []
    this.#first = 0
    this.#octets = 0
  }

  /** Frees the places of messages that have left. */
  #compact(): void {
    this.#waiting = this.#waiting.slice(this.#first)
    this.#first = 0
  }
}

function tooLargeOr(error: unknown): Delivery {
  if (error instanceof MessageTooLarge) return 'tooLarge'
  throw error
}

const mostSpent = 1024
