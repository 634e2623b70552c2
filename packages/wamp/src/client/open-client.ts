import { type Awaitable, type Clock, checkOptions, defaultsOf, type OptionChecks } from '@autobahn-ts/websocket/portable'
import { randomFraction } from '../keys/random-id.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { Client } from './client.ts'
import { type ClientOptions, clientChecks, clientSettings } from './client-options.ts'
import { WampClient } from './wamp-client.ts'

/** The part of `connect` that knows a runtime. */
export interface ClientEdge {
  /** Opens a transport to the router. The signal is aborted when the client is closed. */
  readonly dial: (signal: AbortSignal) => Awaitable<MessageTransport>
  readonly clock: Clock
}

/** Opens a client with options that are checked. */
export async function openClient<Api>({ dial, clock }: ClientEdge, options: ClientOptions): Promise<Client<Api>> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as unknown as ClientOptions
  const complete = { ...defaultsOf(clientSettings), ...given }
  const client = await WampClient.open({ dial: async signal => dial(signal), clock, random: randomFraction, options: complete })
  // the class has every method of `Client`; the catalogue is for the compiler alone
  return client as unknown as Client<Api>
}

/** Checks the options of `connect`. `more` has the checks of those that belong to the edge. Throws `ApiMisuse`. */
export function checkClientOptions<More>(options: unknown, more: OptionChecks<More>): asserts options is ClientOptions & More {
  // `undefined` would pass as no options, and a realm is required
  checkOptions<ClientOptions & More>(options ?? null, { ...clientChecks, ...more } as OptionChecks<ClientOptions & More>, 'connect')
  checkOptions<Pick<ClientOptions, 'realm'>>({ realm: (options as ClientOptions).realm ?? null }, { realm: clientChecks.realm }, 'connect')
}
