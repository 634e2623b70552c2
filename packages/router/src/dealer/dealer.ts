import {
  type Call,
  type Cancel,
  ErrorUri,
  type Id,
  type InvokePolicy,
  type MatchPolicy,
  MessageType,
  type Register,
  type Unregister,
  type Uri,
} from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import { ownText } from '../parties/own-text.ts'
import { refusal } from '../parties/refusal.ts'
import { PatternTable } from '../patterns/pattern-table.ts'
import type { Callee } from './callee.ts'
import type { Caller } from './caller.ts'
import { Deadlines } from './deadlines.ts'
import type { NearCallee } from './near-callee.ts'
import { type CallPorts, PendingCall } from './pending-call.ts'
import { Registration } from './registration.ts'

/** The limits of a dealer. */
export interface DealerLimits {
  /** The most registrations of a session. */
  readonly maxRegistrations: number
  /** The most of them that are patterns. */
  readonly maxPatterns: number
  /** The most calls of a session that may be in progress. */
  readonly maxPendingCalls: number
}

/** Everything that a dealer needs of its realm. */
export interface DealerPorts {
  readonly clock: Clock
  /** Returns a random integer from 0 that is less than `below`. */
  random(below: number): number
  /** Returns the next id of a registration. */
  registrationId(): Id
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  readonly events: RegistrationEvents
}

/** Registrations that come and go. `session` is the id of the one that has caused it. */
export interface RegistrationEvents {
  registrationCreated(session: Id, registration: Registration): void
  registered(session: Id, registration: Registration): void
  unregistered(session: Id, registration: Registration): void
  registrationDeleted(session: Id, registration: Registration): void
}

/** The dealer of a realm: who serves which procedure, and the calls. */
export class Dealer {
  readonly #limits: DealerLimits
  readonly #ports: DealerPorts
  readonly #table = new PatternTable<Registration>()
  readonly #byId = new Map<Id, Registration>()
  readonly #deadlines: Deadlines
  readonly #calls: CallPorts

  constructor(limits: DealerLimits, ports: DealerPorts) {
    this.#limits = limits
    this.#ports = ports
    this.#deadlines = new Deadlines(ports.clock)
    this.#calls = { clock: ports.clock, deadlines: this.#deadlines, random: below => ports.random(below) }
  }

  /** The registrations, in the order of their creation. */
  get registrations(): IterableIterator<Registration> {
    return this.#byId.values()
  }

  get registrationCount(): number {
    return this.#byId.size
  }

  registration(id: Id): Registration | undefined {
    return this.#byId.get(id)
  }

  find(match: MatchPolicy, uri: Uri): Registration | undefined {
    return this.#table.get(match, uri)
  }

  /** Returns the registration that a call of a procedure goes to. */
  matching(procedure: Uri): Registration | undefined {
    return this.#table.best(procedure)
  }

