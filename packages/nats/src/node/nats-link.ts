import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import {
  ApiMisuse,
  asError,
  BusError,
  type BusLink,
  hasWildcard,
  type KeptHistory,
  type KeptSubject,
  type Octets,
} from '@autobahn-ts/websocket/portable'
import { type Msg, type NatsConnection, PermissionViolationError, type Subscription } from '@nats-io/transport-node'
import type { HistoryOptions } from '../history/history-options.ts'
import { KeptStream } from '../history/kept-stream.ts'
import { Acquaintances } from '../wire/acquaintances.ts'
import { type Announcement, announcementTexts, readAnnouncement } from '../wire/announcement.ts'
import { cutMessages } from '../wire/cut-messages.ts'
import { type Gap, GapWatch } from '../wire/gap-watch.ts'
import { headSize, type MessageHead, readHead, withHead } from '../wire/message-head.ts'
import { NatsSubjects } from '../wire/nats-subjects.ts'
import { Numbering } from '../wire/numbering.ts'
import { PieceJoiner } from '../wire/pieces.ts'
import { noCounts } from './nats-counters.ts'
import { PingWatch } from './ping-watch.ts'

/** The settings of a link. */
export interface NatsLinkSettings {
  readonly prefix: string
  /** The largest message that is sent or accepted, in octets. */
  readonly maxMessageSize: number
  readonly history: HistoryOptions
  /** Whether the connection ends with the link. */
  readonly ownsConnection: boolean
  /** Called once for each message and pattern. */
  readonly deliver: (subject: string, octets: Octets, pattern: string) => void
  /** Called where messages of others did not arrive. Must not throw. */
  readonly gap: (gap: Gap) => void
  /** Called with errors that have no recipient. Must not throw. */
  readonly failed: (error: Error) => void
}

/** The link of a bus to NATS. */
export class NatsLink implements BusLink {
  readonly counters: ReturnType<typeof noCounts> = noCounts()
  readonly #connection: NatsConnection
  readonly #settings: NatsLinkSettings
  readonly #subjects: NatsSubjects
  readonly #incarnation = randomBytes(8).toString('hex')
  readonly #numbers = new Numbering(mostSubjects)
  readonly #joiner: PieceJoiner
  readonly #asked = new Map<string, Asked>()
  readonly #pings: PingWatch
  readonly #gaps: GapWatch
  readonly #others = new Acquaintances(patience)
  readonly #announcements: Subscription
  readonly #beats: NodeJS.Timeout
  /** The streams in which messages are kept, by the name of their history. */
  readonly #kept = new Map<string, KeptStream>()
  /** Whether the next announcement lists all numbers. */
  #listsAll = false
  #lastAsked = 0
  readonly #waitingForLink = new Set<() => void>()
  #state: 'connected' | 'disconnected' | 'closed' = 'connected'
  /** Octets that NATS has not confirmed, and those of them for which no ping has been sent yet. */
  #unconfirmed = 0
  #sinceLastPing = 0

