import {
  ApiMisuse,
  type Clock,
  ConnectionClosed,
  type Failure,
  guarded,
  heeded,
  Redialer,
  Settlement,
  shownValue,
  whenAborted,
} from '@autobahn-ts/websocket/portable'
import type { Dict, Id, Uri } from '../messages/message.ts'
import type { Kwargs } from '../messages/payload.ts'
import type { CallResult } from '../session/answer.ts'
import type { ProcedureHandler } from '../session/callee.ts'
import { JoinRefused } from '../session/join-refused.ts'
import { Session, type SessionSettings } from '../session/session.ts'
import { SessionClosed } from '../session/session-closed.ts'
import type { ErrorOrigin } from '../session/session-link.ts'
import type { EventHandler } from '../session/subscriptions.ts'
import { isWampError, WampError } from '../session/wamp-error.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { CallStream, StreamedCall } from './call-stream.ts'
import type { ClientOptions, ClientSettings, JoinedSession, Loss } from './client-options.ts'
import type { EventStream, Subscribing } from './event-stream.ts'
import { type HandlerArguments, handlerArguments } from './handler-arguments.ts'
import { Heartbeat } from './heartbeat.ts'
import { AllKept, Kept, type KeptEnd } from './kept.ts'
import type { LateClientParts, LateParts } from './late-parts.ts'
import { type BegunStream, LateStream } from './late-stream.ts'
import { Line } from './line.ts'
import { isWorthRetrying } from './mending.ts'
import type { Registering } from './registering.ts'
import { KeptSubscription, type Registration, type Registrations, type Subscription } from './registration.ts'
import { type CallArguments, callMessage, checkUri, eventPayload } from './request-arguments.ts'
import {
  type CallOptions,
  type EventsOptions,
  eventsOptions,
  type PublishOptions,
  publishOptions,
  type RegisterOptions,
  type StreamOptions,
  type SubscribeOptions,
  streamOptions,
  subscribeOptions,
} from './request-options.ts'
import type { ResumingTransports } from './resuming.ts'
import { SessionWaiters } from './session-waiters.ts'
import { type CheckRequest, wireOptions } from './wire-options.ts'

/** Everything that a client is made with. */
export interface ClientSetup {
  /** Opens a transport to the router. The signal is aborted when the client is closed. */
  readonly dial: (signal: AbortSignal) => Promise<MessageTransport>
  readonly clock: Clock
  /** Numbers from 0 up to, and without, 1, for the jitter. */
  readonly random: () => number
  readonly checkRequest: CheckRequest
  readonly late: LateClientParts
  /** Checked, and completed with the defaults. */
  readonly options: ClientOptions & ClientSettings
}

/**
 * A client that stays connected. Its methods are those of `Client`, which gives them their types.
 *
 * Registrations and subscriptions are made again in each session. Calls and events are not repeated, because nobody knows whether the router has seen
 * them.
 */
export class WampClient {
  readonly #options: ClientOptions & ClientSettings
  readonly #clock: Clock
  readonly #checkRequest: CheckRequest
  readonly #late: LateClientParts
  readonly #settings: SessionSettings
  readonly #life: Redialer<Line>
  readonly #kept: AllKept
  readonly #waiting: SessionWaiters
  readonly #resuming: ResumingTransports | undefined
  readonly #end = new Settlement<void>()
  /** The session from WELCOME on: what is registered now is registered in it. */
  #opened: Session | undefined
  /** The session once everything is restored: calls go there. */
  #session: Session | undefined
  #joined: JoinedSession | undefined
  #heartbeat: Heartbeat | undefined
  #failure: Failure | undefined
  #isClosed = false
  #farewell: { readonly reason?: Uri; readonly message?: string } = {}

  /** Makes a client and opens its first session; see `open` of `Redialer`. */
  static async open(setup: ClientSetup): Promise<WampClient> {
    const client = new WampClient(setup)
    await client.#open()
    return client
  }

  private constructor({ dial, clock, checkRequest, late, random, options }: ClientSetup) {
    this.#options = options
    this.#clock = clock
    this.#checkRequest = checkRequest
    this.#late = late
    this.#settings = {
      ...options,
      auth: options.auth === undefined ? [] : [options.auth].flat(),
      clock,
      late,
      authentication: () => late.authentication(),
      onError: (error, origin) => this.#noteError(error, origin),
    }
    this.#waiting = new SessionWaiters(clock)
    this.#kept = new AllKept(clock, options.restoreTimeout, failure => this.#tell('onRestoreFailed', failure))
    const { reconnect = {}, resumption } = options
    const call = (name: string, callback: () => unknown): unknown => this.#callback(name, callback)
    this.#resuming = resumption?.over(dial, { clock, random, call })
    this.#life = new Redialer<Line>({
      dial: async signal =>
        new Line(await Session.open(await (this.#resuming?.dial(signal) ?? dial(signal)), this.#settings, signal), () => this.#farewell),
      prepare: ({ session }) => this.#prepare(session),
      forget: () => this.#forget(),
      leastDelay: failure => this.#leastDelay(failure),
      retriesFirst: options.retryFirst,
      clock,
      random,
      options: {
        reconnect: reconnect === false ? false : { ...patience, ...reconnect },
        onLost: ({ retryIn }) => this.#lost(retryIn),
        onError: error => this.#noteError(error, { kind: 'callback', uri: 'onLost' }),
      },
    })
  }

