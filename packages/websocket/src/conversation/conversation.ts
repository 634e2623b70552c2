import type { WebSocketProtocol } from '../application/protocol.ts'
import { collector, parts } from '../application/protocol-parts.ts'
import type { Octets } from '../bytes/octets.ts'
import type { PayloadMemory } from '../bytes/payload-memory.ts'
import type { Runtime } from '../bytes/runtime.ts'
import type { Text } from '../bytes/text.ts'
import { base64 } from '../handshake/http/base64.ts'
import type { NegotiatedExtension } from '../protocol/extending/extension.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ApiMisuse, PeerMisbehaved, UnsentLimitExceeded } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { type Delivery, HookDelivery } from '../protocol/receiving/delivery.ts'
import { AcceptedMessages } from './accepted-messages.ts'
import { calm } from './calm.ts'
import { closedError, closingError } from './closed-error.ts'
import type { Connection, Message, MessageStream } from './connection.ts'
import { type CollectLimits, Inbox, type InboxOwner } from './inbox.ts'
import type { MessageReceiver } from './inbox-delivery.ts'
import { jsonChecks } from './json-checks.ts'
import type { JsonOptions } from './json-options.ts'
import { jsonText } from './json-text.ts'
import { MessageIterator } from './message-iterator.ts'
import type { MessageOptions } from './message-options.ts'
import { receiveFrom } from './pending-receive.ts'
import type { ReceiveOptions } from './receive-options.ts'
import { SendQueue, sentAlready } from './send-queue.ts'
import { Left, sendWhole } from './send-whole.ts'
import { checkedSendable, isInPieces, type Sendable } from './sendable.ts'
import type { StandardSchema } from './standard-schema.ts'
import { StreamIterator } from './stream-iterator.ts'
import { WatchedInbox } from './watched-inbox.ts'
import { readableOf, type WritableMessage, writableOf } from './web-streams.ts'

/** The function style over one protocol: called by its hooks on one side, with promises and iterators for the application on the other. */
export class Conversation implements Connection, MessageReceiver, InboxOwner {
  readonly protocol: ConversingProtocol
  /** The receiving half, for the hooks of the protocol and for channels. */
  readonly inbox: Inbox
  /** Made for the first call that has to wait until it can send, or until what it sent has gone out. */
  #madeQueue: SendQueue | undefined
  /** The pings that wait for their pong, by payload. Made for the first ping. */
  #pings: Map<string, { readonly sentAt: number; resolve(roundTripTime: number): void; reject(error: Error): void }> | undefined
  /** Messages, and pieces of messages, that came in this turn of the event loop, or in several turns that brought few. */
  #inTurn = 0

  /** Returns the connection as a `Conversation`; `undefined` for any other value. */
  static behind(connection: unknown): Conversation | undefined {
    return typeof connection === 'object' && connection !== null && #inTurn in connection ? connection : undefined
  }

  /** `protocol` has its transport already. */
  constructor(protocol: ConversingProtocol) {
    this.protocol = protocol
    const { messageWatch } = protocol[parts]
    this.inbox = messageWatch === undefined ? new Inbox(this) : new WatchedInbox(this, messageWatch)
  }

  get closed(): Promise<CloseInfo> {
    this.inbox.endAwaited()
    return this.protocol.closed
  }

  get closeInfo(): CloseInfo | undefined {
    return this.protocol.closeInfo
  }

  get subprotocol(): string {
    return this.protocol.subprotocol
  }

  get extensions(): readonly NegotiatedExtension[] {
    return this.protocol.extensions
  }

  get bufferedAmount(): number {
    return this.protocol.bufferedAmount
  }

  get isWritable(): boolean {
    return this.protocol[parts].connection.outbox.takesMessage && !this.isSendingStream
  }

  /** Tells whether a message in pieces is being sent, or waits to be. For channels. */
  get isSendingStream(): boolean {
    return this.#madeQueue?.isBusy === true
  }

  /** The text of the runtime. For channels. */
  get text(): Text {
    return this.runtime.text
  }

