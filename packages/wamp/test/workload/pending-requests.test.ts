import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { PendingRequests } from '../../src/workload/pending-requests.ts'

describe('PendingRequests', () => {
  it('makes ids of the kind that its version of WAMP has, and tells 1 from "1"', async () => {
    const requests = new PendingRequests<number | string>(Number)
    const ids: unknown[] = []
    const answer = requests.add(id => ids.push(id), new FakeClock(), 0, undefined)
    expect({ ids, isText: requests.resolve('1', 'text'), isNumber: requests.resolve(1, 'number') }).toEqual({
      ids: [1],
      isText: false,
      isNumber: true,
    })
    expect(await answer).toBe('number')
  })

  it('gives each request its own id, and each answer to its request', async () => {
    const { calls, ids, add } = make()
    const answers = [add(), add()]
    expect(ids).toEqual(['1', '2'])
    expect(calls.resolve('2', 'second')).toBe(true)
    expect(calls.resolve('1', 'first')).toBe(true)
    expect(await Promise.all(answers)).toEqual(['first', 'second'])
    expect(calls.size).toBe(0)
  })

  it('ignores a second answer, and an answer to a request that was not made', async () => {
    const { calls, add } = make()
    const answer = add()
    calls.resolve('1', 1)
    expect([calls.resolve('1', 2), calls.reject('1', 2), calls.resolve('__proto__', 2)]).toEqual([false, false, false])
    expect(await answer).toBe(1)
  })

  it('gives up in time, and leaves no timer behind', async () => {
    const { calls, clock, add } = make()
    const late = add(2)
    const early = add(2)
    calls.resolve('2', 1)
    expect(clock.pending).toBe(1)
    clock.advance(2000)
    await expect(late).rejects.toThrow('no answer within 2 s')
    await early
    expect([calls.size, clock.pending]).toEqual([0, 0])
  })

  it('gives up when the signal is aborted, and stops listening to it', async () => {
    const { calls, add } = make()
    const controller = new AbortController()
    const answer = add(0, controller.signal)
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    expect(calls.size).toBe(0)
    const settled = add(0, new AbortController().signal)
    calls.resolve('2', 1)
    await settled
  })

  it('rejects all when the connection is gone', async () => {
    const { calls, clock, add } = make()
    const answers = [add(5), add(0)]
    calls.rejectAll(new Error('gone'))
    for (const answer of answers) await expect(answer).rejects.toThrow('gone')
    expect([calls.size, clock.pending]).toEqual([0, 0])
  })

  it('keeps nothing of a request that could not be sent', async () => {
    const { calls, clock } = make()
    const misuse = () =>
      calls.add(
        () => {
          throw new ApiMisuse('no')
        },
        clock,
        1,
        undefined,
      )
    expect(misuse).toThrow('no')
    await expect(
      calls.add(
        () => {
          throw new Error('full')
        },
        clock,
        1,
        undefined,
      ),
    ).rejects.toThrow('full')
    expect([calls.size, clock.pending]).toEqual([0, 0])
  })
})

function make() {
  const calls = new PendingRequests(String)
  const clock = new FakeClock()
  const ids: string[] = []
  const add = (timeout = 0, signal?: AbortSignal) => calls.add(id => ids.push(id), clock, timeout, signal)
  return { calls, clock, ids, add }
}
