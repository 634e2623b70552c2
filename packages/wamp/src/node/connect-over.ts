import { type Awaitable, awaitedClock, checkOptions, nodeRuntime } from '@autobahn-ts/websocket'
import { checkClientOptions } from '../client/check-client-options.ts'
import type { Client } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import { partsAtHand } from '../client/late-parts.ts'
import { openClient } from '../client/open-client.ts'
import type { MessageTransport } from '../transports/message-transport.ts'

/**
 * Connects as `connect` does, over transports that the application makes: to a router in the same process, for example. `dial` is called for
 * each connection.
 */
export async function connectOver<Api = unknown>(
  dial: (signal: AbortSignal) => Awaitable<MessageTransport>,
  options: ClientOptions,
): Promise<Client<Api>> {
  checkClientOptions<object>(options, {})
  return openClient<Api>({ dial, clock: awaitedClock(nodeRuntime.clock), checkRequest: checkOptions, late: partsAtHand }, options)
}
