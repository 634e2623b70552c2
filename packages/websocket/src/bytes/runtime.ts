import type { Clock } from './clock.ts'
import type { Crypto } from './crypto.ts'
import type { Deflate } from './deflate.ts'
import type { Masker } from './masker.ts'
import type { Allocate } from './octets.ts'
import type { Text } from './text.ts'

/** All that the portable folders need of a runtime. An edge makes one and passes it down. */
export interface Runtime {
  readonly clock: Clock
  readonly crypto: Crypto
  readonly text: Text
  /** A fast masker. Absent: the loops of `scalarMasker`. */
  readonly masker?: Masker
  /**
   * Allocates octets of any content, for arrays that are overwritten entirely before they are used. Absent: zeroed ones, which take longer.
   */
  readonly allocateUnset?: Allocate
  /** Allocates zeroed memory for payloads. Absent: by `ArrayBuffer`. */
  readonly allocate?: (size: number) => ArrayBuffer
  /** DEFLATE. Absent: permessage-deflate is not negotiated. */
  readonly deflate?: Deflate
}
