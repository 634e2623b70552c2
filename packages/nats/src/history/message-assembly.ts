import type { Octets } from '@autobahn-ts/websocket/portable'
import { readHead } from '../wire/message-head.ts'
import type { NatsSubjects } from '../wire/nats-subjects.ts'
import { PieceJoiner } from '../wire/pieces.ts'
import type { StoredMessage } from './stored-message.ts'

/** A message of a channel that was stored. */
export interface AssembledMessage {
  readonly octets: Octets
  readonly incarnation: string
  readonly number: number
}

/** The limits for messages that are put together, in octets. */
export interface AssemblyLimits {
  readonly inMessage: number
  readonly waiting: number
}

/** Puts messages of one subject together from what is read from a stream, in its order. */
export class MessageAssembly {
  readonly #subjects: NatsSubjects
  readonly #subject: string
  readonly #joiner: PieceJoiner
  /** The messages of which pieces are missing, by their publisher. */
  readonly #begun = new Map<string, Begun>()

  constructor(subjects: NatsSubjects, subject: string, { inMessage, waiting }: AssemblyLimits) {
    this.#subjects = subjects
    this.#subject = subject
    this.#joiner = new PieceJoiner(inMessage, waiting)
  }

  /**
   * Takes what was read. Returns the message that is whole with it; `'incomplete'` while pieces are missing; and `'lost'` where it cannot be put together,
   * is not a message of a bus, or is one of another subject.
   */
  take({ name, data, sequence, time }: StoredMessage): AssembledMessage | 'incomplete' | 'lost' {
    this.#forgetOld(time)
    const read = readHead(data)
    if (read === undefined || this.#subjects.subjectIn({ name, inside: read.head.inside }) !== this.#subject) return 'lost'
    const { incarnation, number, piece } = read.head
    if (piece === undefined) {
      this.#forget(incarnation)
      return { octets: read.payload, incarnation, number }
    }
    const octets = this.#joiner.take(incarnation, number, piece, read.payload)
    if (typeof octets === 'object' || octets === 'lost') this.#begun.delete(incarnation)
    else if (piece.index === 0) this.#begun.set(incarnation, { sequence, time })
    return typeof octets === 'object' ? { octets, incarnation, number } : octets
  }

  /** The sequence number of the first piece of a message that is not whole; `next` if there is none. */
  from(next: number): number {
    let from = next
    for (const { sequence } of this.#begun.values()) from = Math.min(from, sequence)
    return from
  }

  /** Gives messages up whose publisher has stopped in the middle. */
  #forgetOld(time: number): void {
    if (this.#begun.size === 0) return
    for (const [incarnation, begun] of this.#begun) if (time - begun.time > patience) this.#forget(incarnation)
  }

  #forget(incarnation: string): void {
    this.#begun.delete(incarnation)
    this.#joiner.forget(incarnation)
  }
}

interface Begun {
  readonly sequence: number
  readonly time: number
}

/** The time for the pieces of one message, in milliseconds between when they were stored. */
const patience = 60_000
