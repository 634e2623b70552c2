import { deflatesAtOnce } from '../runtime/node-deflate.ts'
import { nodeMasker } from '../runtime/node-masker.ts'
import { socketFastPaths } from '../sockets/socket-internals.ts'

/** Which fast paths this process takes. */
export interface FastPathReport {
  /** Sockets read into one array that all of them share. */
  readonly readInto: boolean
  /** Plain TCP and Unix sockets write to the handle below them. */
  readonly directWriter: boolean
  /** Messages are compressed within the turn, on the handle below a zlib stream. */
  readonly deflatesAtOnce: boolean
  /** Payloads are masked with WebAssembly's SIMD. */
  readonly simdMasker: boolean
}

/** Looks for each fast path, as a connection would. For benchmarks and tests: a path that is silently off costs speed and nothing else. */
export function fastPathReport(): FastPathReport {
  return { ...socketFastPaths(), deflatesAtOnce: deflatesAtOnce(), simdMasker: nodeMasker !== undefined }
}
