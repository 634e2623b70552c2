import {
  ApiMisuse,
  type Awaitable,
  asError,
  type Clock,
  ConnectionClosed,
  checkOptions,
  type OptionChecks,
  optionCheck,
  shownValue,
  type Timer,
} from '@autobahn-ts/websocket/portable'
import { randomFraction } from '../keys/random-id.ts'
import { Backoff, type BackoffOptions } from '../reconnect/backoff.ts'
import { heeded, isPromise } from './awaiting.ts'
import { checkClose } from './check-close.ts'
import { checkProcedure, checkText, isNewPrefix } from './check-names.ts'
import type { Method } from './exported.ts'
import type { List, Uri } from './message.ts'
import { aFunction, anObject, publishOptions, seconds } from './option-checks.ts'
import { type CallOptions, checkCall } from './pending-calls.ts'
import { PrefixMap } from './prefix-map.ts'
import type { PublishOptions } from './publish-options.ts'
import { type EventHandler, TopicHandlers } from './topic-handlers.ts'
import type { WampClient } from './wamp-client.ts'

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
  > {
  readonly isOpen: boolean
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  sendClose(code?: number, reason?: string): boolean
}

export interface ReconnectingClientOptions {
  /** When to try again after a loss; `false` never does. */
  readonly reconnect?: BackoffOptions | false
  /** Seconds that a server has to open the session once the connection stands; 0 waits for ever. Default: 10. */
  readonly sessionTimeout?: number
  /**
   * Called for each session, the first included, before anything is restored: the place to authenticate. Throwing counts as a failed try, and so
   * does the loss of the connection; what it was doing is not waited for then, and meets the next session if it goes on.
   */
  readonly onSession?: (client: ReconnectingClient) => Awaitable<unknown>
  /** The connection is lost. `retryIn`: milliseconds until the next try; `undefined`: it was the end. */
  readonly onLost?: (info: { readonly code: number; readonly reason: string; readonly retryIn: number | undefined }) => void
  /** What handlers of events and `onLost` throw. Default: printed. */
  readonly onError?: (error: unknown) => void
}

/**
 * A client that outlives its connections: prefixes, subscriptions and procedures are made again on each new one.
 *
 * Calls and events are not repeated, because nobody knows whether the server has seen them: while there is no session, `call` rejects with
 * `ConnectionClosed` and `publish` returns `false`.
 */
export class ReconnectingClient {
  readonly #dial: (signal: AbortSignal) => Promise<ClientConnection>
  readonly #clock: Clock
  readonly #options: ReconnectingClientOptions
  readonly #backoff: Backoff
  readonly #prefixes = new PrefixMap()
  readonly #defined = new Map<string, Uri>()
  readonly #handlers = new TopicHandlers()
  readonly #procedures = new Map<Uri, Method>()
  /** Set from when it is dialled until it is lost: what there is to close. */
  #dialled: ClientConnection | undefined
  /** The same while its session is open. */
  #connection: ClientConnection | undefined
  /** The same once `onSession` is done. What is subscribed to before waits for that: a server that does not know its user yet would refuse. */
  #restored: ClientConnection | undefined
  #timer: Timer | undefined
  #openedAt = 0
  #hasBegun = false
  readonly #closing = new AbortController()
  readonly #end = new Ending()

  /** `dial` makes a new connection, which is open when its promise resolves. Its signal is aborted when the client is closed. */
  constructor(dial: (signal: AbortSignal) => Promise<ClientConnection>, clock: Clock, options: ReconnectingClientOptions = {}) {
    if (typeof dial !== 'function') throw new ApiMisuse(`dial must be a function, and not ${shownValue(dial)}`)
    this.#dial = dial
    this.#clock = clock
    checkOptions<ReconnectingClientOptions>(options, reconnectingClientOptions, 'ReconnectingClient')
    this.#options = options
    const { reconnect = {} } = options
    this.#backoff = new Backoff(reconnect === false ? { maxRetries: 0 } : reconnect, randomFraction)
  }

