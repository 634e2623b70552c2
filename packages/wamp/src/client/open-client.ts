import type { Awaitable, Clock } from '@autobahn-ts/websocket/portable'
import { randomFraction } from '../keys/random-id.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { Client } from './client.ts'
import { clientDefaults } from './client-defaults.ts'
import type { ClientOptions } from './client-options.ts'
import type { LateClientParts } from './late-parts.ts'
import { WampClient } from './wamp-client.ts'
import type { CheckRequest } from './wire-options.ts'

/** The part of `connect` that knows a runtime. */
export interface ClientEdge {
  /** Opens a transport to the router. The signal is aborted when the client is closed. */
  readonly dial: (signal: AbortSignal) => Awaitable<MessageTransport>
  readonly clock: Clock
  /** Checks the options of a request: `checkOptions`, or another one with fewer words. */
  readonly checkRequest: CheckRequest
  /** The parts that are loaded with their first use, or are at hand. */
  readonly late: LateClientParts
}

/** Opens a client with options that are checked. */
export async function openClient<Api>({ dial, clock, checkRequest, late }: ClientEdge, options: ClientOptions): Promise<Client<Api>> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as ClientOptions
  const complete = { ...clientDefaults, ...given }
  const client = await WampClient.open({
    dial: async signal => dial(signal),
    clock,
    checkRequest,
    late,
    random: randomFraction,
    options: complete,
  })
  // the class has every method of `Client`; the catalogue is for the compiler alone
  return client as unknown as Client<Api>
}
