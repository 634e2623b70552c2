import type { ReceivedOctets } from '../bytes/octets.ts'
import { unlessAborted } from '../bytes/when-aborted.ts'
import { AcceptedMessages } from '../conversation/accepted-messages.ts'
import { briefJsonChecks } from '../conversation/brief-json-checks.ts'
import { calm } from '../conversation/calm.ts'
import { closedError } from '../conversation/closed-error.ts'
import type { Memory, Connection as NodeConnection, ReadableBlob } from '../conversation/connection.ts'
import type { JsonOptions } from '../conversation/json-options.ts'
import { MessageIterator } from '../conversation/message-iterator.ts'
import type { MessageOptions } from '../conversation/message-options.ts'
import { MessageQueue } from '../conversation/message-queue.ts'
import { receiveFrom } from '../conversation/pending-receive.ts'
import { plainJson } from '../conversation/plain-json.ts'
import type { ReceiveOptions } from '../conversation/receive-options.ts'
import type { StandardSchema } from '../conversation/standard-schema.ts'
import { isSignal, isTrueOrFalse, surelyFit } from '../protocol/checks/values.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed, type MessageRefused } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { State } from '../protocol/life/state.ts'
import { browserClock } from './browser-clock.ts'
import type { BrowserOptions } from './browser-options.ts'
import { isCloseFrame } from './page-close-frame.ts'
import { plainSendable } from './page-message.ts'
import { PageSocket } from './page-socket.ts'
import type { PlatformSocket } from './platform-socket.ts'

/** The options for sending one message on a page: the others of Node's `send` are about frames, which a page does not have. */
export type PageMessageOptions = Pick<MessageOptions, 'binary' | 'signal'>

/** A message that was received: text as a string, binary as octets. */
export type Message = string | ReceivedOctets

/**
 * One connection without a class, on a page: the `Connection` that there is on Node, by the same names and rules, as far as a browser can do it.
 *
 * There is no `ping()`, and no message of unknown length is sent. A browser hands over whole messages, so each of `streams()` has one piece. What nobody has
 * received waits in memory, because a page cannot stop its peer: above the option `maxWaitingSize` the connection is failed with 1008.
 */
export interface Connection extends Pick<NodeConnection, SharedNames>, AsyncIterable<Message> {
  /**
   * Sends a message, and waits until there is room for the next. A string is a text message; octets (any view of memory, or an `ArrayBuffer`)
   * and a `Blob` are a binary one, unless `{ binary: false }` says that octets are UTF-8 to be sent as text. The platform has copied octets when this
   * returns. Waiting looks at `bufferedAmount` every 50 ms, because a browser has no event for it.
   *
   * Rejects with `ApiMisuse` for anything else, and then the connection stays open, and with `ConnectionClosed`, which needs no handler.
   */
  send(message: string | Memory | ReadableBlob, options?: PageMessageOptions): Promise<void>
  /**
   * Ends the connection for this side at once: waiting calls reject with `ConnectionClosed`. A page cannot drop TCP; the platform closes in its
   * own time.
   */
  terminate(): void
  /** Sends a value as JSON, as a text message. Rejects with `ApiMisuse` for values that JSON cannot write, and as `send` does. */
  sendJson(value: unknown, options?: PageMessageOptions): Promise<void>
  /** Octets that were sent and have not gone to the system. */
  readonly bufferedAmount: number
}

/** The members that connections have on pages as they have them on Node. */
type SharedNames =
  | 'receive'
  | 'receiveText'
  | 'receiveJson'
  | 'texts'
  | 'json'
  | 'streams'
  | 'ignoreMessages'
  | 'isWritable'
  | 'close'
  | 'closed'
  | 'closeInfo'
  | 'subprotocol'
  | typeof Symbol.asyncDispose

/** The function style over the platform's `WebSocket`: its events on one side, promises and iterators on the other (decision 73). */
export class PageConversation implements Connection {
  /** For the function that opens it. */
  readonly socket: PageSocket
  readonly #inbox = new MessageQueue()
  readonly #maxWaitingSize: number
  #subprotocol = ''
  /** Resolves when everything has gone out, and rejects at the end; made when a call waits. */
  #room: Settlement<void> | undefined
  #end: ConnectionClosed | undefined

