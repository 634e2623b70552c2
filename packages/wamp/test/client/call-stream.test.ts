import { describe, expect, it } from 'vitest'
import { StreamOfCall } from '../../src/client/call-stream.ts'
import type { CallResult } from '../../src/session/answer.ts'

describe('StreamOfCall', () => {
  it('begins its call at once, and ends with it', async () => {
    const { stream, progress, resolve } = streaming()
    progress(item(1))
    resolve('done')
    expect(await stream.next()).toEqual({ done: false, value: 1 })
    expect((await stream.next()).done).toBe(true)
    expect(await stream.result).toBe('done')
  })

  it('cancels without an error for its own loop', async () => {
    const { stream, signal } = streaming()
    const reading = stream.next()
    stream.cancel()
    expect(signal().aborted).toBe(true)
    expect(await reading).toEqual({ done: true, value: undefined })
  })

  it('cancels when it is disposed of', async () => {
    const { stream, signal } = streaming()
    await stream[Symbol.asyncDispose]()
    expect(signal().aborted).toBe(true)
  })

  it('has a result whose rejection need not be handled', async () => {
    const { stream, reject } = streaming()
    reject(new Error('refused'))
    await expect(stream.next()).rejects.toThrow('refused')
  })
})

function item(value: unknown): CallResult {
  return { args: [value], kwargs: {}, details: { progress: true } }
}

function streaming() {
  let progress = (_: CallResult): void => {}
  let own: AbortSignal | undefined
  let resolve = (_: unknown): void => {}
  let reject = (_: Error): void => {}
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes
    reject = no
  })
  const stream = new StreamOfCall('com.example', 10, (onProgress, signal) => {
    progress = onProgress
    own = signal
    return promise
  })
  return { stream, progress: (result: CallResult) => progress(result), resolve, reject, signal: () => own! }
}
