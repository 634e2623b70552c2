import {
  type Call,
  ErrorUri,
  isReservedUri,
  isUri,
  isUriPattern,
  type MatchPolicy,
  type Message,
  MessageType,
  messageName,
  type Publish,
  type Register,
  type Subscribe,
  type Uri,
} from '@autobahn-ts/wamp/protocol'
import { asError, isPromise } from '@autobahn-ts/websocket/portable'
import { Subscriber } from '../broker/subscriber.ts'
import { Caller } from '../dealer/caller.ts'
import { NearCallee } from '../dealer/near-callee.ts'
import type { Party } from '../parties/party.ts'
import { hasPassthru, noDetails } from '../parties/passthru.ts'
import { refusal } from '../parties/refusal.ts'
import { patternFault } from '../patterns/pattern-limits.ts'
import { type Action, undecided, type Verdict } from './access.ts'
import type { MetaResult } from './meta-api.ts'
import { MetaFailure } from './meta-arguments.ts'
import { later } from './meta-call.ts'
import { RequestIds } from './request-ids.ts'
import type { Session } from './session.ts'
import type { SessionHome } from './session-home.ts'

/** The session of requests, as they change it. */
export interface RequestSource extends Party {
  readonly isOpen: boolean
  violated(message: string): void
  answerGoodbye(reason: Uri): void
  aborted(): void
  failed(error: unknown): void
  pause(): void
  resume(): void
}

/** The messages of one session, in their order: checks each, asks for its permission, and hands it to broker, dealer or meta API. */
export class SessionRequests {
  caller: Caller | undefined
  callee: NearCallee | undefined
  subscriber: Subscriber | undefined
  readonly #session: Session
  readonly #home: SessionHome
  readonly #ids: RequestIds
  /** The messages that came while a permission is awaited; `undefined` where none is. */
  #waiting: Message[] | undefined

  constructor(session: Session, home: SessionHome) {
    this.#session = session
    this.#home = home
    this.#ids = new RequestIds(home.limits.requestRules)
  }

  /** Whether a permission is awaited: messages are kept meanwhile. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** Whether a message is the last answer to a call that the session works on. */
  isLastAnswer(message: Message): boolean {
    if (message[0] === MessageType.YIELD) return message[2].progress !== true && this.callee?.worksOn(message[1]) === true
    return message[0] === MessageType.ERROR && this.callee?.worksOn(message[2]) === true
  }

