import { describe, expect, it } from 'vitest'
import { StreamOfCall } from '../../src/client/call-stream.ts'
import { StreamOfEvents } from '../../src/client/event-stream.ts'
import { LateStream } from '../../src/client/late-stream.ts'
import type { WampEvent } from '../../src/session/subscriptions.ts'

describe('LateStream', () => {
  it('gives the progressive results and the result of a call that begins later', async () => {
    const { begin, beginning } = begun()
    const stream = new LateStream(beginning)
    const loop = values(stream)
    begin(
      new StreamOfCall('a', 9, async onProgress => {
        for (const n of [1, 2]) onProgress({ args: [n], kwargs: {}, details: {} })
        return 'done'
      }),
    )
    expect(await loop).toEqual([1, 2])
    expect(await stream.result).toBe('done')
  })

  it('cancels a call that begins later', async () => {
    const { begin, beginning } = begun()
    const stream = new LateStream(beginning)
    stream.cancel()
    const aborted = new Promise<void>(resolve => {
      begin(
        new StreamOfCall('a', 9, (_, signal) => {
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              resolve()
              reject(signal.reason)
            })
          })
        }),
      )
    })
    await aborted
    await expect(stream.result).rejects.toThrow('aborted')
    expect((await stream.next()).done).toBe(true)
  })

  it('gives events, counts those that were dropped, and ends the subscription', async () => {
    const { begin, beginning } = begun()
    const stream = new LateStream(beginning)
    expect(stream.dropped).toBe(0)
    let closed = 0
    begin(
      new StreamOfEvents('a', 1, {}, handler => {
        for (const publication of [1, 2, 3]) handler({ topic: 'a', args: [], kwargs: {}, details: {}, publication })
        return { ready: Promise.resolve(), close: async () => void closed++ }
      }),
    )
    await stream.ready
    expect(stream.dropped).toBe(2)
    expect((await stream.next()).value as WampEvent | undefined).toMatchObject({ publication: 1 })
    await stream.return()
    await stream[Symbol.asyncDispose]()
    expect([closed, (await stream.next()).done]).toEqual([2, true])
  })

  it('throws where the code of streams cannot be loaded', async () => {
    const stream = new LateStream(Promise.reject(new Error('offline')))
    await expect(stream.next()).rejects.toThrow('offline')
    await expect(stream.result).rejects.toThrow('offline')
    await expect(stream.ready).rejects.toThrow('offline')
    await expect(stream.close()).rejects.toThrow('offline')
    stream.cancel()
  })
})

function begun() {
  let begin = (_: StreamOfCall | StreamOfEvents): void => {}
  const beginning = new Promise<StreamOfCall | StreamOfEvents>(resolve => {
    begin = resolve
  })
  return { begin: (stream: StreamOfCall | StreamOfEvents) => begin(stream), beginning }
}

async function values(stream: LateStream): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const value of stream) all.push(value)
  return all
}
