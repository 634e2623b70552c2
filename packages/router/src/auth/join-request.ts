import type { Dict, TransportDetails, Uri } from '@autobahn-ts/wamp/protocol'

/** Facts about a client that wants to join: what it says in HELLO, and what its transport knows. */
export interface JoinRequest {
  readonly realm: Uri
  /** The name it gives; it may be without one. */
  readonly authid: string | undefined
  readonly authrole: string | undefined
  readonly authextra: Dict
  readonly agent: string | undefined
  /** The methods that it offers, in its order; `anonymous` alone if it names none. */
  readonly authmethods: readonly string[]
  readonly transport: TransportDetails
  /** The id that its session will have. */
  readonly session: number
}