  received(message: Message): void {
    if (this.#waiting === undefined) this.#handle(message)
    else this.#waiting.push(message)
  }

  #handle(message: Message): void {
    switch (message[0]) {
      case MessageType.CALL:
        return this.#call(message)
      case MessageType.YIELD:
        if (this.callee?.yielded(message) !== true) this.#violated(`YIELD for the INVOCATION ${message[1]}, which was never sent`)
        return
      case MessageType.PUBLISH:
        return this.#publish(message)
      case MessageType.ERROR:
        if (message[1] !== MessageType.INVOCATION || this.callee?.failed(message) !== true)
          this.#violated(`ERROR for a request ${message[2]} of the type ${message[1]}, which was never sent`)
        return
      case MessageType.CANCEL:
        if (this.caller !== undefined) this.#home.dealer.cancel(this.caller, message)
        return
      case MessageType.SUBSCRIBE:
        return this.#subscribe(message)
      case MessageType.REGISTER:
        return this.#register(message)
      case MessageType.UNSUBSCRIBE:
        if (this.#takes(message[1])) this.#home.broker.unsubscribe(this.#ownSubscriber(), message)
        return
      case MessageType.UNREGISTER:
        if (this.#takes(message[1])) this.#home.dealer.unregister(this.#ownCallee(), message)
        return
      case MessageType.GOODBYE:
        return this.#session.answerGoodbye(message[2])
      case MessageType.ABORT:
        return this.#session.aborted()
      default:
        this.#violated(`${messageName(message[0])} may not be sent by a client in a session`)
    }
  }

  #call(message: Call): void {
    const [, request, options, procedure] = message
    if (this.caller !== undefined && this.#continues(this.caller, message)) return
    if (this.#ids.wasTaken(request)) return this.#violated(`CALL ${request} continues no call in progress`)
    if (!this.#takes(request)) return
    if (this.#isStrict && options.receive_progress === true && !this.#session.features.takesProgress)
      return this.#violated('CALL with receive_progress, which HELLO has not announced')
    if (this.#isStrict && options.progress === true && !this.#session.features.sendsParts)
      return this.#violated('CALL with progress, which HELLO has not announced')
    if (this.#isStrict && hasPassthru(options) && !this.#session.features.callsPassthru)
      return this.#violated('CALL with payload passthru mode, which HELLO has not announced')
    if (!this.#isUri(procedure)) return this.#refuse(message, ErrorUri.invalidUri, 'the procedure is not a URI')
    if (options.disclose_me === true && !this.#home.limits.allowDiscloseMe) return this.#refuse(message, ErrorUri.discloseMeDisallowed)
    this.#ask('call', procedure, 'exact', message)
  }

  /** Takes a further part of a call. Returns whether the message was one. */
  #continues(caller: Caller, [, request, options, , payload]: Call): boolean {
    const call = caller.calls.get(request)
    if (call === undefined) return caller.isLatePart(request, options.progress !== true, this.#home.clock)
    if (call.isOpen) call.proceed(options, payload)
    else this.#violated(`CALL ${request} is in progress, and was not announced to have more parts`)
    return true
  }

  #publish(message: Publish): void {
    const [, request, options, topic] = message
    if (!this.#takes(request)) return
    if (this.#isStrict && hasPassthru(options) && !this.#session.features.publishesPassthru)
      return this.#violated('PUBLISH with payload passthru mode, which HELLO has not announced')
    if (!this.#isUri(topic)) return this.#refuse(message, ErrorUri.invalidUri, 'the topic is not a URI')
    if (isReservedUri(topic)) return this.#refuse(message, ErrorUri.invalidUri, reservedText)
    if (options.disclose_me === true && !this.#home.limits.allowDiscloseMe) return this.#refuse(message, ErrorUri.discloseMeDisallowed)
    this.#ask('publish', topic, 'exact', message)
  }

  #subscribe(message: Subscribe): void {
    const [, request, { match = 'exact' }, topic] = message
    if (!this.#takes(request)) return
    const fault = this.#patternFault(topic, match)
    if (fault !== undefined) return this.#refuse(message, ErrorUri.invalidUri, fault)
    this.#ask('subscribe', topic, match, message)
  }

  #register(message: Register): void {
    const [, request, { match = 'exact' }, procedure] = message
    if (!this.#takes(request)) return
    const fault = isReservedUri(procedure) ? reservedText : this.#patternFault(procedure, match)
    if (fault !== undefined) return this.#refuse(message, ErrorUri.invalidUri, fault)
    this.#ask('register', procedure, match, message)
  }

  #ask(action: Action, uri: Uri, match: MatchPolicy, message: Asking): void {
    let verdict: Verdict | Promise<Verdict>
    try {
      verdict = this.#home.access.mayDo(this.#session, action, uri, match)
    } catch (error) {
      this.#home.onError(asError(error))
      verdict = undecided
    }
    if (isPromise(verdict)) this.#awaitVerdict(verdict, message)
    else this.#decided(message, verdict)
  }

  #awaitVerdict(verdict: Promise<Verdict>, message: Asking): void {
    this.#hold(
      verdict.catch(error => {
        this.#home.onError(asError(error))
        return undecided
      }),
      given => this.#decided(message, given),
    )
  }

  /** Keeps all later messages until a promise has settled, so that their order stays. `then` is left out where the session ends meanwhile. */
  #hold<Value>(promise: Promise<Value>, then: (value: Value) => void): void {
    this.#waiting = []
    this.#session.pause()
    promise
      .then(value => {
        const waiting = this.#waiting ?? []
        this.#waiting = undefined
        this.#session.resume()
        if (this.#session.isOpen) then(value)
        this.#goOn(waiting)
      })
      .catch(error => this.#session.failed(error))
  }

  /** Handles the messages that have waited, until one of them has to wait itself. */
  #goOn(messages: readonly Message[]): void {
    for (const [n, message] of messages.entries()) {
      if (!this.#session.isOpen) return
      if (this.#waiting !== undefined) return void this.#waiting.push(...messages.slice(n))
      this.#handle(message)
    }
  }

  #decided(message: Asking, verdict: Verdict): void {
    if (!verdict.allow) return this.#denied(message, verdict)
    switch (message[0]) {
      case MessageType.CALL:
        return this.#callAllowed(message, verdict)
      case MessageType.PUBLISH: {
        const [, request, options, topic, payload] = message
        const isDisclosed = verdict.disclose || options.disclose_me === true
        const publication = this.#home.broker.publish(this.#session, topic, options, payload, isDisclosed)
        if (options.acknowledge === true) this.#session.send([MessageType.PUBLISHED, request, publication])
        return
      }
      case MessageType.SUBSCRIBE:
        return this.#home.broker.subscribe(this.#ownSubscriber(), message)
      case MessageType.REGISTER:
        this.#home.makeWay(this.#session, message)
        return this.#home.dealer.register(this.#ownCallee(), message, verdict.force === true)
    }
  }

  #callAllowed(message: Call, { disclose }: Verdict): void {
    const [, , options, procedure] = message
    if (this.#home.meta.has(procedure)) return this.#callMeta(message)
    this.#home.dealer.call(this.#ownCaller(), message, disclose || options.disclose_me === true)
  }

  #callMeta(message: Call): void {
    const [, request, options, procedure, payload] = message
    if (options.progress === true)
      return this.#refuse(message, ErrorUri.featureNotSupported, 'procedures of the router take no progressive calls')
    try {
      const result = this.#home.meta.call(this.#session, procedure, payload, {
        request,
        takesProgress: options.receive_progress === true,
        caller: () => this.#ownCaller(),
      })
      if (!isPromise(result)) return this.#answer(request, result)
      this.#hold(
        result.then(
          value => () => this.#answer(request, value),
          error => () => this.#metaFailed(message, error),
        ),
        settle => settle(),
      )
    } catch (error) {
      this.#metaFailed(message, error)
    }
  }

  #answer(request: number, payload: MetaResult): void {
    if (payload === later) return
    this.#session.send([MessageType.RESULT, request, noDetails, payload])
  }

  #metaFailed(message: Call, error: unknown): void {
    if (!(error instanceof MetaFailure)) throw error
    this.#refuse(message, error.uri, error.message)
  }

  #denied(message: Asking, { hasFailed }: Verdict): void {
    if (hasFailed === true) this.#refuse(message, ErrorUri.authorizationFailed, 'the router could not check the permission')
    else this.#refuse(message, ErrorUri.notAuthorized, `the session may not ${verbs[message[0]]} ${message[3]}`)
  }

  /** Answers a request by ERROR. A PUBLISH that does not ask for an answer gets none. */
  #refuse(message: Asking, error: Uri, text?: string): void {
    const [type, request, options] = message
    if (type === MessageType.PUBLISH && options.acknowledge !== true) return
    if (type === MessageType.CALL && options.progress === true) {
      this.#ownCaller().rememberUnfinished(request, this.#home.clock.now())
    }
    this.#session.send(refusal(type, request, error, text))
  }

  /** Takes the id of a new request. Returns false where it breaks the rules, and the session has ended. */
  #takes(request: number): boolean {
    if (this.#ids.take(request)) return true
    this.#violated(`the request id ${request} does not follow the one before it`)
    return false
  }

  #isUri(uri: Uri): boolean {
    const { uriRules, maxUriLength } = this.#home.limits
    return uri.length <= maxUriLength && isUri(uri, uriRules)
  }

  #patternFault(uri: Uri, match: MatchPolicy): string | undefined {
    const { limits } = this.#home
    const fault = patternFault(uri, match, limits)
    if (fault !== undefined) return fault
    return isUriPattern(uri, match, limits.uriRules) ? undefined : 'it is not a URI, or not a pattern of this kind'
  }

  #ownCaller(): Caller {
    this.caller ??= new Caller(this.#session)
    return this.caller
  }

  #ownSubscriber(): Subscriber {
    this.subscriber ??= new Subscriber(this.#session)
    return this.subscriber
  }

  #ownCallee(): NearCallee {
    this.callee ??= new NearCallee(this.#session)
    return this.callee
  }

  get #isStrict(): boolean {
    return this.#home.limits.requestRules === 'strict'
  }

  #violated(message: string): void {
    this.#session.violated(message)
  }
}

/** The messages that need a permission. */
type Asking = Call | Publish | Subscribe | Register

/** The actions that requests ask for, in words. */
const verbs: Readonly<Record<Asking[0], string>> = {
  [MessageType.CALL]: 'call',
  [MessageType.PUBLISH]: 'publish to',
  [MessageType.SUBSCRIBE]: 'subscribe to',
  [MessageType.REGISTER]: 'register',
}

const reservedText = 'names that begin with "wamp." belong to the router'
