import { type Dict, type MatchPolicy, type Message, MessageType, matchesUri } from '@autobahn-ts/wamp/protocol'
import { payload } from '../fixtures/test-realm.ts'

// The model of a realm: arrays, linear scans, and one function for each input. It shares no code with the realm but the names of messages.

const { ABORT, CALL, ERROR, EVENT, GOODBYE, INTERRUPT, INVOCATION, REGISTER, REGISTERED, RESULT, SUBSCRIBED } = MessageType
const { UNREGISTER, UNREGISTERED, UNSUBSCRIBE, UNSUBSCRIBED, PUBLISHED } = MessageType

/** Messages that may wait before events are dropped, and the reserve for answers. */
export const bounds = { outboxMessages: 40, outboxReserveMessages: 40, maxPendingCalls: 30 }

export interface Session {
  id: number
  authid: string
  isPlain: boolean
  isStalled: boolean
  /** A message in the transport, and those that wait for it. */
  moving: Message | undefined
  waiting: Message[]
  dropped: number
  inbox: Message[]
  testaments: string[]
  lastInvocation: number
  unfinished: number[]
}
interface Subscription {
  id: number
  match: MatchPolicy
  uri: string
  sessions: Session[]
}
interface Callee {
  session: Session
  concurrency: number
}
interface Registration {
  id: number
  match: MatchPolicy
  uri: string
  invoke: string
  callees: Callee[]
  next: number
}
interface Call {
  caller: Session
  request: number
  registration: Registration
  options: Dict
  tag: string
  uri: string
  callee: Callee | undefined
  invocation: number
  refused: Session[]
  hasBegun: boolean
  isOpen: boolean
  isKilled: boolean
  deadline: number
}

interface Timer {
  call: Call
  at: number
}

export class RealmModel {
  sessions: Session[] = []
  subscriptions: Subscription[] = []
  registrations: Registration[] = []
  calls: Call[] = []
  timers: Timer[] = []
  retained: { topic: string; id: number; tag: string; by: Session; options: Dict }[] = []
  now = 0
  #ending: Session[] = []
  #ids = 0

  /** Everything that waits arrives, at the end of each step; then those leave whose outbox was too full. */
  settle(): void {
    for (let session = this.#ending.shift(); session !== undefined; session = this.#ending.shift()) {
      // the transport of a client that reads has delivered its message by then
      if (session.moving !== undefined && !session.isStalled) session.inbox.push(session.moving)
      this.#leave(session)
    }
    for (const session of this.sessions) if (!session.isStalled) this.#arrive(session)
  }

  join(id: number, authid: string, isPlain: boolean): Session {
    const session: Session = {
      id,
      authid,
      isPlain,
      isStalled: false,
      moving: undefined,
      waiting: [],
      dropped: 0,
      inbox: [],
      testaments: [],
      lastInvocation: 0,
      unfinished: [],
    }
    this.sessions.push(session)
    return session
  }

  goodbye(session: Session): void {
    this.#send(session, [GOODBYE, {}, 'wamp.close.goodbye_and_out'])
    this.#arrive(session)
    this.#leave(session)
  }

  drop(session: Session): void {
    this.#leave(session)
  }