  constructor(connection: NatsConnection, settings: NatsLinkSettings) {
    this.#connection = connection
    this.#settings = settings
    this.#subjects = new NatsSubjects(settings.prefix, hash)
    this.#joiner = new PieceJoiner(settings.maxMessageSize, Math.max(mostWaiting, settings.maxMessageSize))
    const isConnected = (): boolean => this.isConnected
    this.#pings = new PingWatch({
      get isConnected() {
        return isConnected()
      },
      ping: () => connection.flush(),
      dead: () => this.#dead(),
    })
    this.#gaps = new GapWatch(
      gap => this.#missed(gap),
      () => performance.now(),
    )
    this.#announcements = connection.subscribe(this.#subjects.announcements, {
      callback: (error, message) => this.#announced(error, message),
    })
    this.#beats = setInterval(() => this.#beat(), beatInterval)
    this.#beats.unref()
    void this.#follow()
    void connection.closed().then(() => this.#end())
  }

  get isConnected(): boolean {
    return this.#state === 'connected'
  }

  publish(subject: string, octets: Octets): Promise<void> {
    const number = this.#numbers.next(subject)
    const refusal = this.#refusal(octets.length)
    if (refusal !== undefined) {
      this.counters.rejected++
      return Promise.reject(refusal)
    }
    try {
      this.#send(subject, number, octets)
      this.counters.published++
      this.counters.publishedOctets += octets.length
      return done
    } catch (cause) {
      this.counters.rejected++
      return Promise.reject(new BusError('unreachable', 'NATS took nothing', { cause }))
    }
  }

  /**
   * Subscribes, and resolves when NATS has confirmed it, which may have to come back first. Rejects with `BusError` where NATS refuses.
   */
  async ask(pattern: string): Promise<void> {
    if (this.#state === 'closed') throw new BusError('unreachable', 'the connection to NATS is closed')
    const asked: Asked = { id: ++this.#lastAsked, refusal: undefined, subscriptions: [] }
    this.#asked.set(pattern, asked)
    if (!hasWildcard(pattern)) this.#gaps.begin(asked, pattern)
    for (const name of this.#subjects.forPattern(pattern)) {
      const callback = (error: Error | null, message: Msg): void => {
        if (error === null) this.#received(asked, pattern, message)
        else this.#refused(asked, pattern, error)
      }
      asked.subscriptions.push(this.#connection.subscribe(name, { callback }))
    }
    await this.#confirmed(asked)
    asked.isConfirmed = true
  }

  /** Returns the way to what is kept under a subject. Throws `ApiMisuse` for other limits under a name that was used before. */
  keep(subject: string, history: KeptHistory): KeptSubject {
    const stream = this.#kept.get(history.name) ?? this.#beginToKeep(history)
    if (!stream.isFor(history)) throw new ApiMisuse(`the history ${history.name} has other limits already; give this one another name`)
    return stream.subject(subject)
  }

  drop(pattern: string): void {
    const asked = this.#asked.get(pattern)
    this.#asked.delete(pattern)
    if (asked !== undefined) {
      this.#gaps.end(asked)
      this.#joiner.forgetAll(key => key.startsWith(`${asked.id} `))
    }
    if (this.#state !== 'closed') for (const subscription of asked?.subscriptions ?? []) subscription.unsubscribe()
  }

  async close(): Promise<void> {
    for (const pattern of this.#asked.keys()) this.drop(pattern)
    if (this.#state !== 'closed') this.#announcements.unsubscribe()
    const wasConnected = this.isConnected
    if (wasConnected) this.#announce({ numbers: this.#numbers.changes(), asks: false, ends: true })
    this.#end()
    // Lets what was published go out first, if NATS answers.
    if (wasConnected) await Promise.race([this.#connection.flush().catch(() => undefined), closingTime()])
    if (this.#settings.ownsConnection) await this.#connection.close()
  }

  // ---- sending

  /** The reason for which NATS is not given octets, if there is one. */
  #refusal(length: number): BusError | undefined {
    const { maxMessageSize } = this.#settings
    if (!this.isConnected) return new BusError('unreachable', 'NATS cannot be reached')
    if (length > maxMessageSize) return new BusError('too-large', `a message has at most ${maxMessageSize} octets, and not ${length}`)
    if (this.#unconfirmed + length > Math.max(mostUnconfirmed, maxMessageSize))
      return new BusError('too-large', 'NATS takes messages too slowly')
    return undefined
  }

  #send(subject: string, number: number, octets: Octets): void {
    const { name, inside } = this.#subjects.of(subject)
    const head = { incarnation: this.#incarnation, number, inside }
    const most = this.#maxPayload
    for (const message of cutMessages(head, octets, most)) this.#connection.publish(name, message)
    this.#count(octets.length + headSize(false, inside))
  }

  /** Counts octets as unconfirmed, and has NATS confirm them from time to time. */
  #count(length: number): void {
    this.#unconfirmed += length
    this.#sinceLastPing += length
    if (this.#sinceLastPing < confirmedTogether) return
    const confirmed = this.#sinceLastPing
    this.#sinceLastPing = 0
    this.#connection.flush().then(
      () => {
        this.#unconfirmed -= confirmed
      },
      // The link was lost, which makes all numbers 0.
      () => undefined,
    )
  }

  get #maxPayload(): number {
    return this.#connection.info?.max_payload ?? leastPayload
  }

  // ---- keeping

  #beginToKeep(history: KeptHistory): KeptStream {
    const isConnected = (): boolean => this.isConnected
    const { prefix, maxMessageSize, failed } = this.#settings
    const stream = new KeptStream(
      {
        connection: this.#connection,
        incarnation: this.#incarnation,
        prefix,
        maxMessageSize,
        get isConnected() {
          return isConnected()
        },
        hash,
        maxPayload: () => this.#maxPayload,
        gap: (subject, publisher, missing) => this.#missed({ subject, publisher, missing }),
        counted: (counter, by) => {
          this.counters[counter] += by
        },
        failed,
      },
      history,
      this.#settings.history,
    )
    this.#kept.set(history.name, stream)
    return stream
  }

  // ---- receiving

  #received(asked: Asked, pattern: string, { subject: name, data }: Msg): void {
    // A message that NATS has sent before it has taken the end of the subscription.
    if (this.#asked.get(pattern) !== asked) return
    const read = readHead(plain(data))
    const subject = read && this.#subjects.subjectIn({ name, inside: read.head.inside })
    if (read === undefined || subject === undefined) return this.#malformed(name, 'it is not a message of a bus')
    if (read.head.incarnation === this.#incarnation || !this.#subjects.fits(subject, pattern)) return
    // also for a piece: what a publisher has begun is given up when it is silent
    this.#others.heard(read.head.incarnation, performance.now())
    const octets = this.#whole(asked, subject, read.head, read.payload)
    if (octets === undefined) return
    this.#gaps.received(asked, subject, read.head.incarnation, read.head.number)
    if (octets.length > this.#settings.maxMessageSize) return this.#malformed(name, `it has ${octets.length} octets`)
    this.counters.delivered++
    this.counters.deliveredOctets += octets.length
    this.#settings.deliver(subject, octets, pattern)
  }

  /** Returns the whole message; `undefined` while pieces are missing. */
  #whole({ id }: Asked, subject: string, { incarnation, number, piece }: MessageHead, payload: Octets): Octets | undefined {
    const key = `${id} ${incarnation} ${subject}`
    if (piece === undefined) {
      if (this.#joiner.forget(key)) this.counters.incomplete++
      return payload
    }
    const whole = this.#joiner.take(key, number, piece, payload)
    if (whole === 'lost') this.counters.incomplete++
    return typeof whole === 'string' ? undefined : whole
  }

  // ---- other participants

  /** Tells the others, each second, that this participant is there, and what it has published. */
  #beat(): void {
    if (!this.isConnected) return
    const numbers = this.#listsAll ? this.#numbers.all().slice(-mostListed) : this.#numbers.changes()
    this.#listsAll = false
    this.#announce({ numbers, asks: false, ends: false })
    for (const silent of this.#others.takeSilent(performance.now())) this.#gone(silent, false)
  }

  #announce(announcement: Announcement): void {
    const most = this.#maxPayload - headSize(false, undefined)
    const head = { incarnation: this.#incarnation, number: 0, piece: undefined, inside: undefined }
    try {
      for (const text of announcementTexts(announcement, Math.min(most, mostAnnounced)))
        this.#connection.publish(this.#subjects.announcements, withHead(head, Buffer.from(text)))
    } catch (error) {
      this.#settings.failed(asError(error))
    }
  }

  #announced(error: Error | null, message: Msg): void {
    if (error !== null) return this.#settings.failed(new BusError('refused', `NATS refused: ${error.message}`, { cause: error }))
    const read = readHead(plain(message.data))
    const announcement = read && readAnnouncement(Buffer.from(read.payload).toString())
    if (read === undefined || announcement === undefined) return this.#malformed(message.subject, 'it is not an announcement')
    const { incarnation } = read.head
    if (incarnation === this.#incarnation) return
    for (const [subject, number] of announcement.numbers) this.#gaps.listed(subject, incarnation, number)
    if (announcement.asks) this.#listsAll = true
    if (!announcement.ends) return this.#others.heard(incarnation, performance.now())
    this.#others.forget(incarnation)
    this.#gone(incarnation, true)
  }

  /** Forgets a participant, with the messages that it has begun and will not end: they would take the room of others for ever. */
  #gone(incarnation: string, saidGoodbye: boolean): void {
    this.#gaps.gone(incarnation, saidGoodbye)
    this.#joiner.forgetAll(key => key.split(' ', 2)[1] === incarnation)
  }

  #missed(gap: Gap): void {
    // Processes say again what they tell each other of their members.
    if (isOfProcesses(gap.subject)) return
    this.counters.gaps++
    if (gap.missing !== 'unknown') this.counters.missing += gap.missing
    this.#settings.gap(gap)
  }

  #malformed(name: string, why: string): void {
    this.counters.malformed++
    this.#settings.failed(new Error(`a message under ${name} was dropped: ${why}`))
  }

  // ---- subscriptions

  async #confirmed(asked: Asked): Promise<void> {
    for (;;) {
      await this.#connected()
      const isAnswered = await this.#connection.flush().then(
        () => true,
        () => false,
      )
      if (asked.refusal !== undefined) throw asked.refusal
      if (isAnswered) return
    }
  }

  #refused(asked: Asked, pattern: string, cause: Error): void {
    const refusal = new BusError('refused', `NATS refused the subscription to ${pattern}: ${cause.message}`, { cause })
    asked.refusal = refusal
    // Permissions may have changed while the link was away: then nobody waits for the answer.
    if (asked.isConfirmed === true) this.#settings.failed(refusal)
  }

  // ---- the state of the link

  /** Resolves when the link is connected. Rejects when it will not be again. */
  async #connected(): Promise<void> {
    while (this.#state === 'disconnected') await new Promise<void>(resolve => this.#waitingForLink.add(resolve))
    if (this.#state === 'closed') throw new BusError('unreachable', 'the connection to NATS is closed')
  }

  async #follow(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#lost()
      else if (status.type === 'reconnect') this.#back()
      else if (status.type === 'error') this.#serverSaid(status.error)
    }
  }

  /** Errors of subscriptions come to their callbacks too. */
  #serverSaid(error: Error): void {
    const isOfSubscription = error instanceof PermissionViolationError && error.operation === 'subscription'
    if (!isOfSubscription) this.#settings.failed(new BusError('refused', `NATS refused: ${error.message}`, { cause: error }))
  }

  #dead(): void {
    this.#lost()
    void this.#connection.reconnect().catch(() => undefined)
  }

  #lost(): void {
    if (this.#state !== 'connected') return
    this.#state = 'disconnected'
    this.counters.disconnects++
    this.#gaps.cut()
    this.#unconfirmed = 0
    this.#sinceLastPing = 0
  }

  #back(): void {
    if (this.#state !== 'disconnected') return
    this.#state = 'connected'
    this.counters.reconnects++
    this.#others.begin(performance.now())
    this.#announce({ numbers: this.#numbers.all().slice(-mostListed), asks: true, ends: false })
    for (const stream of this.#kept.values()) stream.reconnected()
    this.#wake()
  }

  #end(): void {
    this.#state = 'closed'
    for (const stream of this.#kept.values()) stream.close()
    this.#pings.stop()
    clearInterval(this.#beats)
    this.#wake()
  }

  #wake(): void {
    const waiting = [...this.#waitingForLink]
    this.#waitingForLink.clear()
    for (const resolve of waiting) resolve()
  }
}

/** A pattern that was asked for. */
interface Asked {
  /** Tells its pieces from those of other patterns. */
  readonly id: number
  readonly subscriptions: Subscription[]
  refusal: BusError | undefined
  isConfirmed?: boolean
}

/** Tells whether a subject is one of those that channels use beside their own. */
function isOfProcesses(subject: string): boolean {
  return subject.startsWith('=process')
}

/** Returns octets as a plain `Uint8Array` over the same memory. */
function plain({ buffer, byteOffset, length }: Uint8Array): Octets {
  return new Uint8Array(buffer, byteOffset, length)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function closingTime(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1000).unref())
}

const done = Promise.resolve()
const mostSubjects = 100_000
const mostWaiting = 64 * 1024 * 1024
const mostUnconfirmed = 64 * 1024 * 1024
const confirmedTogether = 256 * 1024
/** The least that a server of NATS may be set to, where it has not said more. */
const leastPayload = 1024
const beatInterval = 1000
/** The time after which a participant that is silent counts as gone, in milliseconds. */
const patience = 5000
/** The largest number of subjects that are listed after a link was away. */
const mostListed = 10_000
/** The largest announcement, in octets: longer lists go in several. */
const mostAnnounced = 256 * 1024
