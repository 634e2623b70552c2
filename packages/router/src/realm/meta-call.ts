import type { Dict, Id, MatchPolicy } from '@autobahn-ts/wamp/protocol'
import { type Clock, isPromise } from '@autobahn-ts/websocket/portable'
import type { Broker } from '../broker/broker.ts'
import type { Caller } from '../dealer/caller.ts'
import type { Dealer } from '../dealer/dealer.ts'
import type { Access, Verdict } from './access.ts'
import { type MetaArguments, wrong } from './meta-arguments.ts'
import type { RealmLimits } from './realm-limits.ts'
import type { Session } from './session.ts'
import type { Trace } from './trace.ts'
import type { Traffic } from './traffic.ts'

/** A realm as the meta procedures see it. */
export interface MetaRealm {
  readonly sessions: ReadonlyMap<number, Session>
  readonly broker: Broker
  readonly dealer: Dealer
  readonly access: Access
  readonly limits: RealmLimits
  readonly clock: Clock
  readonly traffic: Traffic
  /** The traces that go on now. */
  readonly traces: Set<Trace>
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Takes note that the client of a session has to prove itself anew. */
  loggedOut(session: Session): void
  /** Returns the numbers of messages that did not reach a session, by reason. */
  drops(): Dict
  /** Adds up what waits now for sessions that do not read. */
  waiting(what: 'octets' | 'messages'): number
  /** Returns the most octets that have waited for one session at one time. */
  highestOutbox(): number
}

/** The way of an answer that comes later, or in several parts. */
export interface MetaAnswer {
  /** The request of the CALL. */
  readonly request: Id
  /** Whether the caller takes progressive results. */
  readonly takesProgress: boolean
  /** Returns the calls of the session, among which one that goes on has its place. */
  caller(): Caller
}

/** The result of a procedure that answers later by itself. */
export const later: unique symbol = Symbol('the answer comes later')

/** A call of a meta procedure. */
export interface MetaCall {
  readonly realm: MetaRealm
  /** The session that calls. */
  readonly session: Session
  readonly args: MetaArguments
  readonly answer: MetaAnswer
}

/**
 * A procedure of the router. It returns its result, or a promise of it where a permission has to be awaited; `undefined` is a result without a
 * value, and `later` is none: the procedure answers by itself. It throws `MetaFailure`.
 */
export type MetaProcedure = (call: MetaCall) => unknown

/** Runs `then` where a session may do something, which may have to be awaited; else `otherwise`, which throws. */
export function whereAllowed<Result>(
  verdict: Verdict | Promise<Verdict>,
  then: () => Result,
  otherwise: () => never,
): Result | Promise<Result> {
  if (isPromise(verdict)) return verdict.then(({ allow }) => (allow ? then() : otherwise()))
  return verdict.allow ? then() : otherwise()
}

/** Sorts the ids of subscriptions or registrations by their policies. */
export function byPolicy(all: readonly { readonly id: number; readonly match: MatchPolicy }[]): Dict {
  const ids = (match: MatchPolicy): number[] => all.filter(each => each.match === match).map(({ id }) => id)
  return { exact: ids('exact'), prefix: ids('prefix'), wildcard: ids('wildcard') }
}

/** Reads the policy from the options of a lookup. */
export function matchOption({ match = 'exact' }: Dict): MatchPolicy {
  if (match === 'exact' || match === 'prefix' || match === 'wildcard') return match
  throw wrong('match', '"exact", "prefix" or "wildcard"')
}