  subscribe(session: Session, request: number, match: MatchPolicy, uri: string, wantsRetained: boolean): void {
    const existing = this.subscriptions.find(each => each.match === match && each.uri === uri)
    const found = existing ?? { id: ++this.#ids, match, uri, sessions: [] }
    if (existing === undefined) this.subscriptions.push(found)
    if (!found.sessions.includes(session)) found.sessions.push(session)
    this.#send(session, [SUBSCRIBED, request, found.id])
    if (!wantsRetained) return
    for (const { topic, id, tag, by, options } of this.retained)
      if (matches(match, uri, topic) && isAudience(session, by, options))
        this.#event(session, [EVENT, found.id, id, { ...(match === 'exact' ? {} : { topic }), retained: true }, payload(tag)])
  }

  unsubscribe(session: Session, request: number, id: number): void {
    const found = this.subscriptions.find(each => each.id === id && each.sessions.includes(session))
    if (found === undefined) return this.#send(session, [ERROR, UNSUBSCRIBE, request, {}, 'wamp.error.no_such_subscription', undefined])
    this.#detachSubscriber(found, session)
    this.#send(session, [UNSUBSCRIBED, request])
  }

  publish(session: Session, request: number, topic: string, options: Dict, tag: string): void {
    const id = this.#publish(session, topic, options, tag)
    if (options.acknowledge === true) this.#send(session, [PUBLISHED, request, id])
  }

  register(session: Session, request: number, match: MatchPolicy, uri: string, options: Dict): void {
    const invoke = (options.invoke as string | undefined) ?? 'single'
    let found = this.registrations.find(each => each.match === match && each.uri === uri)
    if (found !== undefined && options.force_reregister === true) {
      for (const { session: other } of [...found.callees]) {
        this.#detachCallee(found, other)
        if (!other.isPlain) this.#send(other, [UNREGISTERED, 0, { registration: found.id, reason: 'another session has taken it over' }])
      }
      found = undefined
    }
    const fault = this.#registerFault(found, session, invoke)
    if (fault !== undefined) return this.#send(session, [ERROR, REGISTER, request, {}, fault, undefined])
    if (found === undefined) {
      found = { id: ++this.#ids, match, uri, invoke, callees: [], next: 0 }
      this.registrations.push(found)
    }
    found.callees.push({ session, concurrency: (options.concurrency as number | undefined) ?? Number.POSITIVE_INFINITY })
    this.#send(session, [REGISTERED, request, found.id])
  }

  unregister(session: Session, request: number, id: number): void {
    const found = this.registrations.find(each => each.id === id && each.callees.some(callee => callee.session === session))
    if (found === undefined) return this.#send(session, [ERROR, UNREGISTER, request, {}, 'wamp.error.no_such_registration', undefined])
    this.#detachCallee(found, session)
    this.#send(session, [UNREGISTERED, request])
  }

  /** `chosen` is the session that got the INVOCATION of the real realm, for the policy `random`. */
  call(caller: Session, request: number, uri: string, options: Dict, tag: string, chosen: number | undefined): void {
    if (caller.unfinished.includes(request)) {
      if (options.progress !== true) caller.unfinished = caller.unfinished.filter(each => each !== request)
      return
    }
    const registration = this.#best(uri)
    if (registration === undefined) return this.#send(caller, [ERROR, CALL, request, {}, 'wamp.error.no_such_procedure', undefined])
    if (this.calls.filter(call => call.caller === caller).length >= bounds.maxPendingCalls)
      return this.#send(caller, [ERROR, CALL, request, {}, 'wamp.error.unavailable', undefined])
    const call: Call = {
      caller,
      request,
      registration,
      options,
      tag,
      uri,
      callee: undefined,
      invocation: 0,
      refused: [],
      hasBegun: false,
      isOpen: options.progress === true,
      isKilled: false,
      deadline: 0,
    }
    this.calls.push(call)
    const { callees, invoke } = registration
    const next = registration.next
    if (invoke === 'roundrobin') registration.next = (next + 1) % callees.length
    this.#ask(call, ordered(callees, invoke, next, chosen))
  }

  /** A further CALL with the request of one in progress. */
  part(caller: Session, request: number, options: Dict, tag: string): void {
    const call = this.calls.find(each => each.caller === caller && each.request === request)!
    if (!call.isOpen) return this.#violated(caller)
    call.isOpen = options.progress === true
    call.hasBegun = true
    const outcome = this.#offer(call.callee!.session, [INVOCATION, call.invocation, call.registration.id, details(call), payload(tag)])
    if (outcome) return
    this.#interrupt(call, { mode: 'killnowait' })
    this.#fail(call, 'wamp.error.unavailable')
  }

  cancel(caller: Session, request: number, mode = 'killnowait'): void {
    const call = this.calls.find(each => each.caller === caller && each.request === request)
    if (call === undefined) return
    const { session } = call.callee!
    if (mode === 'kill' && !session.isPlain) {
      if (!call.isKilled) this.#interrupt(call, { mode: 'kill' })
      call.isKilled = true
      return
    }
    if (mode !== 'skip') this.#interrupt(call, { mode: 'killnowait' })
    this.#fail(call, 'wamp.error.canceled')
  }

  yields(session: Session, invocation: number, isProgress: boolean, tag: string): void {
    const call = this.calls.find(each => each.callee?.session === session && each.invocation === invocation)
    if (call === undefined) return invocation > session.lastInvocation ? this.#violated(session) : undefined
    if (!isProgress) {
      this.#end(call)
      return this.#send(call.caller, [RESULT, call.request, {}, payload(tag)])
    }
    if (call.options.receive_progress !== true) return
    call.hasBegun = true
    if (call.deadline > 0) {
      call.deadline = this.now + (call.options.timeout as number)
      this.timers = [...this.timers.filter(timer => timer.call !== call), { call, at: call.deadline }]
    }
    if (this.#offer(call.caller, [RESULT, call.request, { progress: true }, payload(tag)])) return
    this.#interrupt(call, { mode: 'killnowait' })
    this.#fail(call, 'wamp.error.canceled')
  }

  /** The callee answers with an error. */
  errs(session: Session, invocation: number, error: string, chosen: number | undefined): void {
    const call = this.calls.find(each => each.callee?.session === session && each.invocation === invocation)
    if (call === undefined) return invocation > session.lastInvocation ? this.#violated(session) : undefined
    const { registration } = call
    if (error !== 'wamp.error.unavailable' || call.hasBegun || call.isKilled || registration.invoke === 'single')
      return this.#fail(call, error)
    const at = registration.callees.indexOf(call.callee!)
    call.refused.push(session)
    call.callee = undefined
    const { callees, invoke, next } = registration
    const all = ordered(
      callees,
      invoke,
      at >= 0 && invoke !== 'random' ? at : invoke === 'last' ? callees.length - 1 : invoke === 'first' ? 0 : next,
      chosen,
      at >= 0,
    )
    this.#ask(call, all)
  }

  tick(milliseconds: number): void {
    const until = this.now + milliseconds
    for (;;) {
      const at = Math.min(...this.timers.map(timer => timer.at))
      if (at > until) break
      this.now = at
      // all that is due at one time ends before those leave whose outbox is too full by it
      for (const timer of this.timers.filter(each => each.at === at)) this.#timeIsUp(timer)
      this.settle()
    }
    this.now = until
  }

  #timeIsUp(timer: Timer): void {
    this.timers = this.timers.filter(each => each !== timer)
    const { call } = timer
    if (!this.calls.includes(call)) return
    this.#interrupt(call, { mode: 'killnowait', reason: 'wamp.error.timeout' })
    this.#fail(call, 'wamp.error.timeout')
  }

  #publish(session: Session, topic: string, options: Dict, tag: string): number {
    const id = ++this.#ids
    const found = this.subscriptions.filter(({ match, uri }) => matches(match, uri, topic))
    for (const { id: subscription, match, sessions } of found.sort((a, b) => rank(a) - rank(b)))
      for (const receiver of sessions)
        if (isAudience(receiver, session, options))
          this.#event(receiver, [
            EVENT,
            subscription,
            id,
            { ...(match === 'exact' ? {} : { topic }), ...publisher(session, options) },
            payload(tag),
          ])
    if (options.retain === true) {
      this.retained = this.retained.filter(each => each.topic !== topic)
      this.retained.push({ topic, id, tag, by: session, options })
    }
    return id
  }

  #best(uri: string): Registration | undefined {
    const found = this.registrations.filter(each => matches(each.match, each.uri, uri))
    const prefixes = found.filter(({ match }) => match === 'prefix').sort((a, b) => b.uri.length - a.uri.length)
    return (
      found.find(({ match }) => match === 'exact') ?? prefixes[0] ?? found.sort((a, b) => (firstGap(b.uri) > firstGap(a.uri) ? 1 : -1))[0]
    )
  }

  #registerFault(found: Registration | undefined, session: Session, invoke: string): string | undefined {
    if (found === undefined) return undefined
    if (found.callees.some(callee => callee.session === session) || found.invoke === 'single' || invoke === 'single')
      return 'wamp.error.procedure_already_exists'
    return found.invoke === invoke ? undefined : 'wamp.error.procedure_exists_with_different_invocation_policy'
  }

  #ask(call: Call, callees: readonly Callee[]): void {
    let reason = call.refused.length > 0 ? 'wamp.error.no_available_callee' : ''
    for (const callee of callees) {
      const { session } = callee
      if (call.refused.includes(session)) continue
      const active = this.calls.filter(each => each.callee === callee).length
      if (active >= callee.concurrency) reason = 'wamp.error.no_available_callee'
      else if (call.isOpen && session.isPlain) reason = 'wamp.error.feature_not_supported'
      else if (this.#invoke(call, callee)) return
      else reason = 'wamp.error.unavailable'
    }
    this.#fail(call, reason)
  }

  #invoke(call: Call, callee: Callee): boolean {
    const { session } = callee
    call.callee = callee
    const message: Message = [INVOCATION, session.lastInvocation + 1, call.registration.id, details(call), payload(call.tag)]
    if (!this.#offer(session, message)) {
      call.callee = undefined
      return false
    }
    call.invocation = ++session.lastInvocation
    const timeout = (call.options.timeout as number | undefined) ?? 0
    if (timeout > 0 && call.deadline === 0) {
      call.deadline = this.now + timeout
      this.timers.push({ call, at: call.deadline })
    }
    return true
  }

  #interrupt({ callee, invocation, isKilled }: Call, options: Dict): void {
    if (callee!.session.isPlain || (isKilled && options.mode === 'killnowait' && options.reason === undefined)) return
    this.#send(callee!.session, [INTERRUPT, invocation, options])
  }

  #fail(call: Call, error: string): void {
    this.#end(call)
    this.#send(call.caller, [ERROR, CALL, call.request, {}, error, undefined])
  }

  #end(call: Call): void {
    if (call.isOpen) call.caller.unfinished.push(call.request)
    this.calls = this.calls.filter(each => each !== call)
  }

  #violated(session: Session): void {
    this.#send(session, [ABORT, {}, 'wamp.error.protocol_violation'])
    this.#arrive(session)
    this.#leave(session)
  }

  #leave(session: Session): void {
    if (!this.sessions.includes(session)) return
    this.sessions = this.sessions.filter(each => each !== session)
    for (const call of this.calls.filter(({ caller }) => caller === session)) {
      this.#interrupt(call, { mode: 'killnowait' })
      this.#end(call)
    }
    for (const registration of [...this.registrations]) this.#detachCallee(registration, session)
    for (const call of this.calls.filter(({ callee }) => callee?.session === session).sort((a, b) => a.invocation - b.invocation))
      this.#fail(call, 'wamp.error.canceled')
    for (const subscription of [...this.subscriptions]) this.#detachSubscriber(subscription, session)
    for (const tag of session.testaments) this.#publish(session, 'com.a', {}, tag)
  }

  #detachSubscriber(subscription: Subscription, session: Session): void {
    subscription.sessions = subscription.sessions.filter(each => each !== session)
    if (subscription.sessions.length === 0) this.subscriptions = this.subscriptions.filter(each => each !== subscription)
  }

  #detachCallee(registration: Registration, session: Session): void {
    const at = registration.callees.findIndex(callee => callee.session === session)
    if (at < 0) return
    registration.callees.splice(at, 1)
    if (at < registration.next) registration.next--
    if (registration.next >= registration.callees.length) registration.next = 0
    if (registration.callees.length === 0) this.registrations = this.registrations.filter(each => each !== registration)
  }

  #arrive(session: Session): void {
    if (session.moving !== undefined) session.inbox.push(session.moving)
    session.inbox.push(...session.waiting)
    session.moving = undefined
    session.waiting = []
  }

  #send(session: Session, message: Message): void {
    if (!this.sessions.includes(session) || this.#ending.includes(session)) return
    if (session.moving === undefined) session.moving = message
    else if (session.waiting.length < bounds.outboxMessages + bounds.outboxReserveMessages) session.waiting.push(message)
    else this.#ending.push(session)
  }

  #offer(session: Session, message: Message): boolean {
    if (!this.sessions.includes(session) || this.#ending.includes(session)) return false
    if (session.moving !== undefined && session.waiting.length >= bounds.outboxMessages) return false
    this.#send(session, message)
    return true
  }

  #event(session: Session, [type, subscription, id, details, tag]: Message & { 0: typeof EVENT }): void {
    if (session.moving !== undefined && session.waiting.length >= bounds.outboxMessages) {
      session.dropped++
      return
    }
    this.#send(session, [type, subscription, id, session.dropped > 0 ? { ...details, _dropped: session.dropped } : details, tag])
    session.dropped = 0
  }
}