  /**
   * Opens the first session. A failure is not tried again, because a wrong address would be tried for ever: the promise rejects. So does a second
   * call, with `ApiMisuse`.
   */
  async open(): Promise<this> {
    if (this.#hasBegun) throw new ApiMisuse('open was called already: a client is opened once')
    this.#hasBegun = true
    try {
      await this.#connect()
    } catch (error) {
      this.#finish()
      throw error
    }
    return this
  }

  /** Resolves when the client is closed, or has given up. */
  get closed(): Promise<void> {
    return this.#end.promise
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen === true
  }

  /** Of the session of now; another after each reconnect. */
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

  /** Forgets one handler of a topic, or all of them. */
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
  async authenticate<Permissions = unknown>(authKey?: string | null, authExtra?: object | null, authSecret?: string): Promise<Permissions> {
    // Loaded when it is wanted: bundlers that split keep a quarter of their code, cryptography, from pages that never do this.
    const { authenticate } = await import('./authenticate.ts')
    return authenticate(this, authKey, authExtra, authSecret) as Promise<Permissions>
  }

  /** Where it waits for the next try, it tries now: for signs that the network is back. */
  retryNow(): void {
    if (this.#timer === undefined || this.#isClosed()) return
    this.#timer.cancel()
    void this.#tryAgain()
  }

  /** Closes for good. Rejects with `ApiMisuse` for a code or a reason that cannot be sent, and then closes nothing. */
  async close(code = 1000, reason = ''): Promise<void> {
    checkClose(code, reason)
    const connection = this.#dialled
    connection?.sendClose(code, reason)
    this.#finish()
    await connection?.closed
  }

  /** Returns a promise while handlers are not done: the session counts the event until then. */
  readonly #relay = (topicUri: string, event: unknown): unknown => {
    const results = this.#handlers.of(topicUri).map(handler => this.#guarded(() => handler(topicUri, event)))
    const pending = results.filter(isPromise)
    return pending.length === 0 ? undefined : Promise.allSettled(pending)
  }

  async #connect(): Promise<void> {
    const { signal } = this.#closing
    const connection = await this.#dial(signal)
    try {
      signal.throwIfAborted()
      this.#dialled = connection
      await this.#sessionOf(connection)
      signal.throwIfAborted()
      this.#connection = connection
      for (const [prefix, uri] of this.#defined) connection.prefix(prefix, uri)
      for (const [uri, procedure] of this.#procedures) connection.registerProcedureForRpc(uri, procedure)
      // whatever it waits for may never come when the connection is gone
      await Promise.race([this.#options.onSession?.(this), connection.closed])
      for (const topic of this.#handlers.topics) connection.subscribe(topic, this.#relay)
      this.#restored = connection
      signal.throwIfAborted()
      if (!connection.isOpen) throw new ConnectionClosed(1006, 'the connection was lost before its session was set up')
    } catch (error) {
      this.#forget()
      connection.sendClose(1000)
      throw error
    }
    this.#openedAt = this.#clock.now()
    void connection.closed.then(info => this.#lost(info))
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

  #lost(info: { readonly code: number; readonly reason: string }): void {
    this.#forget()
    if (this.#isClosed()) return
    if (this.#clock.now() - this.#openedAt >= steadyAfter) this.#backoff.reset()
    this.#retry(info)
  }

  #forget(): void {
    this.#dialled = undefined
    this.#connection = undefined
    this.#restored = undefined
  }

  #retry({ code, reason }: { readonly code: number; readonly reason: string }): void {
    const retryIn = this.#backoff.next()
    if (retryIn === undefined) this.#finish()
    else this.#timer = this.#clock.schedule(() => void this.#tryAgain(), retryIn)
    this.#guarded(() => this.#options.onLost?.({ code, reason, retryIn }))
  }

  async #tryAgain(): Promise<void> {
    this.#timer = undefined
    try {
      await this.#connect()
    } catch (error) {
      if (this.#isClosed()) return
      this.#retry({ code: 1006, reason: asError(error).message })
    }
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #finish(): void {
    this.#closing.abort(new ConnectionClosed(1000, 'the client was closed'))
    this.#timer?.cancel()
    this.#end.resolve()
  }

  #guarded(run: () => unknown): unknown {
    const failed = (error: unknown): void => this.#report(error)
    try {
      return heeded(run(), failed)
    } catch (error) {
      failed(error)
    }
  }

  /** `onError` is the application's too: what it throws must not reach the event loop. */
  #report(error: unknown): void {
    const { onError = print } = this.#options
    try {
      heeded<unknown>(onError(error), print)
    } catch (thrown) {
      print(thrown)
    }
  }
}

/** Checks the options of `connectWamp`, which has two more: what its factory is made with, and how it connects. */
export function checkConnectWampOptions(options: ReconnectingClientOptions): void {
  const checks = { ...reconnectingClientOptions, factory: anObject, connect: anObject }
  checkOptions<ReconnectingClientOptions & { readonly factory?: object; readonly connect?: object }>(options, checks, 'connectWamp')
}

class Ending {
  resolve: () => void = () => undefined
  readonly promise: Promise<void> = new Promise(resolve => {
    this.resolve = resolve
  })
}

/** An error whose `stack` cannot be read cannot be printed either. */
function print(error: unknown): void {
  try {
    console.error(error)
  } catch {
    console.error(asError(error).message)
  }
}

const reconnectingClientOptions: OptionChecks<ReconnectingClientOptions> = {
  reconnect: optionCheck('false, or an object', value => value === false || anObject.holds(value)),
  sessionTimeout: seconds,
  onSession: aFunction,
  onLost: aFunction,
  onError: aFunction,
}

/** Milliseconds that a session has to live before a loss begins anew: a server that closes at once must not be asked for ever. */
const steadyAfter = 10_000
