import { webcrypto } from 'node:crypto'
import { nodeRuntime } from '@autobahn-ts/websocket'
import { createCoreRouter } from '../router/core-router.ts'
import type { Router, RouterOptions } from '../router/router.ts'

/** Makes a router. Give it transports by `accept`. Throws `ApiMisuse` for options that do not exist or have wrong values. */
export function createRouter(options: RouterOptions = {}): Router {
  return createCoreRouter(options, { clock: nodeRuntime.clock, today: () => Date.now(), random: webcrypto })
}
