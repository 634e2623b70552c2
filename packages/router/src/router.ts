import type { Id, MessageTransport, Uri } from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'

/** A router: realms, and the sessions in them. */
export interface Router {
  /** The names of its realms. */
  readonly realms: readonly Uri[]
  /** Takes a transport that a client has opened, and waits for its HELLO. The router opens the transport, and closes it. */
  accept(transport: MessageTransport): void
  /** Adds a realm. Throws `ApiMisuse` where it exists. */
  addRealm(name: Uri, options?: RealmOptions): void
  /** Removes a realm: its sessions get GOODBYE `wamp.close.close_realm`. Returns false where there is no such realm. */
  removeRealm(name: Uri): boolean
  /** Ends all sessions by GOODBYE `wamp.close.system_shutdown`. Resolves when all transports are closed. */
  close(): Promise<void>
}

/** Everything that a router needs of the world: time and chance. */
export interface RouterWorld {
  readonly clock: Clock
  /** Returns the time of day in milliseconds since 1970, for the times that the meta API tells. */
  today(): number
  /** Returns a random id: an integer from 1 to 2^53, each as likely as any other. */
  randomId(): Id
}

/** The options of `createRouter`. */
export interface RouterOptions {
  /** The realms of the router by name; by default `realm1` alone. */
  readonly realms?: Readonly<Record<Uri, RealmOptions>>
}

/** The options of a realm. */
export type RealmOptions = Readonly<Record<string, never>>
