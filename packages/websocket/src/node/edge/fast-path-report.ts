import { deflatesAtOnce } from '../runtime/node-deflate.ts'
import { nodeMasker } from '../runtime/node-masker.ts'
import { socketFastPaths } from '../sockets/socket-internals.ts'

/** The fast paths that this process takes. */
export interface FastPathReport {
  /** Whether sockets read into one array that all of them share. */
  readonly readInto: boolean
  /** Whether plain TCP and Unix sockets write to the handle below them. */
  readonly directWriter: boolean
  /** Whether messages are compressed within the turn, on the handle below a zlib stream. */
  readonly deflatesAtOnce: boolean
  /** Whether payloads are masked with WebAssembly's SIMD. */
  readonly simdMasker: boolean
}

/** Checks for each fast path, as a connection does. For benchmarks and tests: when a path is silently off, only the speed shows it. */
export function fastPathReport(): FastPathReport {
  return { ...socketFastPaths(), deflatesAtOnce: deflatesAtOnce(), simdMasker: nodeMasker !== undefined }
}
