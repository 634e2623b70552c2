import type { WebSocketConnection } from '../protocol/connection/connection.ts'
import type { MessageWatch } from '../protocol/hooks/watched-hooks.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { WebSocketFactory } from './factory.ts'

/**
 * The parts that a factory gives a protocol when there is a transport for it.
 *
 * A class, because V8 makes literals in its old memory as soon as most of those that were made at one place live long. A literal there would keep
 * each connection that is gone until V8 collects its whole heap (decision 170).
 */
export class ProtocolParts {
  readonly connection: WebSocketConnection
  readonly factory: WebSocketFactory
  readonly transport: TransportDetails
  /** Called with each message that the application has handled; absent where nothing observes messages, as mostly, so that it takes no memory. */
  declare readonly messageWatch?: MessageWatch

  constructor(connection: WebSocketConnection, factory: WebSocketFactory, transport: TransportDetails, messageWatch?: MessageWatch) {
    this.connection = connection
    this.factory = factory
    this.transport = transport
    if (messageWatch !== undefined) this.messageWatch = messageWatch
  }
}

// Keys of the members of a protocol that factories and the function style use and that applications do not see.

/** Method that gives a protocol its parts, or replaces them. */
export const attach: unique symbol = Symbol('attach')

/** Property with the parts of a protocol. Throws `ApiMisuse` before there is a transport (decision 75). */
export const parts: unique symbol = Symbol('parts')

/** Method that has a server's protocol keep its request as an object, or as the text of the head, from which it is parsed when it is asked for. */
export const keepRequest: unique symbol = Symbol('keepRequest')

/** Property with the collector of partial messages, which is made when it is first needed. */
export const collector: unique symbol = Symbol('collector')

/**
 * Static method that tells whether a value is a protocol that has had a transport, and not an object or a proxy that looks like one. Never
 * throws.
 */
export const isConnected: unique symbol = Symbol('isConnected')

/** Method that makes the delivery of a protocol which does not take its messages by hooks alone. Called once for a connection. */
export const ownDelivery: unique symbol = Symbol('ownDelivery')