  /** The current session; `undefined` while there is none. Another one after each loss. */
  get session(): JoinedSession | undefined {
    return this.isJoined ? this.#joined : undefined
  }

  get isJoined(): boolean {
    return this.#session?.isOpen === true
  }

  /** The client, for names that a catalogue does not have. */
  get untyped(): this {
    return this
  }

  /** Resolves when the client is closed, or has given up; never rejects. */
  get closed(): Promise<void> {
    return this.#end.promise
  }

  /** Whether the transport takes more for now. Above its limit messages wait in memory. */
  get isWritable(): boolean {
    return this.#session?.transport.isWritable === true
  }

  /** Resolves when the transport takes more, and when the session ends. */
  async writable(): Promise<void> {
    await this.#session?.untilWritable()
  }

  call(procedure: Uri, args?: CallArguments, kwargs?: Kwargs, options?: CallOptions): Promise<unknown> {
    return this.#call('call', procedure, args, kwargs, options, false)
  }

  callResult(procedure: Uri, args?: CallArguments, kwargs?: Kwargs, options?: CallOptions): Promise<CallResult> {
    return this.#call('callResult', procedure, args, kwargs, options, true) as Promise<CallResult>
  }

  /** Throws `ApiMisuse` for options that do not exist; what fails later is thrown by the loop. */
  stream(procedure: Uri, args?: CallArguments, kwargs?: Kwargs, options: StreamOptions = {}): CallStream {
    wireOptions<StreamOptions>(options, streamOptions, 'stream', this.#checkRequest)
    const { buffer = this.#options.buffer, signal: given, ...rest } = options
    const call: StreamedCall = (onResult, signal) =>
      this.#call('stream', procedure, args, kwargs, { ...rest, signal, onProgress: (_, result) => onResult(result) }, false)
    return this.#begin(({ StreamOfCall }) => new StreamOfCall(procedure, buffer, call, given))
  }

  publish(topic: Uri, args?: readonly unknown[], kwargs?: Kwargs, options?: PublishOptions): boolean | Promise<Id> {
    const isAcknowledged = options?.acknowledge === true
    try {
      const payload = eventPayload(topic, args, kwargs)
      const wire = wireOptions<PublishOptions>(options, publishOptions, 'publish', this.#checkRequest)
      this.#checkPassthru(options)
      if (!isAcknowledged) return this.#session?.publish(topic, payload, wire) ?? false
      const send = (session: Session): Promise<Id> => session.publishAcknowledged(topic, payload, wire)
      const session = this.#live
      return session === undefined ? this.#later(`PUBLISH ${topic}`, options, send) : send(session)
    } catch (error) {
      if (isAcknowledged) return Promise.reject(error)
      throw error
    }
  }

  async register(uri: Uri, ...rest: HandlerArguments<ProcedureHandler, RegisterOptions>): Promise<Registration> {
    const { register } = this.#late.loaded ?? (await this.#late.load())
    return register(this.#registering, uri, rest)
  }

  /** Registers several plain functions, which get the positional arguments. Takes back those that were registered where one fails. */
  async serve(procedures: Readonly<Record<Uri, (...args: never[]) => unknown>>, options?: RegisterOptions): Promise<Registrations> {
    const { serve } = this.#late.loaded ?? (await this.#late.load())
    return serve(this, procedures, options)
  }

  async subscribe(topic: Uri, ...rest: HandlerArguments<EventHandler, SubscribeOptions>): Promise<Subscription> {
    const [schemas, handler, options] = handlerArguments(rest, 'subscribe', topic)
    const wire = wireOptions<SubscribeOptions>(options, subscribeOptions, 'subscribe', this.#checkRequest)
    checkUri('a topic', topic, options.match)
    const { sequential = false, buffer = this.#options.buffer, overflow = 'drop' } = options
    const late = schemas !== undefined || sequential ? (this.#late.loaded ?? (await this.#late.load())) : undefined
    const checked = schemas === undefined ? handler : late!.checkedSubscriber(handler, schemas, `subscribe of ${topic}`)
    const guarded = this.#guarded(topic, checked)
    const sequence = sequential
      ? new late!.InSequence(guarded, buffer, () => {
          if (overflow === 'drop') return
          this.#noteError(new late!.StreamOverflow(topic, buffer), { kind: 'topic', uri: topic })
          kept.end().catch(() => undefined)
        })
      : undefined
    const receive: EventHandler = sequence === undefined ? guarded : event => sequence.received(event)
    const kept = this.#keptSubscription(topic, wire, receive, ({ revoked }) => {
      sequence?.stop()
      this.#revoked(revoked, options.onRevoked)
    })
    await this.#keep(kept)
    return new KeptSubscription(kept, sequence)
  }

  events(topic: Uri, options: EventsOptions = {}): EventStream {
    const wire = wireOptions<EventsOptions>(options, eventsOptions, 'events', this.#checkRequest)
    checkUri('a topic', topic, options.match)
    const subscribe: Subscribing = (handler, ended) => {
      const kept = this.#keptSubscription(topic, wire, handler, ({ failure }) => ended(failure))
      const ready = this.#keep(kept)
      return { ready, close: () => kept.end() }
    }
    const { buffer = this.#options.buffer } = options
    return this.#begin(({ StreamOfEvents }) => new StreamOfEvents(topic, buffer, options, subscribe))
  }

  isWampError(error: unknown, uri?: Uri): boolean {
    return isWampError(error, uri)
  }

  /** Tries to connect now where the client waits for its next try: for signs that the network is back. */
  retryNow(): void {
    this.#resuming?.retryNow()
    this.#life.retryNow()
  }

  /** Says GOODBYE and closes for good. Calls in progress reject. Resolves when the transport is closed. */
  async close(reason?: Uri, message?: string): Promise<void> {
    if (reason !== undefined) checkUri('a reason', reason)
    if (message !== undefined && typeof message !== 'string')
      throw new ApiMisuse(`a message must be a string, and not ${shownValue(message)}`)
    this.#farewell = { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) }
    this.#isClosed = true
    await this.#life.close()
    await this.closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #open(): Promise<void> {
    const { signal } = this.#options
    signal?.throwIfAborted()
    const offAbort = signal === undefined ? undefined : whenAborted(signal, () => void this.close())
    void this.#life.closed.then(() => {
      offAbort?.()
      this.#over()
    })
    try {
      await this.#life.open()
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error
    }
  }

  #call(
    where: string,
    procedure: Uri,
    args: CallArguments | undefined,
    kwargs: Kwargs | undefined,
    options: CallOptions | undefined,
    isWhole: boolean,
  ): Promise<unknown> {
    try {
      const { payload, request } = callMessage(where, procedure, args, kwargs, options, this.#checkRequest)
      this.#checkPassthru(options)
      if (request.chunks !== undefined && this.#late.loaded === undefined)
        return this.#late.load().then(() => this.#call(where, procedure, args, kwargs, options, isWhole))
      const session = this.#live
      if (session !== undefined) return session.call(procedure, payload, request, isWhole)
      return this.#later(`the call of ${procedure}`, options, session => session.call(procedure, payload, request, isWhole))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Begins a stream: at once where its code is loaded. */
  #begin<Stream extends BegunStream>(begin: (parts: LateParts) => Stream): Stream | LateStream {
    const { loaded } = this.#late
    return loaded === undefined ? new LateStream(this.#late.load().then(begin)) : begin(loaded)
  }

  /** Without a codec the payload would be sent open. */
  #checkPassthru(options: { readonly passthru?: string } | undefined): void {
    if (options?.passthru === undefined || this.#options.passthru !== undefined) return
    throw new ApiMisuse('option passthru needs the option passthru of the client, which has the codecs')
  }

  /** The session that takes calls. One that has just ended may still be known. */
  get #live(): Session | undefined {
    return this.#session?.isOpen === true ? this.#session : undefined
  }

  /** Sends a request in the next session, where it may wait for one. */
  #later<Result>(
    what: string,
    options: { readonly waitForSession?: number; readonly signal?: AbortSignal } | undefined,
    send: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const wait = options?.waitForSession ?? this.#options.waitForSession
    if (wait === 0 || this.#isClosed) return Promise.reject(this.#noSession(what))
    return this.#waiting.wait(what, wait, options?.signal).then(send)
  }

  #noSession(what: string): SessionClosed {
    return new SessionClosed(`${what} was not sent: ${this.#isClosed ? 'the client is closed' : 'there is no session'}`, false)
  }

  #keptSubscription(topic: Uri, wire: Dict, receive: EventHandler, ended: (end: KeptEnd) => void): Kept {
    const handler: EventHandler = event => {
      // it may have ended while the router was confirming it in a new session
      if (kept.isEnded) return
      const { _dropped: count } = event.details
      if (typeof count === 'number') this.#tell('onDropped', { topic, count })
      receive(event)
    }
    const kept = new Kept('subscription', topic, this.#kept, {
      make: async (session, revoked) => {
        const subscription = await session.subscribe(topic, wire, handler, revoked)
        return { id: subscription.id, unmake: () => session.unsubscribe(subscription) }
      },
      ended,
    })
    return kept
  }

  /** The parts of a client that registering needs. */
  get #registering(): Registering {
    return {
      all: this.#kept,
      keep: kept => this.#keep(kept),
      revoked: (revoked, onRevoked) => this.#revoked(revoked, onRevoked),
      check: this.#checkRequest,
    }
  }

  async #keep(kept: Kept): Promise<void> {
    if (this.#isClosed) throw this.#noSession(kept.uri)
    this.#kept.add(kept, this.#opened)
    await kept.ready
  }

  /** Calls a handler of events, whose errors go to `onError`. */
  #guarded(topic: Uri, handler: EventHandler): EventHandler {
    const failed = (error: unknown): void => this.#noteError(error, { kind: 'topic', uri: topic })
    return event => {
      try {
        return heeded(handler(event), failed)
      } catch (error) {
        failed(error)
      }
    }
  }

  #revoked(revoked: KeptEnd['revoked'], onRevoked: ((reason: string | undefined) => void) | undefined): void {
    if (revoked !== undefined && onRevoked !== undefined) this.#callback('onRevoked', () => onRevoked(revoked.reason))
  }

  async #prepare(session: Session): Promise<void> {
    this.#opened = session
    await this.#kept.restore(session)
    if (!session.isOpen) throw new ConnectionClosed(1006, 'the session was lost before everything was restored')
    this.#session = session
    this.#joined = joinedSession(session, this.#options.realm)
    if (this.#options.heartbeat > 0) this.#heartbeat = new Heartbeat(session, this.#clock, this.#options.heartbeat)
    this.#waiting.joined(session)
    this.#tell('onJoin', this.#joined)
  }

  #forget(): void {
    this.#heartbeat?.stop()
    this.#kept.forget()
    this.#opened = undefined
    this.#session = undefined
    this.#joined = undefined
  }

