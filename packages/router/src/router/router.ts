import type { CookieIssuer, MessageTransport, RandomOctets, Uri } from '@autobahn-ts/wamp/protocol'
import type { Awaitable, Clock } from '@autobahn-ts/websocket/portable'
import type { AuthOptions } from '../auth/auth-options.ts'
import type { JoinRequest } from '../auth/join-request.ts'
import type { LocalPrincipal, Principal } from '../auth/method.ts'
import type { Permission } from '../auth/permissions.ts'
import type { HistoryRule } from '../broker/broker.ts'
import type { RefusedJoin } from '../join/joining.ts'
import type { Refusal } from '../join/realm-door.ts'
import type { Access } from '../realm/access.ts'
import type { Realm } from '../realm/realm.ts'
import type { RealmLimits } from '../realm/realm-limits.ts'
import type { TakenRights } from '../realm/rights-check.ts'
import type { ResumptionSettings } from '../resumption/resumption-options.ts'

/** A router: realms, and the sessions in them. */
export interface Router {
  /** Its realms by name. */
  readonly realms: ReadonlyMap<Uri, Realm>
  /** The issuer of cookies, where a realm has the method `cookie`. The listeners ask it. */
  readonly cookies?: CookieIssuer | undefined
  /**
   * Takes a transport that a client has opened, and waits for its HELLO. The router opens the transport, and closes it.
   *
   * With `local` it belongs to the application in this process: its session has that name and role, proves nothing, and may do everything.
   */
  accept(transport: MessageTransport, local?: LocalPrincipal): void
  /** Adds a realm. Throws `ApiMisuse` where it exists. */
  addRealm(name: Uri, options?: RealmOptions): void
  /**
   * Replaces who may join a realm and who may do what in it; a rule that is left out has its default. `maxSessions`, `holdPublishers`, `history` and `resumption` are
   * changed where they are given, and stay otherwise. Sessions above a new `maxSessions` stay; of those without a transport, the oldest end above a new bound of
   * `resumption`.
   *
   * Sessions that are there stay, and the new rules hold for their next messages. What goes on by a right that is gone ends (decision 160): sessions of users who
   * are gone or have another credential or role, by GOODBYE `wamp.close.killed`; subscriptions, registrations, and calls in several parts. Throws `ApiMisuse`
   * where there is no such realm.
   */
  updateRealm(name: Uri, options: RealmUpdate): void
  /** Removes a realm: its sessions get GOODBYE `wamp.close.close_realm`. Returns false where there is no such realm. */
  removeRealm(name: Uri): boolean
  /**
   * Lets nobody in from now on, and waits for the calls that are in progress, at most so many seconds; sessions stay. Resolves with the number of calls that
   * are still in progress. It is the first part of a shutdown, and `close` is the second. With `returnRate`, clients that are turned away are told when to come back.
   */
  drain(timeout: number, options?: RouterCloseOptions): Promise<number>
  /** Ends all sessions by GOODBYE `wamp.close.system_shutdown`, and lets nobody in. Resolves when all transports are closed. */
  close(options?: RouterCloseOptions): Promise<void>
}

/** The way in which a router closes, or drains before that. */
export interface RouterCloseOptions {
  /**
   * Clients that may come back in a second: GOODBYE tells each how long to wait, in `Details._retry_after`, in milliseconds; so does ABORT to those that are turned
   * away meanwhile. Clients of `@autobahn-ts/wamp` do. 0 tells nothing. Default: 0.
   */
  readonly returnRate?: number
}

/** The sources of time and randomness for a router. */
export interface RouterWorld {
  readonly clock: Clock
  /** Returns the time of day in milliseconds since 1970, for the times that the meta API tells. */
  today(): number
  readonly random: RandomOctets
}

/** The options of a router. */
export interface RouterOptions {
  /** The realms of the router by name. Default: `realm1` alone. */
  readonly realms?: Readonly<Record<Uri, RealmOptions>>
  /** The name that WELCOME tells. Default: `autobahn-ts`. */
  readonly agent?: string
  /** Seconds from the opened transport to WELCOME. Default: 10. */
  readonly joinTimeout?: number
  /**
   * Is asked before a client that has proved itself joins. A returned principal replaces the one that was proved; a refusal is sent as ABORT.
   * Default: everybody may join.
   */
  readonly beforeJoin?: (request: JoinRequest, principal: Principal) => Awaitable<Principal | Refusal | undefined>
  /** Takes the errors of the application's functions. Default: prints them. */
  readonly onError?: (error: Error) => void
  /** Is told what new rules of a realm have taken away from its sessions, once all of them were looked at. Not called where that is nothing. */
  readonly onRevoked?: (revoked: RevokedRights) => void
  /**
   * Is told of each client that may not join. What it says about itself has to be escaped and cut before it goes into a log, and a flood of refusals is a flood of
   * calls.
   */
  readonly onRefused?: (refused: RefusedJoin) => void
}

/** The numbers of what new rules of a realm have taken away. */
export interface RevokedRights extends TakenRights {
  readonly realm: Uri
}

/** The rules of a realm, which can be replaced while it is in use. */
export interface RealmRules {
  /** The methods by which clients may join. Default: everybody as `anonymous`. */
  readonly auth?: AuthOptions
  /** The permissions of roles by name; a role that is not named may do nothing. Default: all roles may use the names of applications. */
  readonly roles?: Readonly<Record<string, readonly Permission[]>>
  /** Decides in place of `roles` who may do what. */
  readonly access?: Access
  /** The roles of links to other routers: what they say about other sessions (`forward_for`, `caller`) counts. Default: none. */
  readonly linkRoles?: readonly string[]
  /**
   * The roles whose payloads are handed on without a check, because they are trusted as this process is (decision 149). A payload that is not well-formed reaches
   * its receivers, or fails where the router has to read it. Default: none.
   */
  readonly trustedRoles?: readonly string[]
  /**
   * The levels of trust of roles, whole numbers from 0. Callees and subscribers are told that of the caller or publisher (`details.trustlevel`). Default:
   * nobody is told any.
   */
  readonly trustLevels?: Readonly<Record<string, number>>
}

/** Everything about a realm that can be changed while it is in use. */
export interface RealmUpdate extends RealmRules, Pick<RealmOptions, 'maxSessions' | 'holdPublishers' | 'history' | 'resumption'> {}

/** The options of a realm: its limits, its rules, and these. */
export interface RealmOptions extends Partial<RealmLimits>, RealmRules {
  /** Topics and patterns whose last events are kept, for `wamp.subscription.get_events`. */
  readonly history?: readonly HistoryRule[]
  /** Whether a session may lose its transport and go on over another one, and its bounds. Default: false. `true` is with the defaults. */
  readonly resumption?: boolean | Partial<ResumptionSettings>
}