  /** Answers REGISTER, whose URI and permission were checked. `mayForce`: it may take over a registration of any session. */
  register(callee: NearCallee, [, request, options, uri]: Register, mayForce: boolean): void {
    const match = options.match ?? 'exact'
    const invoke = options.invoke ?? 'single'
    let existing = this.#table.get(match, uri)
    const isForced = existing !== undefined && options.force_reregister === true && (mayForce || isOwn(existing, callee))
    // a callee that takes its own registration over has the room of it
    const hasRoom = isForced && existing!.has(callee)
    const fault = (isForced ? undefined : refusalFor(existing, callee, invoke)) ?? (hasRoom ? undefined : this.#limitFault(callee, match))
    if (fault !== undefined) {
      callee.send(refusal(MessageType.REGISTER, request, ...fault))
      return
    }
    if (isForced) {
      this.#revokeAll(existing!, callee.id)
      existing = undefined
    }
    const registration = existing ?? this.#create(match, uri, invoke)
    registration.add(callee, options)
    callee.registrations.add(registration)
    if (registration.isPattern) callee.patterns++
    callee.send([MessageType.REGISTERED, request, registration.id])
    if (existing === undefined) this.#ports.events.registrationCreated(callee.id, registration)
    this.#ports.events.registered(callee.id, registration)
  }

  /** Answers UNREGISTER. Calls that are in progress go on. */
  unregister(callee: NearCallee, [, request, id]: Unregister): void {
    const registration = this.#byId.get(id)
    if (registration === undefined || !callee.registrations.has(registration)) {
      callee.send(refusal(MessageType.UNREGISTER, request, ErrorUri.noSuchRegistration))
      return
    }
    this.#detach(callee, registration)
    callee.send([MessageType.UNREGISTERED, request])
    this.#tellDetached(callee.id, registration)
  }

  /** Takes a registration from a callee that did not give it up. Returns whether it had the registration. */
  revoke(registration: Registration, callee: Callee, session: Id, reason?: string): boolean {
    if (!registration.has(callee)) return false
    this.#detach(callee, registration)
    callee.revoked(registration.id, reason)
    this.#tellDetached(session, registration)
    return true
  }

  /** Calls a procedure, whose URI and permission were checked. `isDisclosed`: the callee is told who calls. */
  call(caller: Caller, message: Call, isDisclosed: boolean): void {
    const [, request, , procedure] = message
    const registration = this.#table.best(procedure)
    if (registration === undefined) {
      caller.party.send(refusal(MessageType.CALL, request, ErrorUri.noSuchProcedure, `no procedure is registered as ${procedure}`))
    } else if (caller.calls.size >= this.#limits.maxPendingCalls) {
      const text = `a session has at most ${this.#limits.maxPendingCalls} calls in progress`
      caller.party.send(refusal(MessageType.CALL, request, ErrorUri.unavailable, text))
    } else {
      new PendingCall(caller, message, registration, isDisclosed, this.#calls).start()
    }
  }

  /** Cancels a call. One that is over or never was is left alone: the answer and CANCEL may have crossed. */
  cancel(caller: Caller, [, request, { mode }]: Cancel): void {
    caller.calls.get(request)?.cancel(mode)
  }

  /** Removes a callee whose session is over: its calls, then its registrations. `isTold`: tells of each registration. */
  leave(callee: NearCallee, isTold: boolean): void {
    // registrations first, so that no call that ends here is passed on to the callee that leaves
    const registrations = [...callee.registrations]
    for (const registration of registrations) this.#detach(callee, registration)
    callee.leave()
    if (isTold) for (const registration of registrations) this.#tellDetached(callee.id, registration)
  }

  /** Ends the timers that no call needs, once nobody is there. */
  rest(): void {
    this.#deadlines.rest()
  }

  #limitFault({ registrations, patterns }: NearCallee, match: MatchPolicy): Fault | undefined {
    const { maxRegistrations, maxPatterns } = this.#limits
    if (registrations.size >= maxRegistrations) return [ErrorUri.unavailable, `a session has at most ${maxRegistrations} registrations`]
    if (match === 'exact' || patterns < maxPatterns) return undefined
    return [ErrorUri.unavailable, `a session has at most ${maxPatterns} registrations that are patterns`]
  }

  #create(match: MatchPolicy, asked: Uri, invoke: InvokePolicy): Registration {
    const uri = ownText(asked)
    const registration = new Registration(this.#ports.registrationId(), match, uri, invoke, this.#ports.today())
    this.#table.add(match, uri, registration)
    this.#byId.set(registration.id, registration)
    return registration
  }

  #revokeAll(registration: Registration, session: Id): void {
    for (const { callee } of [...registration.assignments]) this.revoke(registration, callee, session, 'another session has taken it over')
  }

  #detach(callee: Callee, registration: Registration): void {
    registration.delete(callee)
    callee.unassign(registration)
    if (registration.assignments.length > 0) return
    this.#table.delete(registration.match, registration.uri)
    this.#byId.delete(registration.id)
  }

  #tellDetached(session: Id, registration: Registration): void {
    this.#ports.events.unregistered(session, registration)
    if (registration.assignments.length === 0) this.#ports.events.registrationDeleted(session, registration)
  }
}

type Fault = readonly [error: Uri, text: string]

/** Whether all callees of a registration belong to the authid of another callee. */
function isOwn({ assignments }: Registration, { authid }: Callee): boolean {
  return assignments.every(({ callee }) => callee.authid === authid)
}

function refusalFor(existing: Registration | undefined, callee: Callee, invoke: InvokePolicy): Fault | undefined {
  if (existing === undefined) return undefined
  if (existing.has(callee)) return [ErrorUri.procedureAlreadyExists, 'this session has registered it before']
  if (existing.invoke !== invoke && existing.invoke !== 'single' && invoke !== 'single')
    return [ErrorUri.procedureExistsWithDifferentPolicy, `it is registered with the policy ${existing.invoke}, and not ${invoke}`]
  if (existing.invoke === 'single' || invoke === 'single')
    return [ErrorUri.procedureAlreadyExists, `it is registered with the policy ${existing.invoke}`]
  return undefined
}
