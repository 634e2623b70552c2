import type { Clock, Octets, Timer } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { checkSize, octetsOf } from './check-size.ts'
import { type EncodedFormat, encodedFormat } from './encoded-message.ts'
import { answerOf, type LongPollAnswer } from './longpoll-answer.ts'
import type { MessageTransport, PreparedMessage, TransportDetails, TransportEnd, TransportListener } from './message-transport.ts'
import { Reception, type ReportError } from './reception.ts'
import type { Spoken } from './subprotocols.ts'
import type { TransportOptions } from './transport-settings.ts'

/** Everything that the router's end of a long-poll transport is made with. */
export interface LongPollSetup {
  readonly spoken: Spoken
  readonly details: TransportDetails
  readonly limits: TransportOptions
  readonly clock: Clock
  readonly onError?: ReportError | undefined
  /** Told once that the transport is gone. */
  readonly ended: () => void
}

/**
 * The router's end of a long-poll transport. Messages for the client wait for its polls; those of the client come in bodies of requests.
 *
 * A poll without messages is answered after 10 s. A client that has no poll waiting for `pingInterval` and `pingTimeout` together is lost.
 */
export class LongPollServerTransport implements MessageTransport {
  readonly format: EncodedFormat
  readonly details: TransportDetails
  readonly maxSendSize: number
  readonly #serializer: Serializer
  #trustsPayloads = false
  readonly #isBatched: boolean
  readonly #clock: Clock
  readonly #limits: TransportOptions
  readonly #reception: Reception
  readonly #ended: () => void
  /** Messages that wait for a poll. */
  #outgoing: Encoded[] = []
  #outgoingSize = 0
  /** The poll that waits for messages. */
  #poll: ((answer: LongPollAnswer) => void) | undefined
  #pollTimer: Timer | undefined
  #isFlushing = false
  /** Whether `isWritable` was false since the last `onWritable`. */
  #isFull = false
  /** Messages that came and that the listener has not got. */
  #incoming: Incoming[] = []
  #incomingSize = 0
  #isPaused = false
  #state: State = State.Open
  #deadline: Timer | undefined

  constructor({ spoken: { serializer, isBatched }, details, limits, clock, onError, ended }: LongPollSetup) {
    this.format = encodedFormat(isBatched ? 'longpoll.batched' : 'longpoll', serializer)
    this.details = details
    this.maxSendSize = limits.maxSendSize
    this.#serializer = serializer
    this.#isBatched = isBatched
    this.#clock = clock
    this.#limits = limits
    this.#ended = ended
    this.#reception = new Reception(this, clock, onError)
    this.#awaitPoll()
  }

  get bufferedAmount(): number {
    return this.#outgoingSize
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.#outgoingSize <= this.#limits.highWaterMark
  }

  open(listener: TransportListener): void {
    this.#reception.open(listener)
    this.#clock.defer(() => this.#deliver())
  }

