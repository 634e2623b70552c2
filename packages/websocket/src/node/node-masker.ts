import type { Masker } from '../bytes/masker.ts'
import type { Octets } from '../bytes/octets.ts'

/** Masking with SIMD, where the runtime has it. */
export const nodeMasker: (Masker & { readBuffer: Octets }) | undefined = undefined as (Masker & { readBuffer: Octets }) | undefined
