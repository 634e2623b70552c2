import {
  type Awaitable,
  type Clock,
  ConnectionClosed,
  checkBackoff,
  checkOptions,
  isPromise,
  type OptionChecks,
  type ReconnectOptions,
  Reconnector,
  type Replaceable,
  reconnectOptions,
} from '@autobahn-ts/websocket/portable'
import { checkProcedure, checkText } from '../checks/check-names.ts'
import { aFunction, anObject, seconds } from '../checks/option-checks.ts'
import type { Method } from '../hooks/method.ts'
import { randomFraction } from '../keys/random-id.ts'
import type { WampClient } from './application/wamp-client.ts'
import { authenticate } from './auth/authenticate.ts'
import type { List, Uri } from './messages/message.ts'
import { isNewPrefix, PrefixMap } from './messages/prefix-map.ts'
import { type PublishOptions, publishOptions } from './pubsub/receivers.ts'
import { type EventHandler, TopicHandlers } from './pubsub/topic-handlers.ts'
import { type CallOptions, checkCall } from './rpc/call-options.ts'

/** A client's connection as the reconnecting client uses it. */
export interface ClientConnection
  extends Pick<
      WampClient,
      | 'sessionOpened'
      | 'sessionId'
      | 'prefix'
      | 'subscribe'
      | 'unsubscribe'
      | 'publish'
      | 'callWith'
      | 'registerProcedureForRpc'
      | 'unregisterForRpc'
    >,
    Replaceable {}

/** When to try again, as `ReconnectOptions` has it, and what to do with each session. */
export interface ReconnectingClientOptions extends ReconnectOptions {
  /** Seconds that a server has to open the session once the connection stands; 0 waits for ever. Default: 10. */
  readonly sessionTimeout?: number
  /**
   * Called for each session, the first included, before anything is restored: the place to authenticate. Throwing counts as a failed try, and so
   * does the loss of the connection; what it was doing is not waited for then, and meets the next session if it goes on.
   */
  readonly onSession?: (client: ReconnectingClient) => Awaitable<unknown>
}

/**
 * A client that outlives its connections: prefixes, subscriptions and procedures are made again on each new one.
 *
 * Calls and events are not repeated, because nobody knows whether the server has seen them: while there is no session, `call` rejects with
 * `ConnectionClosed` and `publish` returns `false`.
 */
export class ReconnectingClient {
  readonly #life: Reconnector<ClientConnection>
  readonly #clock: Clock
  readonly #options: ReconnectingClientOptions
  readonly #prefixes = new PrefixMap()
  readonly #defined = new Map<string, Uri>()
  readonly #handlers = new TopicHandlers()
  readonly #procedures = new Map<Uri, Method>()
  /** The connection while its session is open. */
  #connection: ClientConnection | undefined
  /** Set once `onSession` is done. Earlier subscriptions wait for that: a server that does not know its user yet would refuse. */
  #restored: ClientConnection | undefined

  /**
   * Makes a client and opens its first session. Rejects where it cannot be opened.
   *
   * `dial` makes a new connection, which is open when its promise resolves. Its signal is aborted when the client is closed, and for the first
   * connection also when `untilOpen` is aborted before the session is open.
   */
  static connect(
    dial: (signal: AbortSignal) => Promise<ClientConnection>,
    clock: Clock,
    options?: ReconnectingClientOptions,
    untilOpen?: AbortSignal,
  ): Promise<ReconnectingClient> {
    return new ReconnectingClient(dial, clock, options).open(untilOpen)
  }

