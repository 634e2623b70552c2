import {
  ApiMisuse,
  BusError,
  type Following,
  type KeptFollower,
  type KeptHistory,
  type KeptOutcome,
  type KeptSubject,
  type Octets,
  type ReplayReceiver,
  shownValue,
} from '@autobahn-ts/websocket/portable'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import { createInbox, type NatsConnection } from '@nats-io/transport-node'
import { cutMessages } from '../wire/cut-messages.ts'
import { NatsSubjects } from '../wire/nats-subjects.ts'
import { Numbering } from '../wire/numbering.ts'
import { type Position, readPosition } from '../wire/position.ts'
import { FollowedSubject, Place } from './followed-subject.ts'
import type { HistoryOptions } from './history-options.ts'
import { MessageAssembly } from './message-assembly.ts'
import { isUntaken, refusalIn } from './nats-answers.ts'
import { OrderedReader, type ReaderSource } from './ordered-reader.ts'
import type { StoredMessage } from './stored-message.ts'
import { keptPrefix, mustChange, streamConfig } from './stream-settings.ts'

/** The part of a link to NATS that keeping messages needs. */
export interface HistoryLink {
  readonly connection: NatsConnection
  readonly incarnation: string
  readonly prefix: string
  readonly maxMessageSize: number
  readonly isConnected: boolean
  hash(text: string): string
  /** The largest message that NATS takes, in octets. */
  maxPayload(): number
  /** Messages of a publisher are missing; with an empty name the stream has discarded them. */
  gap(subject: string, publisher: string, missing: number | 'unknown'): void
  counted(
    counter: 'stored' | 'notStored' | 'incomplete' | 'published' | 'delivered' | 'publishedOctets' | 'deliveredOctets',
    by: number,
  ): void
  /** Called with errors that have no recipient. Must not throw. */
  failed(error: Error): void
}

/**
 * A stream of NATS in which the messages of channels are kept, and through which they reach the members.
 *
 * `isAvailable` is `false` from when an answer of NATS does not come until the stream answers again: then it is asked twice a second.
 */
export class KeptStream {
  readonly #link: HistoryLink
  readonly #history: KeptHistory
  readonly #options: HistoryOptions
  readonly #subjects: NatsSubjects
  readonly #numbers = new Numbering(mostSubjects)
  readonly #followed = new Map<string, FollowedSubject>()
  readonly #source: ReaderSource
  readonly #timer: NodeJS.Timeout
  /** Settles with the first attempt to find the stream, whatever came of it. */
  readonly #opening: Promise<void>
  #manager: JetStreamManager | undefined
  #state: 'opening' | 'up' | 'away' | 'closed' = 'opening'
  #refusal: BusError | undefined
  #wake = new Set<() => void>()
  /** The messages, and their octets, that NATS has not answered for. */
  #pending = 0
  #pendingOctets = 0

  constructor(link: HistoryLink, history: KeptHistory, options: HistoryOptions) {
    this.#link = link
    this.#history = history
    this.#options = options
    this.#subjects = new NatsSubjects(keptPrefix(link.prefix, history), link.hash)
    this.#source = this.#readerSource()
    this.#timer = setInterval(() => this.#check(), 1000)
    this.#timer.unref()
    this.#opening = this.#attempt()
    void this.#opening.then(() => this.#state === 'opening' && this.#away())
  }

  /** Tells whether limits are those of this stream. */
  isFor({ count, seconds }: KeptHistory): boolean {
    return this.#history.count === count && this.#history.seconds === seconds
  }

  /** Returns the way to what is kept under a subject. */
  subject(subject: string): KeptSubject {
    const isAvailable = (): boolean => this.#isAvailable
    return {
      get isAvailable() {
        return isAvailable()
      },
      publish: (octets, own) => this.#publish(subject, octets, own),
      follow: follower => this.#follow(subject, follower),
      replay: (since, receiver) => this.#replay(subject, since, receiver),
    }
  }

