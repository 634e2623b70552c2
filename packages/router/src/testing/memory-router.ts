import { type MemoryTransport, type MemoryTransportOptions, memoryTransports, type RandomOctets } from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import { createCoreRouter } from '../router/core-router.ts'
import type { Router, RouterOptions } from '../router/router.ts'

/** The options of `memoryRouter`: those of a router, and the world of the test. */
export interface MemoryRouterOptions extends RouterOptions {
  /** The clock of the router and its transports: a `FakeClock` of `@autobahn-ts/websocket/testing`, for example. */
  readonly clock: Clock
  /** The source of ids and challenges. Default: that of the platform. */
  readonly random?: RandomOctets
  /** The time of day at the clock's beginning, in milliseconds since 1970. Default: 2026-01-01 in UTC. */
  readonly today?: number
}

/** A router in memory. */
export interface MemoryRouter {
  readonly router: Router
  /** Opens a transport to the router, and returns the end of the client. Its HELLO is still to be sent. */
  dial(options?: MemoryTransportOptions): MemoryTransport
}

/** Makes a router whose clients are in the same process. It is the real one, and allows what the options of its realms allow. */
export function memoryRouter({ clock, random = crypto, today = firstDay, ...options }: MemoryRouterOptions): MemoryRouter {
  const router = createCoreRouter(options, { clock, today: () => today + clock.now(), random })
  return {
    router,
    dial: transportOptions => {
      const [client, end] = memoryTransports(clock, transportOptions)
      router.accept(end)
      return client
    },
  }
}

const firstDay = Date.UTC(2026, 0, 1)
