import { scalarMasker } from '../../src/bytes/masker.ts'
import type { Octets } from '../../src/bytes/octets.ts'
import type { ExtensionInstance } from '../../src/protocol/extending/extension.ts'
import { ExtensionChain } from '../../src/protocol/extending/extension-chain.ts'
import { TrafficStats } from '../../src/protocol/life/traffic-stats.ts'
import { FrameWriter } from '../../src/protocol/sending/frame-writer.ts'
import { OutgoingBatch, ScratchPool } from '../../src/protocol/sending/outgoing-batch.ts'
import { FakeClock, fakeRuntime } from '../../src/testing/index.ts'
import { FakeStream } from './fake-stream.ts'

/** The parts that every sender of frames writes to, over a stream in memory. `sent` flushes, and returns the octets since the last call. */
export function outgoing() {
  const clock = new FakeClock()
  const stats = new TrafficStats()
  const stream = new FakeStream(clock)
  const batch = new OutgoingBatch(stream, new ScratchPool(), {
    stats,
    octetsTap: undefined,
    flushFailed(error) {
      throw error
    },
  })
  const sent = (): Octets => {
    batch.flush()
    return stream.sent()
  }
  return { clock, stats, batch, sent }
}

/** The parts of `outgoing` with a writer of unmasked frames. */
export function outgoingFrames() {
  const parts = outgoing()
  return { ...parts, frames: new FrameWriter(parts.batch, unmasked, fakeRuntime().crypto, parts.stats, {}) }
}

/** The rules of a side that does not mask, without a tap. */
export const unmasked = { masks: false, masker: scalarMasker, wireTap: undefined }

/** A chain of extensions without opcodes, and without reserved bits where they are not given. */
export function chainOf(...instances: readonly Partial<ExtensionInstance>[]): ExtensionChain {
  const whole = instances.map(instance => ({ reservedBits: 0, opcodes: [], close: () => undefined, ...instance }))
  return new ExtensionChain(whole.map(instance => ({ name: 'x', parameters: new Map(), instance })))
}
