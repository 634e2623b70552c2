import { applyMask } from './mask.ts'
import type { Octets } from './octets.ts'

/** The port to masking, RFC 6455 §5.3, which runtimes can do faster than loops. */
export interface Masker {
  /** Masks or unmasks in place. `key`: the four octets, the first one highest; `phase`: the position of `start` in the payload. */
  apply(octets: Octets, start: number, end: number, key: number, phase: number): void
}

/** Returns the masker to use: the runtime's own, or the loops; `undefined` where payloads are left as they are. */
export function chosenMasker(appliesMask: boolean, own: Masker | undefined): Masker | undefined {
  return appliesMask ? (own ?? scalarMasker) : undefined
}

/** Masks with loops, in every runtime. */
export const scalarMasker: Masker = { apply: applyMask }
