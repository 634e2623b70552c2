import { describe, expect, it } from 'vitest'
import { nodeClock } from '../../../src/node/runtime/node-clock.ts'

describe('nodeClock', () => {
  it('defers until the event being handled is over, before promises go on', async () => {
    const order: string[] = []
    await new Promise<void>(resolve => {
      setImmediate(() => {
        void Promise.resolve().then(() => order.push('promise'))
        nodeClock.defer(() => order.push('deferred'))
        order.push('event')
        setImmediate(resolve)
      })
    })
    expect(order).toEqual(['event', 'deferred', 'promise'])
  })

  it('lets brief work go on in the next turn, although long work waits for turns', async () => {
    const order: string[] = []
    const longWork = Array.from({ length: 5 }, () => new Promise<void>(resolve => nodeClock.yield(() => resolve(void order.push('long')))))
    await new Promise<void>(resolve => nodeClock.yield(() => resolve(void order.push('brief')), true))
    expect(order.slice(0, 2)).toContain('brief')
    await Promise.all(longWork)
  })

  it('fires once after the delay, and not when cancelled', async () => {
    const fired: string[] = []
    const cancelled = nodeClock.schedule(() => fired.push('cancelled'), 1)
    cancelled.cancel()
    const before = nodeClock.now()
    const keepsAlive = setTimeout(() => {}, 1000)
    await new Promise<void>(resolve => nodeClock.schedule(resolve, 5))
    clearTimeout(keepsAlive)
    expect(nodeClock.now() - before).toBeGreaterThan(3)
    expect(fired).toEqual([])
  })

  for (const delay of [5, 1000]) {
    it(`calls an object once after ${delay} ms, and not when cancelled`, async () => {
      const calls: string[] = []
      const { forObject } = nodeClock.schedule
      await new Promise<void>(resolve => {
        forObject!({ timeIsUp: () => void calls.push('cancelled') }, delay).cancel()
        forObject!({ timeIsUp: () => void calls.push('first') }, delay)
        forObject!({ timeIsUp: resolve }, delay)
      })
      expect(calls).toEqual(['first'])
    })
  }

  it('waits long where the delay is longer than timers can be', async () => {
    const fired: number[] = []
    const timers = [2 ** 31, Number.POSITIVE_INFINITY].map(delay => nodeClock.schedule(() => fired.push(delay), delay))
    await new Promise(resolve => setTimeout(resolve, 10))
    for (const timer of timers) timer.cancel()
    expect(fired).toEqual([])
  })

  it('does not keep the process alive', () => {
    const timers = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    nodeClock.schedule(() => {}, 60_000).cancel()
    const timer = nodeClock.schedule(() => {}, 60_000)
    expect(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length).toBe(timers)
    timer.cancel()
  })
})