  constructor(socket: PlatformSocket, options: BrowserOptions) {
    this.#maxWaitingSize = options.maxWaitingSize
    this.socket = new PageSocket(socket, options, browserClock, {
      accepted: protocol => {
        this.#subprotocol = protocol
        this.socket.open()
      },
      came: message => this.#came(message),
      drained: () => this.#drained(),
      stopped: () => {},
      ended: info => this.#ended(info),
    })
  }

  get subprotocol(): string {
    return this.#subprotocol
  }

  get bufferedAmount(): number {
    return this.socket.bufferedAmount
  }

  get closeInfo(): CloseInfo | undefined {
    return this.socket.closeInfo
  }

  get isWritable(): boolean {
    return this.socket.isWritable
  }

  get closed(): Promise<CloseInfo> {
    this.#inbox.endAwaited()
    return this.socket.closed
  }

  send(message: string | Memory | ReadableBlob, options?: PageMessageOptions): Promise<void> {
    return calm(this.#send(message, options))
  }

  async sendJson(value: unknown, options?: PageMessageOptions): Promise<void> {
    return this.send(plainJson(value) ?? (await import('./page-checks.ts')).jsonText(value), options)
  }

  receive(options?: ReceiveOptions): Promise<Message> {
    return receiveFrom(this.#inbox, browserClock, options)
  }

  receiveText(options?: ReceiveOptions): Promise<string> {
    return this.#accepted.receiveText(options)
  }

  receiveJson<Value>(schema?: StandardSchema<unknown, Value>, options?: ReceiveOptions): Promise<Value> {
    return this.#accepted.receiveJson(schema, options)
  }

  texts(): AsyncIterable<string> {
    return this.#accepted.texts()
  }

  json<Value>(schema?: StandardSchema<unknown, Value>, options?: JsonOptions): AsyncIterable<Value> {
    return this.#accepted.json(schema, options)
  }

  [Symbol.asyncIterator](): MessageIterator {
    return new MessageIterator(this.#inbox)
  }

  streams(): ReturnType<NodeConnection['streams']> {
    return this.#inbox.streams()
  }

  ignoreMessages(): void {
    this.#inbox.ignore()
  }

  async close(code: number = CloseCode.Normal, reason = ''): Promise<CloseInfo> {
    if (!isCloseFrame(code, reason)) (await import('./page-checks.ts')).checkClose(code, reason)
    this.socket.sendClose(code, reason)
    this.#inbox.stop()
    return this.socket.closed
  }

  terminate(): void {
    this.#inbox.stop()
    this.socket.giveUp('terminated by this side')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #send(message: string | Memory | ReadableBlob, options: PageMessageOptions = {}): Promise<void> {
    if (!surelyFit<PageMessageOptions>(options, tests)) (await import('./page-checks.ts')).checkSendOptions(options)
    options.signal?.throwIfAborted()
    const checked = plainSendable(message, options.binary) ?? (await import('./page-checks.ts')).pageSendable(message, options.binary)
    if (this.socket.state !== State.Open) throw this.#end ?? new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing')
    if (this.socket.send(checked)) return
    // set where sending has given the connection up
    if (this.#end !== undefined) throw this.#end
    this.#room ??= new Settlement()
    await unlessAborted(this.#room.promise, options.signal)
  }

  get #accepted(): AcceptedMessages {
    const end = (cause: MessageRefused): void => {
      if (this.socket.state === State.Open) this.socket.fail(cause.closeCode, cause.message, cause)
    }
    return new AcceptedMessages(this.#inbox, browserClock, end, briefJsonChecks)
  }

  #drained(): void {
    this.#room?.resolve()
    this.#room = undefined
  }

  #came(message: Message): void {
    if (!this.socket.takes(message)) return
    this.#inbox.came(message, message.length)
    const limit = this.#maxWaitingSize
    if (this.#inbox.waitingSize > limit) {
      this.socket.fail(CloseCode.PolicyViolation, `messages that nobody has received take more than ${limit} octets`)
    }
  }

  #ended(info: CloseInfo): void {
    const error = closedError(info)
    this.#end = error
    this.#inbox.ended({ error, isClean: info.wasClean })
    this.#room?.reject(error)
  }
}

const tests = { binary: isTrueOrFalse, signal: isSignal }
