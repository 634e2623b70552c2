import type { Crypto } from '../bytes/crypto.ts'
import type { Runtime } from '../bytes/runtime.ts'
import { webText } from '../bytes/text.ts'
import { FakeClock } from './fake-clock.ts'
import { sha1 } from './sha1.ts'

export interface FakeRuntimeOptions {
  /** Default: a new one at 0. */
  readonly clock?: FakeClock
  /** Where the random octets begin; equal seeds give equal octets. Default: 1. */
  readonly seed?: number
}

/** A runtime in which everything happens again the same way: the test moves time, and random octets only look random. Runs anywhere. */
export function fakeRuntime(options: FakeRuntimeOptions = {}): FakeRuntime {
  return { clock: options.clock ?? new FakeClock(), crypto: predictableCrypto(options.seed ?? 1), text: webText }
}

export interface FakeRuntime extends Runtime {
  readonly clock: FakeClock
}

/** Random octets by xorshift32 (Marsaglia 2003): predictable, so for tests alone. */
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
