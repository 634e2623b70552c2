import type { PreparedMessage } from '../transports/message-transport.ts'

/** The bounds of a replay buffer. */
export interface ReplayBounds {
  /** Octets of the messages that are kept. */
  readonly octets: number
  /** The number of messages that are kept. */
  readonly messages: number
}

/**
 * The last messages that one side of a session has sent, with their numbers, to be sent again to a peer that has not received them.
 *
 * Messages count from 0. Above a bound the oldest one goes; a message that is larger than the bound alone is not kept.
 */
export class ReplayBuffer {
  readonly #bounds: ReplayBounds
  /** The messages; those before `#head` have gone. */
  #messages: (PreparedMessage | undefined)[] = []
  #head = 0
  #first = 0
  #octets = 0

  constructor(bounds: ReplayBounds) {
    this.#bounds = bounds
  }

  /** The number of the oldest message that is kept. */
  get first(): number {
    return this.#first
  }

  /** The number of the next message: how many were sent. */
  get next(): number {
    return this.#first + this.#messages.length - this.#head
  }

  /** Octets that are kept. */
  get octets(): number {
    return this.#octets
  }

  push(message: PreparedMessage): void {
    this.#messages.push(message)
    this.#octets += message.size
    while (this.#octets > this.#bounds.octets || this.#messages.length - this.#head > this.#bounds.messages) this.#drop()
  }

  /** Whether everything from a number on is kept. A number that was not reached yet is nonsense of the peer. */
  has(received: number): boolean {
    return Number.isSafeInteger(received) && received >= this.#first && received <= this.next
  }

  /** Returns the messages from a number on, in their order. Those before it have arrived and are forgotten. */
  from(received: number): readonly PreparedMessage[] {
    this.forget(received)
    return this.#messages.slice(this.#head) as PreparedMessage[]
  }

  /** Forgets the messages before a number. */
  forget(before: number): void {
    while (this.#first < before && this.#head < this.#messages.length) this.#drop()
  }

  /** Forgets all messages. They still count. */
  clear(): void {
    this.forget(this.next)
  }

  #drop(): void {
    this.#octets -= this.#messages[this.#head]!.size
    this.#messages[this.#head++] = undefined
    this.#first++
    if (this.#head === this.#messages.length || this.#head > mostSpent) {
      this.#messages = this.#messages.slice(this.#head)
      this.#head = 0
    }
  }
}

const mostSpent = 1024
