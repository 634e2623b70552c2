import { describe, expect, it, vi } from 'vitest'
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

  it('cancels when the signal that it was given is aborted, also before', async () => {
    const control = new AbortController()
    const { stream, signal, reject } = streaming(control.signal)
    const reading = stream.next()
    control.abort(new Error('enough'))
    expect(signal().reason).toEqual(new Error('enough'))
    reject(signal().reason)
    await expect(reading).rejects.toThrow('enough')
    expect(streaming(AbortSignal.abort(new Error('before'))).signal().reason).toEqual(new Error('before'))
  })

  it('no longer looks at the signal that it was given when the call is over', async () => {
    const control = new AbortController()
    const removed = vi.spyOn(control.signal, 'removeEventListener')
    const { stream, resolve } = streaming(control.signal)
    resolve('done')
    await stream.result
    expect(removed).toHaveBeenCalledOnce()
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

function streaming(given?: AbortSignal) {
  let progress = (_: CallResult): void => {}
  let own: AbortSignal | undefined
  let resolve = (_: unknown): void => {}
  let reject = (_: Error): void => {}
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes
    reject = no
  })
  const stream = new StreamOfCall(
    'com.example',
    10,
    (onProgress, signal) => {
      progress = onProgress
      own = signal
      return promise
    },
    given,
  )
  return { stream, progress: (result: CallResult) => progress(result), resolve, reject, signal: () => own! }
}
