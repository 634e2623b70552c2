import type { Clock } from './clock.ts'
import type { Crypto } from './crypto.ts'
import type { Deflate } from './deflate.ts'
import type { Masker } from './masker.ts'
import type { Allocate } from './octets.ts'
import type { Text } from './text.ts'

/** Everything that the portable folders need of a runtime. An edge makes one and passes it down. */
export interface Runtime {
  readonly clock: Clock
  readonly crypto: Crypto
  readonly text: Text
  /** Absent: the loops of `scalarMasker`. */
  readonly masker?: Masker
  /** Octets of any content, for what is written in full before anybody sees it. Absent: zeroed ones, which take longer. */
  readonly allocateUnset?: Allocate
  /** Zeroed memory for payloads. Absent: by `ArrayBuffer`. */
  readonly allocate?: (size: number) => ArrayBuffer
  /** Absent: permessage-deflate is not negotiated. */
  readonly deflate?: Deflate
}