  /** Makes a client that is not connected yet: see `open`, and `connect` for `dial`. */
  constructor(dial: (signal: AbortSignal) => Promise<ClientConnection>, clock: Clock, options: ReconnectingClientOptions = {}) {
    checkOptions<ReconnectingClientOptions>(options, reconnectingClientOptions, 'ReconnectingClient')
    if (options.reconnect) checkBackoff(options.reconnect)
    this.#clock = clock
    this.#options = options
    this.#life = new Reconnector<ClientConnection>({
      dial,
      prepare: (connection, signal) => this.#restore(connection, signal),
      forget: () => this.#forget(),
      clock,
      random: randomFraction,
      options,
    })
  }

  /**
   * Opens the first session. A failure is not tried again, because a wrong address would be tried for ever: the promise rejects. So does a second
   * call, with `ApiMisuse`. `untilOpen` gives up when it is aborted before the session is open; later it does nothing.
   */
  async open(untilOpen?: AbortSignal): Promise<this> {
    await this.#life.open(untilOpen)
    return this
  }

  /** Resolves when the client is closed, or has given up. */
  get closed(): Promise<void> {
    return this.#life.closed
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen === true
  }

  /** The id of the present session; another after each reconnect. */
  get sessionId(): string | undefined {
    return this.#connection?.sessionId
  }

  /** Defines a prefix, also for sessions to come. */
  prefix(prefix: string, uri: Uri): void {
    if (!isNewPrefix(this.#prefixes, prefix, uri)) return
    this.#connection?.prefix(prefix, uri)
    this.#prefixes.set(prefix, uri)
    this.#defined.set(prefix, uri)
  }

  /** Calls the handler for each event of a topic, also after a reconnect; what is published in between is lost. Not in `onSession`. */
  subscribe<Event = unknown>(topicUri: Uri, handler: EventHandler<Event>): void {
    checkText('a topic', topicUri)
    const topic = this.#prefixes.resolveOrPass(topicUri)
    if (!this.#handlers.add(topic, handler as EventHandler)) return
    try {
      this.#restored?.subscribe(topic, this.#relay)
    } catch (error) {
      this.#handlers.remove(topic, handler as EventHandler)
      throw error
    }
  }

  /** Removes one handler of a topic, or all. */
  unsubscribe(topicUri: Uri, handler?: EventHandler<never>): void {
    checkText('a topic', topicUri)
    const topic = this.#prefixes.resolveOrPass(topicUri)
    if (this.#handlers.remove(topic, handler as EventHandler | undefined)) this.#restored?.unsubscribe(topic)
  }

  /** `false`: stop for now, or there is no session and the event was not sent. */
  publish(topicUri: Uri, event: unknown, options?: PublishOptions): boolean {
    checkOptions<PublishOptions>(options, publishOptions, 'publish')
    return this.#connection?.publish(topicUri, event, options) ?? false
  }

  call<Result = unknown>(procedure: Uri, ...args: List): Promise<Result> {
    return this.callWith({}, procedure, ...args)
  }

  /** Calls with a timeout of its own, or a signal. Misuse rejects with `ApiMisuse`, also while there is no session. */
  callWith<Result = unknown>(options: CallOptions, procedure: Uri, ...args: List): Promise<Result> {
    try {
      checkCall(options, procedure)
      const connection = this.#connection
      if (connection === undefined) throw new ConnectionClosed(1006, 'there is no session; the call was not sent')
      return connection.callWith(options, procedure, ...args)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Offers a procedure to the server, also in sessions to come. */
  register(uri: Uri, procedure: Method): void {
    checkProcedure(uri, procedure)
    this.#connection?.registerProcedureForRpc(uri, procedure)
    this.#procedures.set(uri, procedure)
  }

  /** Takes a procedure back, also for sessions to come. Returns false if none was registered. */
  unregister(uri: Uri): boolean {
    this.#connection?.unregisterForRpc(uri)
    return this.#procedures.delete(uri)
  }

  /** Authenticates this session; in `onSession`, every one. As `WampCraClientProtocol.authenticate`. */
  authenticate<Permissions = unknown>(authKey?: string | null, authExtra?: object | null, authSecret?: string): Promise<Permissions> {
    return authenticate(this, authKey, authExtra, authSecret) as Promise<Permissions>
  }

  /** Tries now where it waits for the next try: for signs that the network is back. */
  retryNow(): void {
    this.#life.retryNow()
  }

  /** Closes for good. Rejects with `ApiMisuse` for a code or a reason that cannot be sent, and then closes nothing. */
  close(code?: number, reason?: string): Promise<void> {
    return this.#life.close(code, reason)
  }

  /** Returns a promise while handlers are not done: the session counts the event until then. */
  readonly #relay = (topicUri: string, event: unknown): unknown => {
    const results = this.#handlers.of(topicUri).map(handler => this.#life.guarded(() => handler(topicUri, event)))
    const pending = results.filter(isPromise)
    return pending.length === 0 ? undefined : Promise.allSettled(pending)
  }

  /** Opens the session of a new connection, and makes in it what the one before had. */
  async #restore(connection: ClientConnection, signal: AbortSignal): Promise<void> {
    await this.#sessionOf(connection)
    signal.throwIfAborted()
    this.#connection = connection
    for (const [prefix, uri] of this.#defined) connection.prefix(prefix, uri)
    for (const [uri, procedure] of this.#procedures) connection.registerProcedureForRpc(uri, procedure)
    // whatever it waits for may never come when the connection is gone
    await Promise.race([this.#options.onSession?.(this), connection.closed])
    for (const topic of this.#handlers.topics) connection.subscribe(topic, this.#relay)
    this.#restored = connection
  }

  /** A server that accepts the connection and says nothing would be waited for as long as it answers pings. */
  async #sessionOf(connection: ClientConnection): Promise<void> {
    const { sessionTimeout = 10 } = this.#options
    const late = (): unknown => connection.sendClose(1000, 'no session was opened')
    const deadline = sessionTimeout === 0 ? undefined : this.#clock.schedule(late, sessionTimeout * 1000)
    try {
      await connection.sessionOpened
    } finally {
      deadline?.cancel()
    }
  }

  #forget(): void {
    this.#connection = undefined
    this.#restored = undefined
  }
}

/** Checks the options of `connectWamp`, which has two more: what its factory is made with, and how it connects. */
export function checkConnectWampOptions(options: ReconnectingClientOptions): void {
  const checks = { ...reconnectingClientOptions, factory: anObject, connect: anObject }
  checkOptions<ReconnectingClientOptions & { readonly factory?: object; readonly connect?: object }>(options, checks, 'connectWamp')
}

const reconnectingClientOptions: OptionChecks<ReconnectingClientOptions> = {
  ...reconnectOptions,
  sessionTimeout: seconds,
  onSession: aFunction,
}
