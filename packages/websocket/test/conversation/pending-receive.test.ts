import { describe, expect, it } from 'vitest'
import { PendingReceive } from '../../src/conversation/pending-receive.ts'
import type { ReceiveOptions } from '../../src/conversation/receive-options.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()

describe('PendingReceive', () => {
  it('gives its message, and lets go of the signal and the timer', async () => {
    const clock = new FakeClock()
    const abort = new AbortController()
    const { receive, gaveUp } = pending({ timeout: 5, signal: abort.signal }, clock)
    receive.give('hello')
    abort.abort()
    expect(clock.pending).toBe(0)
    expect(await receive.promise).toBe('hello')
    expect(gaveUp).toEqual([])
  })

  it('gives up after its time with a TimeoutError', async () => {
    const clock = new FakeClock()
    const { receive, gaveUp } = pending({ timeout: 1.5 }, clock)
    clock.advance(1499)
    expect(gaveUp).toEqual([])
    clock.advance(1)
    expect(gaveUp).toEqual([receive])
    await expect(receive.promise).rejects.toMatchObject({ name: 'TimeoutError', message: 'no message came within 1.5 s' })
    receive.give('too late')
    receive.end({ error: new ConnectionClosed(1000, 'closed'), isClean: true })
  })

  it('waits as long as it takes with 0, with Infinity and without a timeout', () => {
    for (const options of [{}, { timeout: 0 }, { timeout: Infinity }]) {
      const clock = new FakeClock()
      pending(options, clock)
      expect(clock.pending).toBe(0)
    }
  })

  it("gives up with its signal's reason", async () => {
    const abort = new AbortController()
    const { receive, gaveUp } = pending({ signal: abort.signal })
    const reason = new Error('enough')
    abort.abort(reason)
    expect(gaveUp).toEqual([receive])
    await expect(receive.promise).rejects.toBe(reason)
  })

  it('raises no warning where many calls share one signal', async () => {
    const { signal } = new AbortController()
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    for (let i = 0; i < 50; i++) pending({ signal })
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('rejects with the end of the connection, which needs no handler', async () => {
    const { receive } = pending()
    const error = new ConnectionClosed(1000, 'closed')
    receive.end({ error, isClean: true })
    await new Promise(setImmediate)
    await expect(receive.promise).rejects.toBe(error)
  })

  it('rejects with ApiMisuse where a later call took its place, which needs no handler', async () => {
    const { receive } = pending()
    receive.replace()
    await new Promise(setImmediate)
    await expect(receive.promise).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining('signal and timeout') })
  })

  describe('is doubtful', () => {
    it('never where it is awaited', async () => {
      const { receive } = pending()
      const message = (async () => await receive.promise)()
      await new Promise(setImmediate)
      expect(receive.isDoubtful).toBe(false)
      receive.give('hello')
      expect(await message).toBe('hello')
    })

    it('where it was given to Promise.race, once that turn is over', async () => {
      const { receive } = pending()
      const first = Promise.race([receive.promise, Promise.resolve('other')])
      expect(receive.isDoubtful).toBe(false)
      expect(await first).toBe('other')
      expect(receive.isDoubtful).toBe(true)
    })

    it('where another promise follows it', async () => {
      const { receive } = pending()
      void new Promise((resolve, reject) => {
        receive.promise.then(resolve, reject)
      })
      await new Promise(setImmediate)
      expect(receive.isDoubtful).toBe(true)
    })

    it('never where a function of the application waits for it', async () => {
      const { receive } = pending()
      receive.promise.then(message => message)
      receive.promise.catch(() => undefined)
      await new Promise(setImmediate)
      expect(receive.isDoubtful).toBe(false)
    })

    it('and is a promise like any other all the same', async () => {
      const { receive } = pending()
      const got = receive.promise.then(message => `got ${message}`)
      const all = Promise.all([receive.promise, receive.promise.finally(() => undefined)])
      receive.give('hello')
      expect([await got, await all]).toEqual(['got hello', ['hello', 'hello']])
      expect(Object.keys(receive.promise)).toEqual([])
    })
  })
})

function pending(options: ReceiveOptions = {}, clock = new FakeClock()): { receive: PendingReceive; gaveUp: PendingReceive[] } {
  const gaveUp: PendingReceive[] = []
  return { receive: new PendingReceive(clock, options, given => gaveUp.push(given)), gaveUp }
}
