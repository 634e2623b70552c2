import type { Clock } from './clock.ts'
import type { Crypto } from './crypto.ts'
import type { Text } from './text.ts'

/** Everything that the portable folders need of a runtime. An edge makes one and passes it down. */
export interface Runtime {
  readonly clock: Clock
  readonly crypto: Crypto
  readonly text: Text
}
