import type { Clock } from '../../bytes/clock.ts'
import { type OptionCheck, optionCheck } from '../../protocol/checks/check-options.ts'
import type { ObservedRuntime } from '../../protocol/connection/observer.ts'
import { diagnostics } from './diagnostics.ts'
import { payloadMade } from './early-scavenges.ts'
import { payloadAllocated } from './kept-memory.ts'
import { nodeClock } from './node-clock.ts'
import { nodeCrypto } from './node-crypto.ts'
import { nodeDeflate } from './node-deflate.ts'
import { nodeMasker } from './node-masker.ts'
import { nodeText } from './node-text.ts'

/** The ports as implemented by Node. Connections are published to `node:diagnostics_channel` while it has subscribers. */
export const nodeRuntime: ObservedRuntime = {
  clock: nodeClock,
  crypto: nodeCrypto,
  text: nodeText,
  ...(nodeMasker !== undefined && { masker: nodeMasker }),
  allocate: size => {
    payloadAllocated(size)
    payloadMade(size)
    return new ArrayBuffer(size)
  },
  // zeroing memory that is overwritten took 15 % of the time of echoes of 256 KiB
  allocateUnset: (size, isOutgrown = false) => {
    payloadAllocated(size)
    if (!isOutgrown) payloadMade(size)
    return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
  },
  deflate: nodeDeflate,
  observe: diagnostics,
}

/** A clock for deadlines, for tests and for programs whose time is not that of the machine. `Clock` and `FakeClock` are such clocks. */
export type DeadlineClock = Pick<Clock, 'now' | 'schedule'>

/** The check of the option `clock`. */
export const deadlineClock: OptionCheck = optionCheck('a clock, with the methods now and schedule', value => {
  const has = (name: string): boolean => typeof Reflect.get(value as object, name) === 'function'
  return typeof value === 'object' && value !== null && has('now') && has('schedule')
})

/**
 * Returns the ports of Node with deadlines by a clock of the caller's; without one, `nodeRuntime`.
 *
 * Octets move in real time all the same.
 */
export function runtimeOn(deadlines: DeadlineClock | undefined): ObservedRuntime {
  if (deadlines === undefined) return nodeRuntime
  const known = runtimes.get(deadlines)
  if (known !== undefined) return known
  const clock: Clock = {
    ...nodeClock,
    now: () => deadlines.now(),
    schedule: (callback, delay) => deadlines.schedule(callback, delay),
  }
  const runtime = { ...nodeRuntime, clock }
  runtimes.set(deadlines, runtime)
  return runtime
}

/** The runtime of each clock: factories keep memory for each runtime, so a clock must always have the same one. */
const runtimes = new WeakMap<DeadlineClock, ObservedRuntime>()
