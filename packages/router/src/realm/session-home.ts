import type { Register, Uri } from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import type { Broker } from '../broker/broker.ts'
import type { Dealer } from '../dealer/dealer.ts'
import type { Access } from './access.ts'
import type { MetaApi } from './meta-api.ts'
import type { RealmLimits } from './realm-limits.ts'
import type { Session } from './session.ts'
import type { SessionTurns } from './session-turns.ts'
import type { Timings } from './timings.ts'
import type { Traffic } from './traffic.ts'

/** A realm, as its sessions use it. */
export interface SessionHome {
  readonly name: Uri
  /** The name and version of the router, for WELCOME. */
  readonly agent: string
  readonly clock: Clock
  readonly limits: RealmLimits
  readonly turns: SessionTurns
  readonly broker: Broker
  readonly dealer: Dealer
  readonly access: Access
  readonly meta: MetaApi
  readonly traffic: Traffic
  /** Measures how long messages take; `undefined` until that is asked for. */
  readonly timings: Timings | undefined
  /** Takes a session out of the realm. `isTold`: its testaments are published, and others are told that it has left. */
  left(session: Session, isTold: boolean): void
  /**
   * Ends other sessions of the name of the newcomer that have no transport and would keep a registration from being made: their client has begun anew, and
   * does not come back to them.
   */
  makeWay(newcomer: Session, register: Register): void
  /** Takes note that the client of a session has logged out, or was: it has to prove itself anew. */
  loggedOut(session: Session): void
  /** Takes what `Access` has thrown. */
  onError(error: Error): void
}
