import type { Dict, Id, InvocationDetails, Payload, Uri, YieldOptions } from '@autobahn-ts/wamp/protocol'
import type { AnnouncedFeatures } from '../parties/announced-features.ts'
import type { Delivery } from '../parties/party.ts'
import type { Registration } from './registration.ts'

/** The port of a callee: a session of this router, or of another one. */
export interface Callee {
  /** The id of its session. */
  readonly id: Id
  readonly authid: string
  readonly features: AnnouncedFeatures
  /** Asks it to run a procedure. `sent` promises that the answers go to `answers` until `release`. */
  invoke(answers: Answers, registration: Id, details: InvocationDetails, payload: Payload | undefined): Invoked
  /** Sends a further part of a call under the id of its invocation. */
  proceed(invocation: Id, registration: Id, details: InvocationDetails, payload: Payload | undefined): Delivery
  interrupt(invocation: Id, mode: 'kill' | 'killnowait', reason?: Uri): void
  /** Forgets an invocation: answers that still come are late. */
  release(invocation: Id): void
  /** Forgets a registration that it does not serve any more. */
  unassign(registration: Registration): void
  /** Tells it that it has lost a registration which it did not give up. */
  revoked(registration: Id, reason?: string): void
}

/** The id of an invocation, or the reason why there is none. */
export type Invoked = Id | Exclude<Delivery, 'sent'>

/** The receiver of the answers of a callee. */
export interface Answers {
  progressed(options: YieldOptions, payload: Payload | undefined): void
  returned(options: YieldOptions, payload: Payload | undefined): void
  failed(details: Dict, error: Uri, payload: Payload | undefined): void
  /** The callee is gone, and its answer will not come. */
  calleeLeft(): void
}
