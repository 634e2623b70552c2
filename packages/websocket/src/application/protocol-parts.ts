import type { Runtime } from '../bytes/runtime.ts'
import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { WebSocketFactory } from './factory.ts'

/** What a protocol gets from its factory when there is a transport for it. */
export interface ProtocolParts {
  readonly connection: WebSocketConnection
  readonly factory: WebSocketFactory
  readonly transport: TransportDetails
  readonly runtime: Runtime
}

// Keys of the members of a protocol that factories and the function style use, and that applications do not see.

/** Gives a protocol its parts, or others in their place. */
export const attach: unique symbol = Symbol('attach')

/** The parts of a protocol. Throws `ApiMisuse` before there is a transport. */
export const parts: unique symbol = Symbol('parts')

/** The collector of the pieces of messages, made when it is first asked for. */
export const collector: unique symbol = Symbol('collector')

/** Tells whether a value is a protocol that has had a transport, and not an object or a proxy that looks like one. Never throws. */
export const isConnected: unique symbol = Symbol('isConnected')
