import { stat } from 'node:fs'
import { mock } from 'node:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CurrentTime } from '../../../src/node/runtime/current-time.ts'
import { realSetImmediate, realSetTimeout } from '../../../src/node/runtime/event-loop.ts'
import { NodeTimer } from '../../../src/node/runtime/node-timer.ts'
import { tcpPair } from '../../fixtures/socket-pair.ts'

const time = new CurrentTime()

afterEach(() => {
  vi.useRealTimers()
  mock.timers.reset()
})

describe('NodeTimer', () => {
  it('lets sockets be read once more before it calls, and what they bring may cancel it', async () => {
    const [client, server] = await tcpPair()
    const events: string[] = []
    let timer: NodeTimer | undefined
    const read = new Promise<void>(resolve =>
      server.on('data', () => {
        events.push('read')
        timer?.cancel()
        resolve()
      }),
    )
    // in a callback of the phase in which sockets are read, so that the timers come next
    stat('.', () => {
      timer = new NodeTimer(() => events.push('deadline'), 5, time)
      client.write('x')
      waitFor(50)
    })
    await read
    await new Promise<void>(resolve => realSetImmediate(() => realSetImmediate(resolve)))
    expect(events).toEqual(['read'])
    client.destroy()
    server.destroy()
  })

  it('is cancelled before it is due, when it is due, and after it has called', async () => {
    const fired: number[] = []
    for (const turns of [0, 1]) {
      vi.useFakeTimers()
      const timer = new NodeTimer(() => fired.push(turns), 100, time)
      vi.advanceTimersByTime(turns * 100)
      timer.cancel()
      vi.useRealTimers()
      await new Promise<void>(resolve => realSetImmediate(() => realSetImmediate(resolve)))
    }
    expect(fired).toEqual([])
    await new Promise<void>(resolve => {
      const timer = new NodeTimer(
        () => {
          timer.cancel()
          resolve()
        },
        1,
        time,
      )
      realSetTimeout(() => undefined, 50)
    })
  })

  it('fires by replaced timers, and time has passed for it then', async () => {
    for (const enable of [() => vi.useFakeTimers(), () => mock.timers.enable(), () => mock.timers.enable({ apis: ['setTimeout'] })]) {
      enable()
      const before = time.now()
      const fired = new Promise<number>(resolve => new NodeTimer(() => resolve(time.now()), 5000, time))
      if (vi.isFakeTimers()) vi.advanceTimersByTime(5000)
      else mock.timers.tick(5000)
      // in whole microseconds, because a difference of two times has an error in its last bits
      expect(Math.round(1000 * ((await fired) - before))).toBeGreaterThanOrEqual(5_000_000)
      vi.useRealTimers()
      mock.timers.reset()
    }
  })

  it('starts again when the fake timers that it waited for are removed', async () => {
    vi.useFakeTimers()
    const fired = new Promise<void>(resolve => new NodeTimer(resolve, 5, time))
    vi.useRealTimers()
    const keepsAlive = setTimeout(() => undefined, 30_000)
    await fired
    clearTimeout(keepsAlive)
  })

  it('waits for fake timers as long as they are installed', async () => {
    vi.useFakeTimers()
    const fired: string[] = []
    const timer = new NodeTimer(() => fired.push('fired'), 5, time)
    await new Promise<void>(resolve => void realSetTimeout(resolve, 250))
    expect(fired).toEqual([])
    timer.cancel()
  })
})

/** Blocks the event loop. */
function waitFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
