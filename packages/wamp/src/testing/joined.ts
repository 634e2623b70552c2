import { type Clock, checkOptions } from '@autobahn-ts/websocket/portable'
import { checkClientOptions } from '../client/check-client-options.ts'
import type { Client } from '../client/client.ts'
import type { ClientOptions } from '../client/client-options.ts'
import { partsAtHand } from '../client/late-parts.ts'
import { openClient } from '../client/open-client.ts'
import { memoryTransports } from '../transports/memory-transport.ts'
import type { MessageTransport } from '../transports/message-transport.ts'

/** A router, as a client in the same process needs it. */
export interface Accepting {
  /** Takes the router's end of a transport. */
  accept(transport: MessageTransport): void
}

/** Options of `joined`: those of `connect`, and the world of the test. */
export interface JoinedOptions extends Partial<ClientOptions> {
  readonly router: Accepting
  /** The clock of client and router. On a `FakeClock` nothing moves until the test lets it `settle`. */
  readonly clock: Clock & { settle?(): Promise<void> }
  /** Called with the client's end of each transport, to lose or to stall it. */
  readonly onDial?: (transport: MessageTransport) => void
}

/** Connects a client to a router in the same process. Default: the realm `realm1`. Rejects as `connect` does. */
export async function joined<Api = unknown>({ router, clock, onDial, ...given }: JoinedOptions): Promise<Client<Api>> {
  const options: ClientOptions = { realm: 'realm1', ...given }
  checkClientOptions<object>(options, {})
  const dial = (): MessageTransport => {
    const [client, end] = memoryTransports(clock)
    router.accept(end)
    onDial?.(client)
    return client
  }
  const opening = openClient<Api>({ dial, clock, checkRequest: checkOptions, late: partsAtHand }, options)
  let isSettled = false
  const settled = (): void => {
    isSettled = true
  }
  opening.then(settled, settled)
  // deriving keys takes turns of the event loop in which nothing happens on the clock
  for (let n = 0; n < mostSettles && !isSettled; n++) await clock.settle?.()
  return opening
}

const mostSettles = 10_000
