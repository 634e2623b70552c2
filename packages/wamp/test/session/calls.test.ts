import { describe, expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { ableRouter, joined } from '../fixtures/router-script.ts'

const { CALL, CANCEL, RESULT, ERROR } = MessageType

describe('a call', () => {
  it('sends CALL and resolves with the value of RESULT', async () => {
    const { session, router } = await joined()
    const sum = session.call('com.example.add', { args: [2, 3], kwargs: {} })
    expect(router.sent).toEqual([[CALL, 1, {}, 'com.example.add', { args: [2, 3], kwargs: {} }]])
    router.says([RESULT, 1, {}, { args: [5], kwargs: {} }])
    expect(await sum).toBe(5)
    expect(session.inProgress).toBe(0)
  })

  it('resolves with undefined for a result without values', async () => {
    const { session, router } = await joined()
    const done = session.call('com.example.do', undefined)
    router.says([RESULT, 1, {}])
    expect(await done).toBeUndefined()
  })

  it.each([
    [{ args: [1, 2], kwargs: {} }, '2 positional values and 0 keywords'],
    [{ args: [1], kwargs: { unit: 'm', scale: 2 } }, '1 positional values and 2 keywords'],
  ])('rejects a result that is not one value, and names callResult', async (payload, what) => {
    const { session, router } = await joined()
    const call = session.call('com.example.two', undefined)
    router.says([RESULT, 1, {}, payload])
    await expect(call).rejects.toThrow(`the result of com.example.two has ${what}, and call returns one value: use callResult`)
  })

  it('gives the whole result where it is asked for', async () => {
    const { session, router } = await joined()
    const call = session.call('com.example.two', undefined, {}, true)
    router.says([RESULT, 1, { extra: 1 }, { args: [1, 2], kwargs: { unit: 'm' } }])
    expect(await call).toEqual({ args: [1, 2], kwargs: { unit: 'm' }, details: { extra: 1 } })
  })

  it('rejects with the URI and the payload of ERROR', async () => {
    const { session, router } = await joined()
    const call = session.call('com.example.buy', undefined)
    router.says([ERROR, CALL, 1, {}, 'com.example.no_stock', { args: ['sold out'], kwargs: { left: 0 } }])
    await expect(call).rejects.toMatchObject({
      name: 'WampError',
      uri: 'com.example.no_stock',
      args: ['sold out'],
      kwargs: { left: 0 },
      message: 'sold out (com.example.no_stock)',
    })
  })

  it('may be answered within its own sending', async () => {
    const { session, router, clock } = await joined()
    router.onSent = ([type, id]) => {
      if (type === CALL) router.says([RESULT, id as number, {}, { args: ['at once'], kwargs: {} }])
    }
    expect(await session.call('com.example.add', undefined, { timeout: 100 })).toBe('at once')
    expect(clock.pending).toBe(0)
  })

  it('is refused above the limit of calls in progress', async () => {
    const { session, router } = await joined({ maxCalls: 2 })
    const first = session.call('a', undefined)
    session.call('b', undefined).catch(() => undefined)
    await expect(session.call('c', undefined)).rejects.toThrow('2 calls are in progress')
    router.says([RESULT, 1, {}])
    await first
    expect(session.call('d', undefined)).toBeInstanceOf(Promise)
    expect(router.sent).toHaveLength(3)
  })

  it('is a protocol violation when the answer is to a call that was never made', async () => {
    const { session, router } = await joined()
    session.call('a', undefined).catch(() => undefined)
    router.says([RESULT, 2, {}])
    expect(router.sent.at(-1)).toEqual([
      MessageType.ABORT,
      { message: expect.stringContaining('the id 2, which was never made') },
      'wamp.error.protocol_violation',
    ])
  })
})

describe('the timeout of a call', () => {
  it('rejects, cancels, and tells the router beforehand', async () => {
    const { session, router, clock } = await joined()
    const call = session.call('com.example.slow', undefined, { timeout: 2000 })
    call.catch(() => undefined)
    expect(router.takeSent()).toEqual([[CALL, 1, { timeout: 2000 }, 'com.example.slow', undefined]])
    await clock.settle(2000)
    await expect(call).rejects.toMatchObject({ uri: 'wamp.error.timeout', message: /com.example.slow did not answer within 2000 ms/ })
    expect(router.sent).toEqual([[CANCEL, 1, { mode: 'killnowait' }]])
    router.says([ERROR, CALL, 1, {}, 'wamp.error.timeout'])
    expect(session.isOpen).toBe(true)
  })

  it.each(['', 'Crossbar.io 26.1'])('is not sent to a router that does not announce it, or takes seconds: %s', async agent => {
    const roles = agent === '' ? { dealer: {} } : ableRouter.roles
    const { session, router, clock } = await joined({ welcome: { agent, roles } })
    const call = session.call('a', undefined, { timeout: 10 })
    call.catch(() => undefined)
    expect(router.sent).toEqual([[CALL, 1, {}, 'a', undefined]])
    await clock.settle(10)
    await expect(call).rejects.toMatchObject({ uri: 'wamp.error.timeout' })
  })

  it('begins anew with each progressive result', async () => {
    const { session, router, clock } = await joined()
    const call = session.call('a', undefined, { timeout: 1000, onProgress: () => {} })
    await clock.settle(900)
    router.says([RESULT, 1, { progress: true }, { args: [1], kwargs: {} }])
    await clock.settle(900)
    router.says([RESULT, 1, {}, { args: [2], kwargs: {} }])
    expect(await call).toBe(2)
    expect(clock.pending).toBe(0)
  })
})

describe('the signal of a call', () => {
  it('rejects with its reason at once, and cancels', async () => {
    const { session, router } = await joined()
    const control = new AbortController()
    const call = session.call('a', undefined, { signal: control.signal })
    router.takeSent()
    control.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    expect(router.sent).toEqual([[CANCEL, 1, { mode: 'killnowait' }]])
    router.says([RESULT, 1, {}])
    expect(session.isOpen).toBe(true)
  })

  it('sends nothing where it is aborted already', async () => {
    const { session, router } = await joined()
    await expect(session.call('a', undefined, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
    expect(router.sent).toEqual([])
  })

  it('waits for the callee with the mode kill, after a timeout for the same time once more', async () => {
    const { session, router, clock } = await joined()
    const call = session.call('a', undefined, { timeout: 1000, mode: 'kill' })
    call.catch(() => undefined)
    await clock.settle(1000)
    expect(router.takeSent().slice(1)).toEqual([[CANCEL, 1, { mode: 'kill' }]])
    expect(session.inProgress).toBe(1)
    await clock.settle(1000)
    expect(router.sent).toEqual([])
    await expect(call).rejects.toMatchObject({ uri: 'wamp.error.timeout' })
    router.says([RESULT, 1, {}])
    expect(session.isOpen).toBe(true)
  })

  it('waits for the callee with the mode kill', async () => {
    const { session, router } = await joined()
    const control = new AbortController()
    const call = session.call('a', undefined, { signal: control.signal, mode: 'kill' })
    router.takeSent()
    control.abort()
    expect(router.sent).toEqual([[CANCEL, 1, { mode: 'kill' }]])
    router.says([RESULT, 1, {}, { args: ['done all the same'], kwargs: {} }])
    expect(await call).toBe('done all the same')
  })

  it('sends no CANCEL to a router that does not take it', async () => {
    const { session, router } = await joined({ welcome: { roles: { dealer: {} } } })
    const control = new AbortController()
    const call = session.call('a', undefined, { signal: control.signal, mode: 'kill' })
    router.takeSent()
    control.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    expect(router.sent).toEqual([])
  })

  it('is no longer looked at when the call is over', async () => {
    const { session, router } = await joined()
    const control = new AbortController()
    const call = session.call('a', undefined, { signal: control.signal })
    router.says([RESULT, 1, {}])
    await call
    router.takeSent()
    control.abort()
    expect(router.sent).toEqual([])
  })
})

describe('progressive results', () => {
  it('are asked for and handed on in order', async () => {
    const { session, router } = await joined()
    const seen: unknown[] = []
    const call = session.call('a', undefined, { onProgress: ({ args, kwargs }) => seen.push([args, kwargs]) })
    expect(router.sent[0]?.[2]).toEqual({ receive_progress: true })
    router.says([RESULT, 1, { progress: true }, { args: [1], kwargs: {} }], [RESULT, 1, { progress: true }, { args: [], kwargs: { b: 2 } }])
    router.says([RESULT, 1, {}, { args: ['end'], kwargs: {} }])
    expect(await call).toBe('end')
    expect(seen).toEqual([
      [[1], {}],
      [[], { b: 2 }],
    ])
  })

  it('report what their handler throws', async () => {
    const { session, router, errors } = await joined()
    const bug = new Error('a bug')
    const call = session.call('a', undefined, {
      onProgress: () => {
        throw bug
      },
    })
    router.says([RESULT, 1, { progress: true }], [RESULT, 1, {}])
    await call
    expect(errors).toEqual([{ error: bug, origin: { kind: 'callback', uri: 'onProgress' } }])
  })

  it('report what the promise of their handler rejects with', async () => {
    const { session, router, errors } = await joined()
    const bug = new Error('a bug')
    const call = session.call('a', undefined, { onProgress: () => Promise.reject(bug) as never })
    router.says([RESULT, 1, { progress: true }], [RESULT, 1, {}])
    await call
    expect(errors).toEqual([{ error: bug, origin: { kind: 'callback', uri: 'onProgress' } }])
  })
})
