import type { Crypto } from '../bytes/crypto.ts'
import type { Runtime } from '../bytes/runtime.ts'
import { webText } from '../bytes/text.ts'
import { FakeClock } from './fake-clock.ts'
import { sha1 } from './sha1.ts'

export interface FakeRuntimeOptions {
  /** The clock. Default: a new one at 0. */
  readonly clock?: FakeClock
  /** The beginning of the sequence of random octets; equal seeds give equal octets. Default: 1. */
  readonly seed?: number
}

/** Makes a deterministic runtime: the test moves time, and random octets come from a seed. It runs anywhere. */
export function fakeRuntime(options: FakeRuntimeOptions = {}): FakeRuntime {
  return { clock: options.clock ?? new FakeClock(), crypto: predictableCrypto(options.seed ?? 1), text: webText }
}

export interface FakeRuntime extends Runtime {
  readonly clock: FakeClock
}

/** Makes random octets with xorshift32 (Marsaglia 2003). They are predictable, so they are for tests only. */
function predictableCrypto(seed: number): Crypto {
  let state = seed >>> 0 || 1
  return {
    sha1,
    fillRandom: target => {
      for (let i = 0; i < target.length; i++) {
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        target[i] = state >>> 16
      }
    },
  }
}
