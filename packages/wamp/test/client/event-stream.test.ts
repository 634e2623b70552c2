import { describe, expect, it } from 'vitest'
import { StreamOfEvents } from '../../src/client/event-stream.ts'
import type { EventsOptions } from '../../src/client/request-options.ts'
import type { WampEvent } from '../../src/session/subscriptions.ts'

describe('StreamOfEvents', () => {
  it('closes its subscription once it is left, and forgets its signal', async () => {
    const control = new AbortController()
    const { stream, closed } = streaming({ signal: control.signal })
    await stream.return()
    control.abort()
    expect(closed()).toBe(1)
  })

  it('ends where the subscription ends', async () => {
    const { stream, end } = streaming()
    end()
    expect((await stream.next()).done).toBe(true)
    const failing = streaming()
    failing.end({ error: new Error('given up') })
    await expect(failing.stream.next()).rejects.toThrow('given up')
  })

  it('ends at once with a signal that is aborted', async () => {
    const { stream, closed } = streaming({ signal: AbortSignal.abort(new Error('before')) })
    await expect(stream.next()).rejects.toThrow('before')
    expect(closed()).toBe(1)
  })

  it('closes when it is disposed of', async () => {
    const { stream, closed } = streaming()
    await stream[Symbol.asyncDispose]()
    expect(closed()).toBe(1)
  })

  it('counts what it drops', async () => {
    const { stream, say } = streaming()
    for (let n = 0; n < 5; n++) say(n)
    expect(stream.dropped).toBe(3)
    expect((await stream.next()).value).toMatchObject({ args: [0] })
  })
})

function streaming(options: EventsOptions = {}) {
  let handler = (_: WampEvent): void => {}
  let end = (_?: { error: unknown }): void => {}
  let closed = 0
  const stream = new StreamOfEvents('com.example', 2, options, (given, ended) => {
    handler = given
    end = ended
    return {
      ready: Promise.resolve(),
      close: () => {
        closed++
        return Promise.resolve()
      },
    }
  })
  const say = (n: number): void => handler({ topic: 'com.example', args: [n], kwargs: {}, details: {}, publication: n })
  return { stream, say, end: (failure?: { error: unknown }) => end(failure), closed: () => closed }
}
