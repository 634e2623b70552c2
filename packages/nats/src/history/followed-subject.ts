import type { KeptFollower, KeptPlace } from '@autobahn-ts/websocket/portable'
import { writePosition } from '../wire/position.ts'
import type { MessageAssembly } from './message-assembly.ts'
import type { OrderedReader } from './ordered-reader.ts'
import type { StoredMessage } from './stored-message.ts'

/** Called with what a followed subject finds. */
export interface FollowedSubjectEvents {
  /** A number of messages of a publisher are missing. */
  missing(publisher: string, count: number): void
  delivered(octets: number): void
  /** A message could not be read, or put together from its pieces. */
  lost(): void
}

/** A subject whose messages are passed on as they are stored, and those who follow it in this process. */
export class FollowedSubject {
  readonly followers: Set<KeptFollower> = new Set()
  reader: OrderedReader | undefined
  /** The place behind which messages are passed on. */
  place: Place
  readonly #assembly: MessageAssembly
  readonly #incarnation: string
  readonly #events: FollowedSubjectEvents
  /** The last number of each publisher, from the one that was quiet for longest. */
  readonly #numbers = new Map<string, number>()
  /** The notes on messages of this participant that have not come back yet, by their number. */
  readonly #own = new Map<number, unknown>()

  constructor(assembly: MessageAssembly, incarnation: string, events: FollowedSubjectEvents) {
    this.#assembly = assembly
    this.#incarnation = incarnation
    this.#events = events
    this.place = new Place(0, 0, 0, 1, this.#aliveAt)
  }

  /** Begins behind a sequence number of a stream. */
  startAt(stream: number, sequence: number, time: number): void {
    this.place = new Place(stream, sequence, time, sequence + 1, this.#aliveAt)
  }

  /** Notes what belongs to a message that this participant publishes. */
  note(number: number, own: unknown): void {
    this.#own.set(number, own)
    if (this.#own.size > mostOwn) this.#own.delete(this.#own.keys().next().value as number)
  }

  /** Takes what was read from the stream. */
  take(stored: StoredMessage): void {
    const message = this.#assembly.take(stored)
    const { stream } = this.place
    if (message === 'lost') this.#events.lost()
    if (typeof message !== 'object') return
    this.place = new Place(stream, stored.sequence, stored.time, this.#assembly.from(stored.sequence + 1), this.#aliveAt)
    this.#count(message.incarnation, message.number)
    const isOwn = message.incarnation === this.#incarnation
    const own = isOwn ? this.#own.get(message.number) : undefined
    if (isOwn) this.#own.delete(message.number)
    this.#events.delivered(message.octets.length)
    for (const follower of [...this.followers]) if (this.followers.has(follower)) follower.message(message.octets, this.place, own)
  }

  readonly #aliveAt = (): number => this.reader?.aliveAt ?? 0

  #count(publisher: string, number: number): void {
    const last = this.#numbers.get(publisher)
    if (last !== undefined && number > last + 1) this.#events.missing(publisher, number - last - 1)
    this.#numbers.delete(publisher)
    this.#numbers.set(publisher, number)
    if (this.#numbers.size > mostPublishers) this.#numbers.delete(this.#numbers.keys().next().value as string)
  }
}

/** A place in a stream. */
export class Place implements KeptPlace {
  readonly stream: number
  readonly order: number
  readonly time: number
  readonly #from: number
  readonly #aliveAt: () => number

  /** `aliveAt` returns the last moment at which it was known that nothing came behind this place, in milliseconds since 1970. */
  constructor(stream: number, sequence: number, time: number, from: number, aliveAt: () => number) {
    this.stream = stream
    this.order = sequence
    this.time = time
    this.#from = from
    this.#aliveAt = aliveAt
  }

  get position(): string {
    return writePosition({ stream: this.stream, sequence: this.order, time: Math.max(this.time, this.#aliveAt()), from: this.#from })
  }
}

const mostOwn = 10_000
const mostPublishers = 10_000