/** Prefixes match by characters, all else as the specification has it. */
function matches(match: MatchPolicy, pattern: string, uri: string): boolean {
  return matchesUri(pattern, match, uri)
}

/** The order of the subscriptions of one event: exact, prefixes from the shortest, wildcards from the one with the latest gap. */
function rank({ match, uri }: Subscription): number {
  if (match === 'exact') return 0
  return match === 'prefix' ? uri.length : 1000 - firstGap(uri)
}

function firstGap(pattern: string): number {
  return pattern.split('.').indexOf('')
}

function isAudience(receiver: Session, by: Session, options: Dict): boolean {
  const { eligible_authid: eligible, exclude_authid: exclude } = options as { eligible_authid?: string[]; exclude_authid?: string[] }
  if (receiver === by && options.exclude_me !== false) return false
  return (eligible === undefined || eligible.includes(receiver.authid)) && exclude?.includes(receiver.authid) !== true
}

function publisher({ id, authid }: Session, options: Dict): Dict {
  return options.disclose_me === true ? { publisher: id, publisher_authid: authid, publisher_authrole: 'user' } : {}
}

function details({ registration, options, callee, uri, isOpen }: Call): Dict {
  return {
    ...(registration.match === 'exact' ? {} : { procedure: uri }),
    ...(options.receive_progress === true && !callee!.session.isPlain ? { receive_progress: true } : {}),
    ...(isOpen ? { progress: true } : {}),
  }
}

/** Returns the callees in the order in which they are asked. */
function ordered(callees: readonly Callee[], invoke: string, next: number, chosen: number | undefined, isFrom = false): Callee[] {
  const reversed = invoke === 'last'
  const list = reversed ? callees.toReversed() : [...callees]
  let first = 0
  if (invoke === 'random')
    first = Math.max(
      0,
      callees.findIndex(({ session }) => session.id === chosen),
    )
  else if (invoke === 'roundrobin' || isFrom) first = reversed ? callees.length - 1 - next : next
  return [...list.slice(first), ...list.slice(0, first)]
}
