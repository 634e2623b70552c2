import {
  type ErrorMessage,
  type Id,
  type InterruptOptions,
  type InvocationDetails,
  idAfter,
  MessageType,
  type Payload,
  type Uri,
  type Yield,
} from '@autobahn-ts/wamp/protocol'
import type { AnnouncedFeatures } from '../parties/announced-features.ts'
import type { Delivery, Party } from '../parties/party.ts'
import { SmallSet } from '../parties/small-set.ts'
import type { Answers, Callee, Invoked } from './callee.ts'
import type { Registration } from './registration.ts'

/** A callee whose session is in this router: its registrations, and the calls that it works on. */
export class NearCallee implements Callee {
  readonly registrations: SmallSet<Registration> = new SmallSet()
  /** The number of registrations that are patterns. */
  patterns = 0
  readonly #party: Party
  /** The calls that it works on, by the ids of their INVOCATIONs; made for the first one. */
  #invocations: Map<Id, Answers> | undefined
  #last: Id = 0

  constructor(party: Party) {
    this.#party = party
  }

  get id(): Id {
    return this.#party.id
  }

  get authid(): string {
    return this.#party.authid
  }

  get features(): AnnouncedFeatures {
    return this.#party.features
  }

  /** The number of calls that it works on. */
  get active(): number {
    return this.#invocations?.size ?? 0
  }

  /** Whether an INVOCATION with this id waits for its last answer. */
  worksOn(invocation: Id): boolean {
    return this.#invocations?.has(invocation) === true
  }

  /** The number of INVOCATIONs that it has got. */
  get invocations(): number {
    return this.#last
  }

  /** Sends a message that has to arrive. */
  send(message: Parameters<Party['send']>[0]): Delivery {
    return this.#party.send(message)
  }

  invoke(answers: Answers, registration: Id, details: InvocationDetails, payload: Payload | undefined): Invoked {
    const invocation = idAfter(this.#last)
    const delivery = this.#party.offer([MessageType.INVOCATION, invocation, registration, details, payload])
    if (delivery !== 'sent') return delivery
    this.#last = invocation
    this.#invocations ??= new Map()
    this.#invocations.set(invocation, answers)
    return invocation
  }

  proceed(invocation: Id, registration: Id, details: InvocationDetails, payload: Payload | undefined): Delivery {
    return this.#party.offer([MessageType.INVOCATION, invocation, registration, details, payload])
  }

  interrupt(invocation: Id, mode: 'kill' | 'killnowait', reason?: Uri): void {
    const options: InterruptOptions = reason === undefined ? { mode } : { mode, reason }
    this.#party.send([MessageType.INTERRUPT, invocation, options])
  }

  release(invocation: Id): void {
    this.#invocations?.delete(invocation)
  }

  unassign(registration: Registration): void {
    if (this.registrations.delete(registration) && registration.isPattern) this.patterns--
  }

  revoked(registration: Id, reason?: string): void {
    if (!this.features.knowsRevokedRegistrations) return
    this.#party.send([MessageType.UNREGISTERED, 0, { registration, ...(reason === undefined ? {} : { reason }) }])
  }

  /** Takes YIELD. Returns false where the session never had an invocation of this id, which is a violation of the protocol. */
  yielded([, invocation, options, payload]: Yield): boolean {
    const answers = this.#invocations?.get(invocation)
    if (answers === undefined) return this.#wasInvoked(invocation)
    if (options.progress === true) answers.progressed(options, payload)
    else answers.returned(options, payload)
    return true
  }

  /** Takes the ERROR that answers an INVOCATION. Returns false as `yielded` does. */
  failed([, , invocation, details, error, payload]: ErrorMessage): boolean {
    const answers = this.#invocations?.get(invocation)
    if (answers === undefined) return this.#wasInvoked(invocation)
    answers.failed(details, error, payload)
    return true
  }

  /** Ends the calls that it works on: the session is over. */
  leave(): void {
    for (const answers of [...(this.#invocations?.values() ?? [])]) answers.calleeLeft()
  }

  /** Whether an id was used: ids are counted, so every one up to the last was. */
  #wasInvoked(invocation: Id): boolean {
    return invocation <= this.#last
  }
}
