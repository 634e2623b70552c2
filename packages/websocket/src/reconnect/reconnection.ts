import { type Awaitable, isPromise } from '../bytes/awaitable.ts'
import type { Clock, Timer } from '../bytes/clock.ts'
import { whenAborted } from '../bytes/when-aborted.ts'
import { AcceptedMessages } from '../conversation/accepted-messages.ts'
import { briefJsonChecks } from '../conversation/brief-json-checks.ts'
import { calm } from '../conversation/calm.ts'
import { closedError } from '../conversation/closed-error.ts'
import type { Message, MessageStream } from '../conversation/connection.ts'
import type { JsonOptions } from '../conversation/json-options.ts'
import { MessageIterator } from '../conversation/message-iterator.ts'
import { MessageQueue } from '../conversation/message-queue.ts'
import { receiveFrom } from '../conversation/pending-receive.ts'
import type { ReceiveOptions } from '../conversation/receive-options.ts'
import type { StandardSchema } from '../conversation/standard-schema.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { Settlement } from '../protocol/life/settlement.ts'
import { isMendable, retryAfter } from './mendable.ts'
import type { OfflineMessages } from './offline-queue.ts'
import { type ReconnectingSettings, reconnectingDefaults } from './reconnecting-defaults.ts'
import type { LostConnection, ReconnectingOptions } from './reconnecting-options.ts'
import { type Failure, Redialer, type Replaceable } from './redialer.ts'

/** The part of a connection in function style that a reconnecting one uses. */
export interface Conversing extends AsyncIterable<Message> {
  send(message: never, options?: never): Promise<void>
  readonly isWritable: boolean
}

/** The options of a message, as far as they are of use while it waits. */
interface SendOptions {
  readonly signal?: AbortSignal
}

/** A connection, with what only its edge can do. */
export interface Line<Connection> extends Replaceable {
  readonly connection: Connection
  readonly closed: Promise<CloseInfo>
  /** Ends the connection at once, because it is known to be dead. */
  giveUp(why: string): void
}

/** Checks of an edge. They throw `ApiMisuse`; a page returns promises where it has to load the words. */
export interface ConversationChecks {
  /** Returns a value as JSON. */
  jsonText(value: unknown): Awaitable<string>
  /** Checks the code and the reason of `close`. */
  closing(code: number, reason: string): Awaitable<void>
  /** Returns as much of a reason as a close frame holds. */
  fittingReason(reason: string): string
}

/** Everything that a reconnecting connection is made with. */
export interface ReconnectingSetup<Connection> {
  /** Makes a connection, which is open when the promise resolves. The signal is aborted when this side closes. */
  readonly dial: (signal: AbortSignal) => Promise<Line<Connection>>
  /** The option `reconnect`, checked by `reconnectingChecks`. */
  readonly options: ReconnectingOptions<Connection>
  /** Closes for good when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** Tells whether a try would be in vain, because the machine is known to be offline. `retryNow` is called when it is online again. */
  readonly isOffline?: () => boolean
  readonly clock: Clock
  readonly checks: ConversationChecks
  /** Takes the messages that are sent while there is no connection. */
  readonly unsent: OfflineMessages<unknown, SendOptions | undefined>
}

/**
 * One connection to the application, over one connection after the other to the server.
 *
 * It receives with a `MessageQueue` of its own, to which the messages of each connection come: calls and loops that wait do not notice when
 * one connection takes the place of another (decision 90).
 */
export class Reconnection<Connection extends Conversing> {
  readonly #setup: ReconnectingSetup<Connection>
  readonly #maxSilence: number
  readonly #life: Redialer<Line<Connection>>
  readonly #inbox = new MessageQueue()
  readonly #closed = new Settlement<CloseInfo>()
  /** The connection in use; `undefined` while there is none. */
  #line: Line<Connection> | undefined
  /** The connection in use, or the last one. */
  #latest: Line<Connection> | undefined
  #failure: Failure | undefined
  #closeInfo: CloseInfo | undefined
  #isClosing = false
  /** When the connection in use was heard last, and the timer that looks at it. */
  #heardAt = 0
  #silence: Timer | undefined
  /** Settles when everything that the latest connection has received was taken over. */
  #received: Promise<void> | undefined
  /** Settles when everything that the connection before that has received was taken over. */
  #receivedBefore: Promise<void> | undefined