  /** Called when the link to NATS has come back. */
  reconnected(): void {
    for (const { reader } of this.#followed.values()) reader?.restart()
    if (this.#state === 'up') this.#away()
  }

  close(): void {
    this.#state = 'closed'
    clearInterval(this.#timer)
    for (const { reader } of this.#followed.values()) reader?.stop()
    this.#followed.clear()
    this.#wakeAll()
  }

  get #isAvailable(): boolean {
    return this.#link.isConnected && (this.#state === 'up' || this.#state === 'opening')
  }

  // ---- the state of the stream

  async #attempt(): Promise<void> {
    try {
      const manager = await this.#managed()
      await this.#ensured(manager)
      if (this.#state === 'closed') return
      this.#state = 'up'
      this.#refusal = undefined
      this.#wakeAll()
    } catch (error) {
      const refusal = refusalIn(error) ?? refusedToMake(error)
      if (refusal === undefined || refusal.message === this.#refusal?.message) return
      this.#refusal = refusal
      this.#wakeAll()
      this.#link.failed(refusal)
    }
  }

  /** Loads the client of JetStream, which only those need who keep messages. */
  async #managed(): Promise<JetStreamManager> {
    const { jetstreamManager } = await import('@nats-io/jetstream')
    this.#manager ??= await jetstreamManager(this.#link.connection, { checkAPI: false, timeout: answerTime })
    return this.#manager
  }

  async #ensured(manager: JetStreamManager): Promise<StreamInfo> {
    const wanted = streamConfig(this.#link.prefix, this.#history, this.#options)
    const existing = await manager.streams.info(wanted.name).catch(error => {
      if (isNamed(error, 'StreamNotFoundError')) return undefined
      throw error
    })
    if (existing === undefined) return manager.streams.add(wanted)
    return mustChange(existing.config, wanted) ? manager.streams.update(wanted.name, wanted) : existing
  }

  /** Asks the stream until it answers. */
  #away(): void {
    if (this.#state === 'away' || this.#state === 'closed') return
    this.#state = 'away'
    void this.#probe()
  }

  async #probe(): Promise<void> {
    while (this.#state === 'away') {
      if (this.#link.isConnected) await this.#attempt()
      if (this.#state !== 'away') return
      await pause(this.#refusal === undefined ? probeInterval : refusedInterval)
    }
  }

  #check(): void {
    if (this.#link.isConnected) for (const { reader } of this.#followed.values()) reader?.check()
  }

  /** Resolves when the stream is there. Rejects where it cannot be, unless `isPatient`: what was there may come back. */
  async #up(isPatient = false): Promise<JetStreamManager> {
    while (this.#state !== 'up' || this.#manager === undefined) {
      if (this.#state === 'closed') throw new BusError('unreachable', 'the bus is closed')
      if (this.#refusal !== undefined && !isPatient) throw this.#refusal
      await new Promise<void>(resolve => this.#wake.add(resolve))
    }
    return this.#manager
  }

  #wakeAll(): void {
    const waiting = [...this.#wake]
    this.#wake.clear()
    for (const resolve of waiting) resolve()
  }

  // ---- publishing

  async #publish(subject: string, octets: Octets, own: unknown): Promise<KeptOutcome> {
    const outcome = await this.#stored(subject, octets, own)
    this.#link.counted(outcome === 'kept' ? 'stored' : 'notStored', 1)
    return outcome
  }

  async #stored(subject: string, octets: Octets, own: unknown): Promise<KeptOutcome> {
    const { maxMessageSize } = this.#link
    const refusal = this.#tooMuch(octets.length, maxMessageSize)
    if (refusal !== undefined) {
      this.#link.failed(refusal)
      return 'refused'
    }
    if (!this.#isAvailable) return 'refused'
    this.#pending++
    this.#pendingOctets += octets.length
    try {
      if (this.#state === 'opening') await this.#opening
      return this.#isAvailable ? await this.#given(subject, octets, own) : 'refused'
    } finally {
      this.#pending--
      this.#pendingOctets -= octets.length
    }
  }

  #tooMuch(length: number, most: number): BusError | undefined {
    if (length > most) return new BusError('too-large', `a message has at most ${most} octets, and not ${length}`)
    if (this.#pending >= mostPending || this.#pendingOctets + length > Math.max(mostPendingOctets, most))
      return new BusError('too-large', 'NATS stores messages too slowly')
    return undefined
  }

  /** Gives a message to NATS, and waits for its answers. */
  async #given(subject: string, octets: Octets, own: unknown): Promise<KeptOutcome> {
    const { name, inside } = this.#subjects.of(subject)
    const number = this.#numbers.next(subject)
    this.#followed.get(subject)?.note(number, own)
    const { connection, incarnation } = this.#link
    const messages = cutMessages({ incarnation, number, inside }, octets, this.#link.maxPayload())
    this.#link.counted('published', 1)
    this.#link.counted('publishedOctets', octets.length)
    const answers = await Promise.all(
      messages.map(each => connection.request(name, each, { timeout: answerTime }).then(answerOf, failureOf)),
    )
    if (answers.every(answer => answer === 'kept')) return 'kept'
    this.#away()
    for (const answer of answers) if (typeof answer === 'object' && refusalIn(answer) !== undefined) this.#link.failed(answer)
    return answers.every(answer => answer === 'untaken' || (typeof answer === 'object' && isUntaken(answer))) ? 'refused' : 'unknown'
  }

  // ---- following

  async #follow(subject: string, follower: KeptFollower): Promise<Following> {
    await this.#up()
    const followed = this.#followed.get(subject) ?? this.#begin(subject)
    followed.followers.add(follower)
    const end = (): void => {
      if (!followed.followers.delete(follower) || followed.followers.size > 0) return
      followed.reader?.stop()
      if (this.#followed.get(subject) === followed) this.#followed.delete(subject)
    }
    try {
      await followed.reader?.started
    } catch (error) {
      end()
      throw error
    }
    return { from: followed.place, end }
  }

  #begin(subject: string): FollowedSubject {
    const { name } = this.#subjects.of(subject)
    const followed = new FollowedSubject(this.#assembly(subject), this.#link.incarnation, {
      missing: (publisher, count) => this.#link.gap(subject, publisher, count),
      delivered: length => {
        this.#link.counted('delivered', 1)
        this.#link.counted('deliveredOctets', length)
      },
      lost: () => this.#link.counted('incomplete', 1),
    })
    this.#followed.set(subject, followed)
    followed.reader = new OrderedReader(this.#source, name, {
      begin: (next, aliveAt) => this.#beginning(subject, followed, next, aliveAt),
      message: message => followed.take(message),
      refused: error => {
        if (this.#followed.get(subject) === followed) this.#followed.delete(subject)
        this.#link.failed(error)
      },
      failed: error => this.#link.failed(error),
    })
    return followed
  }

  /** Returns the sequence number with which reading begins, and tells where messages before it were discarded unread. */
  async #beginning(subject: string, followed: FollowedSubject, next: number | undefined, aliveAt: number): Promise<number> {
    const manager = await this.#up(next !== undefined)
    const info = await this.#info(manager, subject)
    const stream = Date.parse(info.created)
    if (next === undefined) {
      const { last_seq: last } = info.state
      followed.startAt(stream, last, Date.now())
      return last + 1
    }
    const { place } = followed
    const isSame = place.stream === stream
    const position = { stream: place.stream, sequence: next - 1, time: Math.max(place.time, aliveAt) }
    if (await this.#mayHaveLost(manager, subject, info, position)) this.#link.gap(subject, '', 'unknown')
    if (isSame) return next
    followed.startAt(stream, 0, 0)
    return 1
  }

  // ---- what was stored before

  async #replay(subject: string, since: Date | string, receiver: ReplayReceiver): Promise<void> {
    const position = typeof since === 'string' ? readPosition(since) : undefined
    if (typeof since === 'string' && position === undefined) throw new ApiMisuse(`${shownValue(since)} is not a position of a channel`)
    const replay = new Replay(this.#assembly(subject), receiver)
    while (!receiver.isOver) {
      const manager = await this.#up()
      try {
        replay.at ??= await this.#beginReplay(manager, subject, position ?? since, replay)
        if (await this.#replayFrom(manager, subject, replay)) return
      } catch (error) {
        const refusal = refusalIn(error)
        if (refusal !== undefined) throw refusal
        await pause(probeInterval)
      }
    }
  }

  /** Returns the sequence number from which messages are read, and tells where some before it may have been discarded. */
  async #beginReplay(manager: JetStreamManager, subject: string, since: Position | Date | string, replay: Replay): Promise<number> {
    const info = await this.#info(manager, subject)
    const stream = Date.parse(info.created)
    replay.stream = stream
    const from = since instanceof Date || typeof since === 'string' ? undefined : since
    const date = Number(since)
    const sequence = from?.sequence ?? (await this.#sequenceAt(manager, subject, info, date)) - 1
    const position = from ?? { stream, sequence, time: Math.max(date, stream) }
    if (await this.#mayHaveLost(manager, subject, info, position)) replay.receiver.gap()
    if (position.stream !== stream) return 1
    replay.after = sequence
    return from?.from ?? sequence + 1
  }

  /** Passes on what is stored. Returns `true` when the receiver has enough. */
  async #replayFrom(manager: JetStreamManager, subject: string, replay: Replay): Promise<boolean> {
    for (;;) {
      if (replay.receiver.isOver || replay.receiver.caughtUp(replay.at ?? 1)) return true
      const stored = await this.#next(manager, subject, replay.at ?? 1)
      if (stored !== undefined && !replay.receiver.isOver) await replay.take(stored)
    }
  }

  /** Returns the first message of a subject from a sequence number on. */
  async #next(manager: JetStreamManager, subject: string, from: number): Promise<StoredMessage | undefined> {
    const { name } = this.#subjects.of(subject)
    // The client does not know this form of the query, which NATS has since 2.9.
    const query = { seq: Math.max(1, from), next_by_subj: name }
    const stored = await manager.streams.getMessage(this.#stream, query)
    if (stored === null) return undefined
    return { name: stored.subject, data: new Uint8Array(stored.data), sequence: stored.seq, time: Number(stored.time) }
  }

  /** Returns the sequence number of the first message of a subject that was stored at a time or later, by halving. */
  async #sequenceAt(manager: JetStreamManager, subject: string, { state }: StreamInfo, time: number): Promise<number> {
    let low = state.first_seq
    let high = state.last_seq + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const stored = await this.#next(manager, subject, middle)
      if (stored === undefined || stored.time >= time) high = middle
      else low = stored.sequence + 1
    }
    return Math.max(1, low)
  }

  /**
   * Tells whether messages of a subject that were stored after a position may have been discarded. While an older one is there, none was. Otherwise they may have been
   * where the limits of the stream were reached since.
   */
  async #mayHaveLost(
    manager: JetStreamManager,
    subject: string,
    { config, state, created }: StreamInfo,
    position: Omit<Position, 'from'>,
  ): Promise<boolean> {
    if (position.stream !== Date.parse(created)) return true
    const first = await this.#next(manager, subject, 1)
    if (first !== undefined && first.sequence <= position.sequence) return false
    const { name } = this.#subjects.of(subject)
    const kept = Object.entries(state.subjects ?? {}).find(([each]) => each === name)?.[1] ?? 0
    if (config.max_msgs_per_subject > 0 && kept >= config.max_msgs_per_subject) return true
    if (config.max_age > 0 && position.time < Date.now() - config.max_age / 1e6 + clockDifference) return true
    const isLimited = config.max_bytes > 0 && state.bytes > config.max_bytes / 2
    return (isLimited || config.max_msgs > 0) && state.first_seq > position.sequence + 1
  }

  #info(manager: JetStreamManager, subject: string): Promise<StreamInfo> {
    return manager.streams.info(this.#stream, { subjects_filter: this.#subjects.of(subject).name })
  }

  get #stream(): string {
    return streamConfig(this.#link.prefix, this.#history, this.#options).name
  }

  #assembly(subject: string): MessageAssembly {
    const { maxMessageSize } = this.#link
    return new MessageAssembly(this.#subjects, subject, { inMessage: maxMessageSize, waiting: Math.max(mostPendingOctets, maxMessageSize) })
  }

  #readerSource(): ReaderSource {
    const { connection, prefix } = this.#link
    return {
      subscribe: callback => {
        const name = createInbox(`${prefix}._INBOX`)
        return { name, subscription: connection.subscribe(name, { callback }) }
      },
      consume: async (filter, from, deliverTo) => {
        const manager = await this.#up(true)
        const { name } = await manager.consumers.add(this.#stream, {
          filter_subject: filter,
          deliver_subject: deliverTo,
          deliver_policy: 'by_start_sequence',
          opt_start_seq: from,
          ack_policy: 'none',
          max_deliver: 1,
          mem_storage: true,
          num_replicas: 1,
          idle_heartbeat: 2e9,
          inactive_threshold: 10e9,
        })
        return name
      },
      remove: consumer => void this.#manager?.consumers.delete(this.#stream, consumer).catch(() => undefined),
      later: (callback, milliseconds) => void setTimeout(callback, milliseconds).unref(),
      now: () => Date.now(),
    }
  }
}

/** A replay to one receiver, with how far it has come. */
class Replay {
  readonly receiver: ReplayReceiver
  readonly #assembly: MessageAssembly
  /** The sequence number of the next message that is read. */
  at: number | undefined
  /** The sequence number up to which the receiver has all messages. */
  after = 0
  stream = 0

