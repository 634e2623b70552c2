import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { unlessAborted, whenAborted } from '../../src/bytes/when-aborted.ts'

describe('whenAborted', () => {
  it('calls all callbacks once, in order', () => {
    const abort = new AbortController()
    const called: number[] = []
    for (const number of [1, 2, 3]) whenAborted(abort.signal, () => called.push(number))
    abort.abort()
    abort.abort()
    expect(called).toEqual([1, 2, 3])
  })

  it('does not call a callback that was removed, also by another callback', () => {
    const abort = new AbortController()
    const called: number[] = []
    const takeBack: (() => void)[] = []
    takeBack.push(whenAborted(abort.signal, () => called.push(0)))
    whenAborted(abort.signal, () => takeBack[2]!())
    takeBack.push(() => undefined)
    takeBack.push(whenAborted(abort.signal, () => called.push(1)))
    takeBack[0]!()
    abort.abort()
    expect(called).toEqual([])
  })

  it('has one listener for many callbacks, and none when all were taken back', () => {
    const { signal } = new AbortController()
    const takeBack = Array.from({ length: 100 }, () => whenAborted(signal, () => undefined))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (const back of takeBack) {
      back()
      back()
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    whenAborted(signal, () => undefined)
    takeBack[0]!()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  })
})

describe('unlessAborted', () => {
  it('rejects with the reason of a signal that is aborted already', async () => {
    const never = new Promise<void>(() => undefined)
    await expect(unlessAborted(never, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })

  it('has the outcome of the promise, and forgets the signal then', async () => {
    const abort = new AbortController()
    expect(await unlessAborted(Promise.resolve(5), abort.signal)).toBe(5)
    await expect(unlessAborted(Promise.reject(new Error('broken')), abort.signal)).rejects.toThrow('broken')
    const promise = Promise.resolve(6)
    expect(unlessAborted(promise, undefined)).toBe(promise)
    abort.abort(new Error('late'))
  })

  it('rejects with the reason where the signal is aborted first', async () => {
    const abort = new AbortController()
    const waiting = unlessAborted(new Promise(() => undefined), abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
