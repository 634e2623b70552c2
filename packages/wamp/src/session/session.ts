import { type Clock, guarded, Settlement, shownValue, type Timer, whenAborted } from '@autobahn-ts/websocket/portable'
import type { AuthMethod } from '../auth/auth-method.ts'
import type {
  Abort,
  ClientMessage,
  Goodbye,
  Id,
  Message,
  Publish,
  PublishOptions,
  RegisterOptions,
  SubscribeOptions,
  Unregistered,
  Unsubscribed,
  Uri,
  Welcome,
  WelcomeDetails,
} from '../messages/message.ts'
import {
  ABORT,
  CHALLENGE,
  ERROR,
  EVENT,
  GOODBYE,
  HELLO,
  INTERRUPT,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTERED,
  RESULT,
  SUBSCRIBED,
  UNREGISTERED,
  UNSUBSCRIBED,
  WELCOME,
} from '../messages/message-codes.ts'
import type { Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { routerMessages } from '../messages/router-messages.ts'
import type { MessageTransport, TransportEnd, TransportListener } from '../transports/message-transport.ts'
import type { AuthDetails, Authentication } from './authentication.ts'
import type { Callee, CalleeSettings, ProcedureHandler, ProcedureRegistration } from './callee.ts'
import { type CallRequest, Calls } from './calls.ts'
import { clientRoles } from './client-roles.ts'
import { JoinRefused } from './join-refused.ts'
import type { Late } from './late.ts'
import type { FilteredSession, MessageFilter, SessionFilter } from './message-filter.ts'
import { refuseUnknown } from './refuse.ts'
import { Requests, type Revoked } from './requests.ts'
import { retryAfterOf } from './retry-after.ts'
import { RouterFeatures } from './router-features.ts'
import type { sendChunks } from './send-chunks.ts'
import { SessionClosed, type SessionEnd } from './session-closed.ts'
import type { ErrorOrigin, SessionLink } from './session-link.ts'
import type { SessionState } from './session-state.ts'
import { type EventHandler, Subscriptions, type TopicSubscription } from './subscriptions.ts'

/** Everything that a session is opened with. Times are in milliseconds; 0 means without a limit. */
export interface SessionSettings extends CalleeSettings {
  readonly realm: Uri
  /** Methods to authenticate with, the preferred one first. Empty: anonymous, without a word of it in HELLO. */
  readonly auth: readonly AuthMethod[]
  /** Returns the class that authenticates; called where there is a method. */
  readonly authentication: () => Promise<typeof Authentication>
  readonly agent: string
  /** Time from HELLO to WELCOME. */
  readonly joinTimeout: number
  /** Time that the router has to answer GOODBYE. */
  readonly leaveTimeout: number
  /** Time that the router has to answer REGISTER, SUBSCRIBE, their opposites, and an acknowledged PUBLISH. */
  readonly requestTimeout: number
  /** Calls in progress. */
  readonly maxCalls: number
  /** Opens and seals payloads. */
  readonly passthru?: MessageFilter | undefined
  readonly clock: Clock
  /** Is loaded before the first call of `register`, and before the first call with chunks. */
  readonly late: Pick<Late<{ readonly Callee: typeof Callee; readonly sendChunks: typeof sendChunks }>, 'loaded'>
  readonly onError: (error: unknown, origin: ErrorOrigin) => void
}

/**
 * One session of WAMP on the side of the client, over one transport: the state machine of the specification, requests and their answers, calls and
 * invocations, subscriptions.
 *
 * Whatever the router sends, nothing is thrown at the transport: a message that may not come ends the session with ABORT (decision 129). Whatever happens, every
 * promise settles: at the latest when the session ends.
 */
export class Session implements SessionLink, TransportListener {
  readonly #transport: MessageTransport
  readonly #settings: SessionSettings
  readonly #requests: Requests
  readonly #calls: Calls
  /** Made with the first registration. */
  #callee: Callee | undefined
  readonly #subscriptions: Subscriptions
  readonly #closed = new Settlement<SessionEnd>()
  /** Settles with the opening: resolves when the session is open, and rejects with the first reason why it is not. */
  readonly #opening = new Settlement<void>()
  #authentication: Authentication | undefined
  #state: SessionState = 'opening'
  #lastId: Id = 0
  #id: Id = 0
  #details: WelcomeDetails = noRoles
  #router = new RouterFeatures(noRoles)
  #timer: Timer | undefined
  #untilWritable: Settlement<void> | undefined
  #hasHeard = false
  #filter: SessionFilter | undefined
  readonly #filtered: FilteredSession = {
    send: message => this.#transport.send(message),
    noteError: error => this.#settings.onError(error, { kind: 'callback', uri: 'passthru' }),
  }
  /** Set where it is `leaving` or `closed`. */
  #end: SessionEnd | undefined

  /**
   * Opens a session. Rejects with `JoinRefused` where the router refuses, with `SessionClosed` where the transport is lost or nothing is answered in
   * time, and with what an authentication method throws. The transport is closed then. `signal` gives the opening up when it is aborted, and is not
   * looked at later.
   */
  static async open(transport: MessageTransport, settings: SessionSettings, signal?: AbortSignal): Promise<Session> {
    const session = new Session(transport, settings)
    await session.#open(signal)
    return session
  }

  private constructor(transport: MessageTransport, settings: SessionSettings) {
    this.#transport = transport
    this.#settings = settings
    this.#requests = new Requests(this, settings.requestTimeout)
    this.#calls = new Calls(this, this.#requests, settings.maxCalls, settings.late)
    this.#subscriptions = new Subscriptions(this, this.#requests)
  }

  get id(): Id {
    return this.#id
  }

  get state(): SessionState {
    return this.#state
  }

  get isOpen(): boolean {
    return this.#state === 'joined'
  }

  /** The details of WELCOME: `authid`, `authrole`, `authmethod`, and more. */
  get details(): WelcomeDetails {
    return this.#details
  }

  get router(): RouterFeatures {
    return this.#router
  }

  get transport(): MessageTransport {
    return this.#transport
  }

  /** Resolves with the end of the session, when its transport is closed; never rejects. */
  get closed(): Promise<SessionEnd> {
    return this.#closed.promise
  }

  /** Requests and calls that wait for an answer of the router, and invocations that wait for one of ours. */
  get inProgress(): number {
    return this.#requests.size + (this.#callee?.size ?? 0)
  }

  /** Whether a message has come since this was asked last. */
  takeHeard(): boolean {
    const hasHeard = this.#hasHeard
    this.#hasHeard = false
    return hasHeard
  }

  /**
   * Calls a procedure. Resolves with the single value of its result; with `isWhole`, with a `CallResult`. Rejects with `WampError`, the reason of the
   * signal, `SessionClosed`, or what the transport throws at a payload.
   */
  call(procedure: Uri, payload: Payload | undefined, request: CallRequest = noRequest, isWhole = false): Promise<unknown> {
    return this.#calls.call(procedure, payload, request, isWhole)
  }

  /** Registers a procedure. `revoked` is called where the router takes it back. */
  register(uri: Uri, options: RegisterOptions, handler: ProcedureHandler, revoked?: Revoked): Promise<ProcedureRegistration> {
    const Callee = this.#settings.late.loaded!.Callee
    this.#callee ??= new Callee(this, this.#requests, this.#settings)
    return this.#callee.register(uri, options, handler, revoked)
  }

  /** Takes a registration back. Does nothing where the session has ended, or the registration has. */
  unregister(registration: ProcedureRegistration): Promise<void> {
    return this.#callee!.unregister(registration)
  }

  /**
   * Subscribes to a topic. What the handler returns or throws is the affair of the caller: it must not throw. `revoked` is called where the
   * router ends it.
   */
  subscribe(topic: Uri, options: SubscribeOptions, handler: EventHandler, revoked?: Revoked): Promise<TopicSubscription> {
    return this.#subscriptions.subscribe(topic, options, handler, revoked)
  }

  /** Stops the handler at once; resolves when the router has confirmed it. Does nothing where the session has ended, or the subscription has. */
  unsubscribe(subscription: TopicSubscription): Promise<void> {
    return this.#subscriptions.unsubscribe(subscription)
  }

  /** Publishes an event. Returns false where the session is not open. Throws as the transport does. */
  publish(topic: Uri, payload: Payload | undefined, options: PublishOptions): boolean {
    if (!this.isOpen) return false
    const id = this.nextId()
    this.request([PUBLISH, id, options, topic, payload], id)
    return true
  }

  /** Publishes an event and resolves with the id of the publication, when the router has acknowledged it. */
  publishAcknowledged(topic: Uri, payload: Payload | undefined, options: PublishOptions): Promise<Id> {
    const publish: Publish = [PUBLISH, this.nextId(), { ...options, acknowledge: true }, topic, payload]
    return this.#requests.ask(`PUBLISH ${topic}`, publish, id => id)
  }

  /** Returns a promise where the transport takes no more for now; it resolves when the transport does, and when the session ends. */
  untilWritable(): Promise<void> | undefined {
    if (this.#transport.isWritable || !this.isOpen) return undefined
    this.#untilWritable ??= new Settlement<void>()
    return this.#untilWritable.promise
  }

  /** Says GOODBYE and closes. Requests and calls in progress reject at once. Resolves with the end, also where the router does not answer. */
  leave(reason: Uri = 'wamp.close.close_realm', message?: string): Promise<SessionEnd> {
    if (this.#state === 'joined') {
      const end: SessionEnd = { reason, message: message ?? left, wasClean: true }
      this.#end = end
      this.#state = 'leaving'
      this.#deadline(this.#settings.leaveTimeout, () => {
        this.#end = { ...end, wasClean: false }
        this.#close()
      })
      this.#say([GOODBYE, message === undefined ? {} : { message }, reason])
      this.#settleAll(end)
    } else if (this.#end === undefined) {
      this.#abort('wamp.close.close_realm', message ?? left)
    }
    return this.closed
  }

  /** Drops the transport at once. */
  drop(reason: string): void {
    this.#transport.abort(reason)
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    const { joinTimeout } = this.#settings
    this.#transport.open(this)
    this.#deadline(joinTimeout, () => this.#abort('wamp.error.timeout', `the router did not open the session within ${joinTimeout} ms`))
    const offAbort = signal === undefined ? undefined : whenAborted(signal, () => void this.leave())
    if (signal?.aborted === true) void this.leave()
    // not awaited: a method that never answers must not outlast the deadline, or the transport
    void this.#hello()
    try {
      await this.#opening.promise
    } finally {
      offAbort?.()
    }
  }

  async #hello(): Promise<void> {
    const { realm, agent, auth } = this.#settings
    try {
      const details = { roles: clientRoles, agent, ...(auth.length > 0 && (await this.#authenticate())) }
      if (this.#state === 'opening') {
        this.#state = 'joining'
        this.#transport.send([HELLO, realm, details])
      }
    } catch (error) {
      this.#joinFailed(error)
    }
  }

  async #authenticate(): Promise<AuthDetails> {
    const { auth, authentication } = this.#settings
    this.#authentication = new (await authentication())()
    return this.#authentication.begin(auth, this.#transport.details)
  }

  onMessage(message: Message): void {
    this.#hasHeard = true
    try {
      if (this.#state === 'joined') this.#received(this.#filter === undefined ? message : this.#filter.received(message, this.#filtered))
      else this.#receivedElsewhere(message)
    } catch (error) {
      // nothing that a router sends may reach the event loop as an error
      this.onViolation(error)
    }
  }

  #received(message: Message | undefined): void {
    if (message === undefined) return
    switch (message[0]) {
      case EVENT:
        return this.#subscriptions.received(message)
      case RESULT:
        return this.#calls.received(message[1], message[2], message[3])
      case INVOCATION:
        return this.#callee === undefined ? refuseUnknown(this, message[1], message[2]) : this.#callee.invoked(message)
      case ERROR:
        return this.#requests.failed(message[1], message[2], message[4], message[5])
      case INTERRUPT:
        return this.#callee?.interrupted(message)
      case UNSUBSCRIBED:
      case UNREGISTERED:
        if (message[1] === 0) return this.#revoked(message)
        return this.#requests.answered(message[0] - 1, message[1], undefined)
      case PUBLISHED:
      case SUBSCRIBED:
      case REGISTERED:
        // the code of each of these answers follows that of its request
        return this.#requests.answered(message[0] - 1, message[1], message[2])
      case GOODBYE:
        return this.#goodbye(message)
      case ABORT:
        return this.#aborted(message)
      default:
        throw unexpected(message, 'in an open session')
    }
  }

  #revoked(message: Unsubscribed | Unregistered): void {
    if (message[0] === UNSUBSCRIBED) this.#subscriptions.revoked(message[2] ?? {})
    else this.#callee?.revoked(message[2] ?? {})
  }

  /** Takes a message in the states in which no session is open. */
  #receivedElsewhere(message: Message): void {
    const type = message[0]
    if (this.#end !== undefined) {
      if (this.#state === 'leaving' && (type === GOODBYE || type === ABORT)) this.#close()
      return
    }
    const isAwaited = this.#state === 'joining' || this.#state === 'challenged'
    if (type === ABORT) this.#aborted(message as Abort)
    else if (type === WELCOME && isAwaited) this.#welcome(message as Welcome)
    else if (type === CHALLENGE && isAwaited) void this.#challenge(message[1] as string, message[2] as Readonly<Record<string, unknown>>)
    else throw unexpected(message, 'before the session is open')
  }

  async #challenge(method: string, extra: Readonly<Record<string, unknown>>): Promise<void> {
    this.#state = 'answering'
    try {
      const authenticate = await this.#authentication?.answer(method, extra)
      if (this.#state !== 'answering') return
      if (authenticate === undefined)
        throw new ProtocolViolation(`CHALLENGE for the method ${shownValue(method.slice(0, 100))}, which was not offered`)
      this.#state = 'challenged'
      this.#transport.send(authenticate)
    } catch (error) {
      this.#joinFailed(error)
    }
  }

  /** Opens the session at once where nothing is to be verified, so that it is open before the next message is read. */
  #welcome([, id, details]: Welcome): void {
    this.#state = 'verifying'
    const verification = this.#authentication?.verify(details)
    if (verification === undefined) this.#joined(id, details)
    else verification.then(() => this.#joined(id, details)).catch(error => this.#joinFailed(error))
  }

  #joined(id: Id, details: WelcomeDetails): void {
    if (this.#state !== 'verifying') return
    this.#timer?.cancel()
    this.#id = id
    this.#details = details
    this.#router = new RouterFeatures(details)
    this.#filter = this.#settings.passthru?.begin(this.#router)
    this.#state = 'joined'
    this.#opening.resolve()
  }

  /** Ends a session that this side could not open: a secret is missing, the router's proof is wrong. */
  #joinFailed(error: unknown): void {
    if (this.#end !== undefined) return
    this.#opening.reject(error as Error)
    if (error instanceof ProtocolViolation) this.onViolation(error)
    else this.#abort('wamp.error.cannot_authenticate', 'this side could not authenticate')
  }

  #goodbye([, details, reason]: Goodbye): void {
    const message = sentenceOf('the router has closed the session', reason, details.message)
    const retryAfter = retryAfterOf(details)
    const end = { reason, message, wasClean: true, ...(retryAfter > 0 && { retryAfter }) }
    this.#finish(end, [GOODBYE, {}, 'wamp.close.goodbye_and_out'])
  }

  #aborted([, details, reason, payload]: Abort): void {
    this.#opening.reject(new JoinRefused(reason, details, payload))
    this.#finish({ reason, message: sentenceOf('the router has aborted the session', reason, details.message), wasClean: false })
  }

  onViolation(error: unknown): void {
    if (this.#end !== undefined) return this.#close()
    const message = error instanceof ProtocolViolation ? error.message : 'a message could not be taken'
    if (!(error instanceof ProtocolViolation)) this.#settings.onError(error, { kind: 'callback', uri: 'session' })
    this.#abort('wamp.error.protocol_violation', message)
  }

  /** Sends ABORT, and ends. */
  #abort(reason: Uri, message: string): void {
    const end = { reason, message: sentenceOf('this side has aborted the session', reason, message), wasClean: false }
    // nothing comes before HELLO
    this.#finish(end, this.#state === 'opening' ? undefined : [ABORT, { message }, reason])
  }

  /** Decides the end of the session: nothing is taken any more, everything that waits rejects, and the transport closes. */
  #finish(end: SessionEnd, farewell?: Goodbye | Abort): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#state = 'closed'
    if (farewell !== undefined) this.#say(farewell)
    this.#settleAll(end)
    this.#close()
  }

  /** Sends the last message of the session. Where it cannot be sent, as where its words are too long for the peer, it goes without words. */
  #say(farewell: Goodbye | Abort): void {
    // the reason of GOODBYE is the application's, and may be too long itself
    const bare: Goodbye | Abort = farewell[0] === GOODBYE ? [GOODBYE, {}, 'wamp.close.close_realm'] : [ABORT, {}, farewell[2]]
    guarded(
      () => this.#transport.send(farewell),
      () =>
        guarded(
          () => this.#transport.send(bare),
          () => undefined,
        ),
    )
  }

  #close(): void {
    this.#timer?.cancel()
    this.#state = 'closed'
    this.#transport.close()
  }

  onClosed({ wasClean, reason }: TransportEnd): void {
    this.#finish({ reason: undefined, message: reason === '' ? 'the transport was lost' : reason, wasClean: false })
    this.#close()
    const end = this.#end!
    this.#closed.resolve({ ...end, wasClean: wasClean && end.wasClean })
  }

  #settleAll(end: SessionEnd): void {
    this.#opening.reject(new SessionClosed(`the session was not opened: ${end.message}`, false, end.reason))
    this.#requests.ended(end)
    this.#callee?.ended(end)
    this.#subscriptions.ended()
    this.onWritable()
  }

  #deadline(milliseconds: number, late: () => void): void {
    this.#timer?.cancel()
    this.#timer = milliseconds > 0 ? this.#settings.clock.schedule(late, milliseconds) : undefined
  }

  onWritable(): void {
    const waiting = this.#untilWritable
    this.#untilWritable = undefined
    waiting?.resolve()
  }

  // ---- for the parts of the session

  get clock(): Clock {
    return this.#settings.clock
  }

  checkOpen(what: string): void {
    if (this.isOpen) return
    const { message, reason } = this.#end ?? { message: 'the session is not open', reason: undefined }
    throw new SessionClosed(`${what} was not sent: ${message}`, false, reason)
  }

  nextId(): Id {
    this.#lastId = this.#lastId >= highestId ? 1 : this.#lastId + 1
    return this.#lastId
  }

  request(message: ClientMessage, id: Id): void {
    try {
      this.send(message)
    } catch (error) {
      if (this.#lastId === id) this.#lastId--
      throw error
    }
  }

  send(message: ClientMessage): void {
    if (this.isOpen) this.#transport.send(this.#filter?.sending(message) ?? message)
  }

  noteError(error: unknown, origin: ErrorOrigin): void {
    this.#settings.onError(error, origin)
  }
}

function unexpected(message: Message, when: string): ProtocolViolation {
  const rule = routerMessages().find(({ code }) => code === message[0])
  return new ProtocolViolation(`${rule?.name ?? `the message ${message[0]} of a client`} ${when}`)
}

function sentenceOf(what: string, reason: Uri, message = ''): string {
  return message === '' ? `${what} (${reason})` : `${what}: ${message} (${reason})`
}

const noRoles: WelcomeDetails = { roles: {} }
const left = 'this side has left'
const noRequest: CallRequest = {}
/** WAMP §2.1.2: ids of requests go from 1 to 2^53. */
const highestId = 2 ** 53