  constructor(assembly: MessageAssembly, receiver: ReplayReceiver) {
    this.#assembly = assembly
    this.receiver = receiver
  }

  async take(stored: StoredMessage): Promise<void> {
    this.at = stored.sequence + 1
    const message = this.#assembly.take(stored)
    if (typeof message !== 'object' || stored.sequence <= this.after) return
    await this.receiver.message(
      message.octets,
      new Place(this.stream, stored.sequence, stored.time, this.#assembly.from(this.at), neverAlive),
    )
  }
}

function neverAlive(): number {
  return 0
}

/** Reads the answer of a stream to a message. */
function answerOf(message: { json<Value>(): Value }): 'kept' | 'untaken' {
  try {
    const { seq, error } = message.json<{ readonly seq?: unknown; readonly error?: unknown }>()
    return typeof seq === 'number' && error === undefined ? 'kept' : 'untaken'
  } catch {
    return 'untaken'
  }
}

function failureOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** Returns the error for a stream that NATS does not make as it is asked to. */
function refusedToMake(thrown: unknown): BusError | undefined {
  if (isNamed(thrown, 'JetStreamNotEnabled'))
    return new BusError('refused', 'JetStream of NATS, which keeps messages, is not there', { cause: thrown })
  if (!isNamed(thrown, 'JetStreamApiError')) return undefined
  const { status, message } = thrown as Error & { readonly status?: unknown }
  return Number(status) !== unavailable ? new BusError('refused', `NATS does not keep messages: ${message}`, { cause: thrown }) : undefined
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds).unref())
}

/** The time for an answer of NATS, in milliseconds. */
const answerTime = 2000
const probeInterval = 500
const refusedInterval = 5000
/** The status of an answer of NATS that has no leader just now. */
const unavailable = 503
const mostSubjects = 100_000
const mostPending = 10_000
const mostPendingOctets = 64 * 1024 * 1024
/** The largest difference between the clocks of this machine and of NATS, in milliseconds. */
const clockDifference = 5000