  send(message: Message): void {
    if (this.#state !== State.Open) return
    const encoded = this.#serializer.encode(message)
    checkSize(encoded, this.maxSendSize)
    this.#put(encoded)
  }

  sendPrepared(prepared: PreparedMessage): void {
    const message = this.format.own(prepared)
    if (this.#state !== State.Open) return
    checkSize(message.octets, this.maxSendSize)
    this.#put(message.encoded)
  }

  trustPayloads(): void {
    this.#trustsPayloads = true
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#clock.defer(() => this.#deliver())
  }

  close(): void {
    if (this.#state !== State.Open) return
    this.#state = State.Closing
    this.#reception.stop()
    this.#clock.defer(() => this.#deliver())
    const drop = (): void => this.abort('the client did not fetch what was sent')
    this.#deadline = this.#clock.schedule(drop, this.#limits.closeTimeout * 1000)
    this.#flushLater()
  }

  abort(reason: string): void {
    this.#end({ wasClean: false, reason })
  }

  // ---- requests of the client

  /** Answers a poll: with messages, or with nothing after a time. A poll that came before and still waits is answered with nothing. */
  receive(): Promise<LongPollAnswer> {
    if (this.#state === State.Closed) return Promise.resolve(answerOf(410))
    this.#poll?.(answerOf(204))
    this.#pollTimer?.cancel()
    return new Promise(resolve => {
      this.#poll = resolve
      if (this.#outgoing.length > 0 || this.#state === State.Closing) this.#flush()
      else this.#pollTimer = this.#clock.schedule(() => this.#answerPoll(answerOf(204)), holdTime)
    })
  }

  /** Takes the body of a request. The answer waits until the listener has got its messages, so that a paused one holds the client. */
  sent(body: Octets): Promise<LongPollAnswer> {
    if (this.#state === State.Closed) return Promise.resolve(answerOf(410))
    if (this.#reception.isOver) return Promise.resolve(answerOf(this.#state === State.Closing ? 204 : 400))
    return new Promise(answer => {
      this.#incomingSize += body.length
      if (this.#isBatched) this.#takeBatch(body, answer)
      else this.#incoming.push({ data: body, size: body.length, answer })
      if (this.#incomingSize > this.#limits.maxUnsentSize) this.abort('the client sent more than this side takes')
      else this.#deliver()
    })
  }

  /** Ends the transport because the client has closed it. */
  closedByClient(): void {
    this.#end({ wasClean: true, reason: 'closed by the peer' })
  }

  // ---- to the client

  #put(encoded: Encoded): void {
    this.#outgoing.push(encoded)
    this.#outgoingSize += octetSize(encoded)
    if (this.#outgoingSize > this.#limits.maxUnsentSize) return this.abort(`more than ${this.#limits.maxUnsentSize} octets wait for a poll`)
    if (this.#outgoingSize > this.#limits.highWaterMark) this.#isFull = true
    this.#flushLater()
  }

  /** Answers the waiting poll at the end of the turn, so that a batch has all messages of the turn. */
  #flushLater(): void {
    if (this.#isFlushing || this.#poll === undefined) return
    this.#isFlushing = true
    this.#clock.defer(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#poll === undefined || this.#state === State.Closed) return
    if (this.#outgoing.length > 0) this.#answerPoll(this.#nextMessages())
    else if (this.#state === State.Closing) this.#end({ wasClean: true, reason: 'closed by this side' })
  }

  #nextMessages(): LongPollAnswer {
    const taken = this.#outgoing.splice(0, this.#isBatched ? mostInBatch : 1)
    for (const each of taken) this.#outgoingSize -= octetSize(each)
    const body = this.#isBatched ? this.#serializer.join(taken) : taken[0]!
    return { status: 200, body: octetsOf(body), isBinary: this.#serializer.isBinary, lost: () => this.#lost(taken) }
  }

  /** Puts messages back whose answer did not reach the client. */
  #lost(messages: readonly Encoded[]): void {
    if (this.#state === State.Closed) return
    this.#outgoing.unshift(...messages)
    for (const each of messages) this.#outgoingSize += octetSize(each)
    this.#flushLater()
  }

  #answerPoll(answer: LongPollAnswer): void {
    const poll = this.#poll
    this.#poll = undefined
    this.#pollTimer?.cancel()
    this.#awaitPoll()
    poll?.(answer)
    if (!this.#isFull || this.#outgoingSize > 0 || this.#state !== State.Open) return
    this.#isFull = false
    this.#clock.defer(() => {
      if (this.#state === State.Open) this.#reception.writable()
    })
  }

  /** Waits for the next poll as long as a connection of another kind waits for a sign of life. */
  #awaitPoll(): void {
    const { pingInterval, pingTimeout } = this.#limits
    if (pingInterval === 0 || pingTimeout === 0) return
    const seconds = pingInterval + pingTimeout
    this.#pollTimer = this.#clock.schedule(() => this.abort(`no poll within ${seconds} s`), seconds * 1000)
  }

  // ---- from the client

  #takeBatch(body: Octets, answer: (answer: LongPollAnswer) => void): void {
    try {
      const messages = this.#serializer.split(body)
      messages.forEach((data, n) => {
        const isLast = n === messages.length - 1
        this.#incoming.push({ data, size: isLast ? body.length : 0, answer: isLast ? answer : undefined })
      })
    } catch (error) {
      this.#incomingSize -= body.length
      this.#reception.undecodable(error)
      answer(answerOf(400))
    }
  }

  #deliver(): void {
    if (!this.#reception.isOpen) return
    while (this.#incoming.length > 0 && (!this.#isPaused || this.#state !== State.Open)) this.#deliverOne(this.#incoming.shift()!)
  }

  #deliverOne({ data, size, answer }: Incoming): void {
    this.#incomingSize -= size
    if (!this.#reception.isOver) this.#decode(data)
    const isFaulty = this.#reception.isOver && this.#state === State.Open
    answer?.(answerOf(isFaulty ? 400 : 204))
  }

  #decode(data: Encoded): void {
    let message: Message
    try {
      message = this.#serializer.decode(data, this.#trustsPayloads)
    } catch (error) {
      this.#reception.undecodable(error)
      return
    }
    this.#reception.message(message)
  }

  // ---- the end

  #end(end: TransportEnd): void {
    if (this.#state === State.Closed) return
    this.#state = State.Closed
    this.#reception.stop()
    this.#deadline?.cancel()
    this.#pollTimer?.cancel()
    this.#poll?.(answerOf(end.wasClean ? 410 : 404))
    this.#poll = undefined
    for (const { answer } of this.#incoming) answer?.(answerOf(410))
    this.#incoming = []
    this.#outgoing = []
    this.#outgoingSize = 0
    this.#ended()
    this.#clock.defer(() => this.#reception.closed(end))
  }
}

/** A message of the client, and the answer to its request where it is the last of it. */
interface Incoming {
  readonly data: Encoded
  readonly size: number
  readonly answer: ((answer: LongPollAnswer) => void) | undefined
}

const State = { Open: 0, Closing: 1, Closed: 2 } as const
type State = (typeof State)[keyof typeof State]

/** Milliseconds that a poll waits. AutobahnJS gives up after 12 s. */
const holdTime = 10_000

/** The number of messages in one answer. */
const mostInBatch = 1000

/** The size of a message in octets. A text is counted as if it were ASCII, because limits of what waits need not be exact. */
function octetSize(encoded: Encoded): number {
  return encoded.length
}