  #leastDelay(failure: Failure): number | undefined {
    this.#failure = failure
    const { retryIf } = this.#options
    const loss = lossOf(failure)
    const isRetried = retryIf === undefined ? isWorthRetrying(failure) : this.#callback('retryIf', () => retryIf(loss)) === true
    if (!isRetried) return undefined
    const { cause } = failure
    return cause instanceof SessionClosed || cause instanceof JoinRefused ? cause.retryAfter : 0
  }

  #lost(retryIn: number | undefined): void {
    this.#tell('onLost', { ...lossOf(this.#failure), retryIn })
  }

  /** Settles everything that waits, when the client is closed or has given up. */
  #over(): void {
    const hasGivenUp = !this.#isClosed
    this.#isClosed = true
    this.#forget()
    const { error } = lossOf(this.#failure)
    const refusal = hasGivenUp && error instanceof Error ? error : new SessionClosed('the client was closed', false)
    this.#waiting.over()
    this.#kept.over(hasGivenUp ? { error: refusal } : undefined, refusal)
    this.#end.resolve()
  }

  #tell<Name extends 'onJoin' | 'onLost' | 'onRestoreFailed' | 'onDropped'>(
    name: Name,
    value: Parameters<NonNullable<ClientOptions[Name]>>[0],
  ): void {
    const callback = this.#options[name] as ((value: unknown) => unknown) | undefined
    if (callback !== undefined) this.#callback(name, () => callback(value))
  }

  #callback<Result>(name: string, call: () => Result): Result | undefined {
    return guarded(call, error => this.#noteError(error, { kind: 'callback', uri: name }))
  }

  #noteError(error: unknown, origin: ErrorOrigin): void {
    const { onError = printError } = this.#options
    guarded(
      () => onError(error, origin),
      second => printError(second, origin),
    )
  }
}

function joinedSession({ id, details }: Session, realm: Uri): JoinedSession {
  const { authid, authrole, authmethod } = details
  return { id, realm: details.realm ?? realm, authid, authrole, authmethod, details }
}

function lossOf(failure: Failure | undefined): Omit<Loss, 'retryIn'> {
  const error = failure?.cause
  const reason = error instanceof SessionClosed ? error.reason : error instanceof WampError ? error.uri : undefined
  return { reason, message: failure?.reason ?? '', error }
}

function printError(error: unknown, { kind, uri }: ErrorOrigin): void {
  const what = `error in the handler of the ${kind} ${uri}`
  guarded(
    () => console.error(`${what}:`, error),
    () => console.error(what),
  )
}

/** A page or a service may be without its router for long; see `reconnectingOptions` of the WebSocket package. */
const patience = { initialDelay: 1, growth: 2, maxDelay: 30, jitter: 0.5, maxRetries: Number.POSITIVE_INFINITY }
