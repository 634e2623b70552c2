export { type MemoryPairOptions, memoryPair } from '../bytes/memory-pair.ts'
export { FakeClock } from './fake-clock.ts'
export { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from './fake-runtime.ts'
