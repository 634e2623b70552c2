import { someFunction, trueOrFalse } from '@autobahn-ts/websocket/portable'
import { items, match, type RegisterOptions, sent, words } from './request-options.ts'
import type { WireOptions } from './wire-options.ts'

/** The options of `register`, apart from those that every page loads. */
export const registerOptions: WireOptions<RegisterOptions> = {
  ...match,
  ...sent(words('single', 'roundrobin', 'random', 'first', 'last'), 'invoke'),
  ...sent(trueOrFalse, 'discloseCaller', 'forwardTimeout', 'forceReregister'),
  ...sent(items, 'concurrency'),
  onRevoked: someFunction,
}
