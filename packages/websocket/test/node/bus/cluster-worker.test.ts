import { afterEach, describe, expect, it, vi } from 'vitest'
import { workerBus } from '../../../src/node/bus/cluster-worker.ts'

// The behaviour of workers is tested in cluster-bus.test.ts, with processes of their own.
afterEach(() => void vi.useRealTimers())

describe('workerBus', () => {
  it('leaves no listeners and no timers where the primary process does not answer', async () => {
    vi.useFakeTimers()
    const before = ['message', 'disconnect'].map(event => process.listenerCount(event))
    const rejected = expect(workerBus({})).rejects.toMatchObject({ name: 'BusError', reason: 'unreachable' })
    await vi.advanceTimersByTimeAsync(5000)
    await rejected
    expect(['message', 'disconnect'].map(event => process.listenerCount(event))).toEqual(before)
    expect(vi.getTimerCount()).toBe(0)
  })
})