  // ---- for the application

  send(message: Sendable, options?: MessageOptions): Promise<void> {
    if (options !== undefined) return calm(this.#queue.sendWith(message, options))
    const sent = this.#send(message)
    return sent === sentAlready ? sent : calm(sent)
  }

  sendJson(value: unknown, options?: MessageOptions): Promise<void> {
    try {
      return this.send(jsonText(value), options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  receive(options?: ReceiveOptions): Promise<Message> {
    return receiveFrom(this.inbox, this.runtime.clock, options)
  }

  receiveText(options?: ReceiveOptions): Promise<string> {
    return this.#accepted.receiveText(options)
  }

  receiveJson<Value>(schema?: StandardSchema<unknown, Value>, options?: ReceiveOptions): Promise<Value> {
    return this.#accepted.receiveJson(schema, options)
  }

  [Symbol.asyncIterator](): MessageIterator {
    return new MessageIterator(this.inbox)
  }

  texts(...given: readonly unknown[]): AsyncIterable<string> {
    takesNothing(given, 'texts')
    return this.#accepted.texts()
  }

  json<Value>(schema?: StandardSchema<unknown, Value>, options?: JsonOptions): AsyncIterable<Value> {
    return this.#accepted.json(schema, options)
  }

  streams(...given: readonly unknown[]): AsyncIterable<MessageStream> {
    takesNothing(given, 'streams')
    this.inbox.ask()
    return { [Symbol.asyncIterator]: () => new StreamIterator(this.inbox) }
  }

  get readable(): ReadableStream<Message> {
    return readableOf(this)
  }

  get writable(): WritableStream<WritableMessage> {
    const { protocol } = this
    return writableOf(this, {
      gone: protocol.closed.then(closedError),
      close: () => protocol.sendClose(CloseCode.Normal),
      fail: cause => protocol.failConnection(CloseCode.InternalError, 'a stream could not be completed', cause),
    })
  }

  ignoreMessages(): void {
    this.inbox.ignore()
  }

  ping(...given: readonly unknown[]): Promise<number> {
    if (given.length > 0) return Promise.reject(new ApiMisuse(pingTakesNothing))
    const payload = this.#unguessable()
    return calm(
      new Promise((resolve, reject) => {
        if (!this.protocol.isOpen) return reject(closingError(this.protocol.closeInfo))
        this.#pings ??= new Map()
        this.#pings.set(payload, { sentAt: this.runtime.clock.now(), resolve, reject })
        try {
          this.#sendPing(payload)
        } catch (error) {
          this.#pings?.delete(payload)
          reject(error)
        }
      }),
    )
  }

  close(code: number = CloseCode.Normal, reason = ''): Promise<CloseInfo> {
    try {
      this.protocol.sendClose(code, reason)
    } catch (misuse) {
      return Promise.reject(misuse)
    }
    this.inbox.stop()
    return this.protocol.closed
  }

  terminate(): void {
    this.inbox.stop()
    this.protocol.dropConnection({ abort: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  // ---- for its parts and the protocol's hooks

  get limits(): CollectLimits {
    return this.protocol.limits
  }

  get runtime(): Runtime {
    return this.protocol[parts].connection.shared.runtime
  }

  tooBig(message: string): void {
    this.protocol[parts].connection.readingFailed(new PeerMisbehaved(CloseCode.MessageTooBig, message))
  }

  /**
   * Resolves the ping that a pong answers, and all earlier ones: the peer may answer only the latest of several pings (RFC 6455 §5.5.3).
   */
  pongCame(payload: Octets): void {
    const answered = this.runtime.text.decodeValid(payload, 0, payload.length)
    if (answered === undefined || this.#pings?.has(answered) !== true) return
    const now = this.runtime.clock.now()
    for (const [key, { sentAt, resolve }] of this.#pings) {
      this.#pings.delete(key)
      resolve(now - sentAt)
      if (key === answered) return
    }
  }

  /**
   * Called when the peer has ended. Keeps what was read for the application, even where that exceeds the limit at which reading pauses: it
   * would be lost with the connection otherwise.
   */
  takeAll(): void {
    this.inbox.takeAll()
    this.protocol.resumeReceiving()
  }

  /**
   * Counts a message, or a piece of one, and stops the reading until the next turn of the event loop where this turn has brought many.
   *
   * Handlers run in microtasks, which come before everything else: without a bound they would go on for as long as octets arrive, and
   * sockets, timers and other connections would wait.
   */
  pieceCame(): void {
    this.#inTurn++
    if (this.#inTurn === noticedInTurn) this.runtime.clock.yield(() => this.#turned(), true)
    if (this.#inTurn === mostInTurn) this.protocol[parts].connection.restReading()
  }

  /** Takes a message that came in one piece. `length`: octets on the wire. */
  onMessage(message: Message, length: number): Promise<void> | undefined {
    this.pieceCame()
    return this.inbox.wholeCame(message, length)
  }

  inSteps(runner: HookRunner, memory: PayloadMemory): Delivery {
    return new HookDelivery(runner, this.protocol, this.protocol[collector], memory, { lends: true })
  }

  drained(): void {
    this.#madeQueue?.drained()
  }

  connectionClosed(info: CloseInfo): void {
    const error = closedError(info)
    this.inbox.ended({ error, isClean: info.wasClean })
    for (const { reject } of this.#pings?.values() ?? []) reject(error)
    this.#pings = undefined
    this.#madeQueue?.end(error)
  }

  // ---- within

  /** Sends a message without options, at once where nothing is in front of it. */
  #send(given: Sendable): Promise<void> {
    try {
      const message = checkedSendable(given)
      if (isInPieces(message) || this.isSendingStream) return this.#queue.sendInTurn(message)
      const left = sendWhole(this.protocol, message)
      return left === Left.Nothing ? sentAlready : this.#queue.until(left)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  get #queue(): SendQueue {
    this.#madeQueue ??= new SendQueue(this.protocol)
    return this.#madeQueue
  }

  #turned(): void {
    this.#inTurn = 0
  }

  /** The payload of a ping: 16 random octets in base64, so that a peer cannot answer a ping that it has not received. */
  #unguessable(): string {
    const octets = new Uint8Array(16)
    this.runtime.crypto.fillRandom(octets)
    return base64(octets)
  }

  /**
   * Sends a ping. Throws where `unsentPolicy` has left it out: no pong would come, and the promise would wait for the end of the
   * connection.
   */
  #sendPing(payload: string): void {
    const { trafficStats } = this.protocol
    const before = trafficStats.outgoingMessagesNotSent
    this.protocol.sendPing(this.runtime.text.encode(payload))
    if (this.protocol.isOpen && trafficStats.outgoingMessagesNotSent !== before)
      throw new UnsentLimitExceeded('the ping was not sent: the peer reads too slowly')
  }

  get #accepted(): AcceptedMessages {
    return new AcceptedMessages(
      this.inbox,
      this.runtime.clock,
      cause => {
        if (this.protocol.isOpen) this.protocol.failConnection(cause.closeCode, cause.message, cause)
      },
      jsonChecks,
    )
  }
}

/** A protocol in function style. */
export interface ConversingProtocol extends WebSocketProtocol {
  /** Limits of messages that are collected whole. */
  readonly limits: CollectLimits
}

/** Refuses arguments of a method that has none, which would have no effect. */
function takesNothing(given: readonly unknown[], method: string): void {
  if (given.length > 0) throw new ApiMisuse(`${method}() takes nothing, and not ${given.map(shownValue).join(', ')}`)
}

const pingTakesNothing =
  'ping() takes no payload, because it makes one that no peer can guess: ws.protocol.sendPing(payload) sends a ping of your own'

/** Messages and pieces from which on a turn of the event loop is waited for, to count anew. */
const noticedInTurn = 128

/** Messages and pieces of one connection in one turn of the event loop: a millisecond, where the handler only answers (decision 66). */
const mostInTurn = 256
