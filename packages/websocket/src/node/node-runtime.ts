import { isUtf8 } from 'node:buffer'
import { markAsUntransferable } from 'node:worker_threads'
import { webText } from '../bytes/text.ts'
import type { ObservedRuntime } from '../protocol/observer.ts'
import { diagnostics } from './diagnostics.ts'
import { nodeClock } from './node-clock.ts'
import { nodeCrypto } from './node-crypto.ts'
import { nodeDeflate } from './node-deflate.ts'
import { nodeMasker } from './node-masker.ts'

/** The ports as Node implements them. Connections are published to `node:diagnostics_channel` while somebody listens there. */
export const nodeRuntime: ObservedRuntime = {
  clock: nodeClock,
  crypto: nodeCrypto,
  text: {
    // A quarter of what `TextEncoder` takes for 20 letters; a plain view, because `slice` of a `Buffer` does not copy.
    encode: text => {
      const octets = Buffer.from(text, 'utf8')
      return new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength)
    },
    decode: webText.decode,
    isValid: isUtf8,
  },
  ...(nodeMasker !== undefined && { masker: nodeMasker }),
  allocate: size => {
    const memory = new ArrayBuffer(size)
    markAsUntransferable(memory)
    return memory
  },
  // Half of what a message of 256 KiB cost beside its system calls was the zeroing of its memory.
  allocateUnset: size => new Uint8Array(Buffer.allocUnsafeSlow(size).buffer),
  deflate: nodeDeflate,
  observe: diagnostics,
}
