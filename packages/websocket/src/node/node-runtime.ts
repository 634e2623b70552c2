import type { ObservedRuntime } from '../protocol/observer.ts'
import { diagnostics } from './diagnostics.ts'
import { payloadAllocated } from './kept-memory.ts'
import { nodeClock } from './node-clock.ts'
import { nodeCrypto } from './node-crypto.ts'
import { nodeDeflate } from './node-deflate.ts'
import { nodeMasker } from './node-masker.ts'
import { nodeText } from './node-text.ts'

/** The ports as Node implements them. Connections are published to `node:diagnostics_channel` while somebody listens there. */
export const nodeRuntime: ObservedRuntime = {
  clock: nodeClock,
  crypto: nodeCrypto,
  text: nodeText,
  ...(nodeMasker !== undefined && { masker: nodeMasker }),
  allocate: size => {
    payloadAllocated(size)
    return new ArrayBuffer(size)
  },
  // Zeroing memory that is filled anyway was 15 % of the time of echoes of 256 KiB.
  allocateUnset: size => {
    payloadAllocated(size)
    return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
  },
  deflate: nodeDeflate,
  observe: diagnostics,
}