  constructor(setup: ReconnectingSetup<Connection>) {
    const { options, clock } = setup
    const { onOpen, onLost, retryIf, onError, ...given } = options
    this.#setup = setup
    const settings: ReconnectingSettings = { ...reconnectingDefaults, ...definedIn(given) }
    const { retryFirst, queue: _, queueSize: __, maxSilence, ...backoff } = settings
    this.#maxSilence = maxSilence
    this.#life = new Redialer<Line<Connection>>({
      dial: signal => this.#dial(signal),
      prepare: line => this.#prepare(line),
      forget: () => {
        this.#line = undefined
        this.#silence?.cancel()
      },
      leastDelay: failure => this.#leastDelay(failure),
      retriesFirst: retryFirst,
      clock,
      random: Math.random,
      options: {
        reconnect: backoff,
        ...(onLost !== undefined && { onLost: ({ retryIn }) => onLost({ ...lossOf(this.#failure!), retryIn }) }),
        ...(onError !== undefined && { onError }),
      },
    })
    // an application that never receives must not stop the server
    this.#inbox.endAwaited()
    void this.#life.closed.then(() => this.#end())
  }

  /** Opens the first connection. Rejects where it cannot be opened, and with the reason of the signal. */
  async open(): Promise<this> {
    const { signal } = this.#setup
    signal?.throwIfAborted()
    if (signal !== undefined) {
      const offAbort = whenAborted(signal, () => void this.close())
      void this.#closed.promise.then(offAbort)
    }
    try {
      await this.#life.open()
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
    return this
  }

  /** The connection in use, or else the last one, with the part of the API that belongs to a single connection. */
  get latest(): Connection {
    return this.#latest!.connection
  }

  get isOpen(): boolean {
    return this.#line?.isOpen === true
  }

  get isWritable(): boolean {
    return this.isOpen && this.latest.isWritable
  }

  get closed(): Promise<CloseInfo> {
    return this.#closed.promise
  }

  /** The end for good; `undefined` until there is to be no other try. */
  get closeInfo(): CloseInfo | undefined {
    return this.#closeInfo
  }

  send(message: unknown, options?: SendOptions): Promise<void> {
    if (this.isOpen) return this.latest.send(message as never, options as never)
    try {
      return calm(this.#setup.unsent.add(message, options))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async sendJson(value: unknown, options?: SendOptions): Promise<void> {
    const text = this.#setup.checks.jsonText(value)
    return this.send(isPromise(text) ? await text : text, options)
  }

  receive(options?: ReceiveOptions): Promise<Message> {
    return receiveFrom(this.#inbox, this.#setup.clock, options)
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

  streams(): AsyncIterable<MessageStream> {
    return this.#inbox.streams()
  }

  ignoreMessages(): void {
    this.#inbox.ignore()
  }

  /** Tries now where it waits for the next try. */
  retryNow(): void {
    this.#life.retryNow()
  }

  /** Gives the latest connection up, because the edge knows that it is dead: the one in use, or the one that `onOpen` prepares. */
  giveUp(why: string): void {
    this.#latest?.giveUp(why)
  }

  async close(code: number = CloseCode.Normal, reason = ''): Promise<CloseInfo> {
    const checking = this.#setup.checks.closing(code, reason)
    if (isPromise(checking)) await checking
    this.#closeForGood(code, reason)
    return this.#closed.promise
  }

  terminate(): void {
    this.giveUp('terminated by this side')
    this.#closeForGood(CloseCode.Normal, '')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Closes for good for a message that is refused: the loop that should read the messages of another connection has ended. */
  get #accepted(): AcceptedMessages {
    return new AcceptedMessages(
      this.#inbox,
      this.#setup.clock,
      ({ closeCode, message }) => {
        this.#closeForGood(closeCode, this.#setup.checks.fittingReason(message))
      },
      briefJsonChecks,
    )
  }

  #closeForGood(code: number, reason: string): void {
    this.#isClosing = true
    this.#inbox.stop()
    this.#setup.unsent.end(new ConnectionClosed(CloseCode.Abnormal, 'the connection was closed before this message was sent'))
    void this.#life.close(code, reason)
  }

  /** Waits for an application that has fallen two connections behind, so that what waits in memory stays bounded. */
  async #dial(signal: AbortSignal): Promise<Line<Connection>> {
    await this.#receivedBefore
    return this.#setup.dial(signal)
  }

  async #prepare(line: Line<Connection>): Promise<void> {
    this.#latest = line
    const { onOpen } = this.#setup.options
    // whatever onOpen waits for may never come when the connection is gone
    const lost = onOpen === undefined ? undefined : await Promise.race([call(onOpen, line.connection), line.closed])
    if (lost !== undefined) throw closedError(lost)
    if (!line.isOpen || this.#isClosing) return
    this.#line = line
    this.#receivedBefore = this.#received
    this.#received = this.#receive(line.connection, this.#received)
    if (this.#maxSilence > 0) this.#listen(line, this.#maxSilence)
    this.#setup.unsent.flush((message, options) => line.connection.send(message as never, options as never))
  }

  /** Takes the messages of a connection over, after those of the one before it. */
  async #receive(connection: Connection, before: Promise<void> | undefined): Promise<void> {
    await before
    try {
      for await (const message of connection) {
        this.#heardAt = this.#setup.clock.now()
        this.#inbox.came(message, message.length)
        const { room } = this.#inbox
        if (room !== undefined) await room
      }
    } catch {
      // how it ended is told by its `closed`
    }
  }

  /** Gives the connection up when it was silent for too long. While the application lets messages wait, none can be heard. */
  #listen(line: Line<Connection>, seconds: number): void {
    const { clock } = this.#setup
    this.#heardAt = clock.now()
    const look = (): void => {
      if (!this.#inbox.hasRoom) this.#heardAt = clock.now()
      const left = this.#heardAt + 1000 * seconds - clock.now()
      if (left > 0) this.#silence = clock.schedule(look, left)
      else line.giveUp(`nothing came for ${seconds} s`)
    }
    look()
  }

  #leastDelay(failure: Failure): number | undefined {
    this.#failure = failure
    const { options, isOffline } = this.#setup
    const { retryIf = isMendable } = options
    if (this.#life.guarded(() => retryIf(lossOf(failure))) !== true) return undefined
    return isOffline?.() === true ? Infinity : retryAfter(failure.cause)
  }

  /** Ends for good: this side has closed, or there is to be no other try. */
  async #end(): Promise<void> {
    this.#inbox.takeAll()
    const latest = await this.#latest?.closed
    await this.#received
    const info = this.#isClosing || this.#failure === undefined ? latest : { ...abnormal, ...this.#failure }
    const { wasClean } = info ?? abnormal
    const error = closedError(info ?? abnormal)
    this.#inbox.ended({ error, isClean: wasClean || this.#isClosing })
    this.#setup.unsent.end(error)
    this.#closeInfo = info ?? abnormal
    this.#closed.resolve(this.#closeInfo)
  }
}

/** Calls a hook. Its promise resolves without a value, so that a race with an end can be told. */
async function call<Argument>(hook: (argument: Argument) => unknown, argument: Argument): Promise<undefined> {
  await hook(argument)
}

/** A loss as the application gets it. Where the connection has ended before `onOpen` was done, it has the code of that end. */
function lossOf({ code, reason, cause }: Failure): Omit<LostConnection, 'retryIn'> {
  return { code: cause instanceof ConnectionClosed ? cause.closeCode : code, reason, cause }
}

function definedIn(given: Partial<ReconnectingSettings>): Partial<ReconnectingSettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

const abnormal: CloseInfo = { code: CloseCode.Abnormal, reason: 'there was no connection', wasClean: false, by: 'network' }
