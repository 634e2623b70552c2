import { describe, expect, it, vi } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { result } from '../../src/session/answer.ts'
import { joined } from '../fixtures/router-script.ts'

const { CALL, CANCEL, RESULT, ERROR } = MessageType

describe('chunks of a call', () => {
  it('that cannot be begun reject the call', async () => {
    const { session } = await joined()
    const bug = new Error('a bug')
    const chunks = {
      [Symbol.asyncIterator]: () => {
        throw bug
      },
    }
    await expect(session.call('a', undefined, { chunks })).rejects.toBe(bug)
  })

  it('follow under the same id, and end with a message without progress', async () => {
    const { session, router, clock } = await joined()
    const call = session.call('a', { args: ['name'], kwargs: {} }, { chunks: ['x', result(['y', 'z'], { last: true })] })
    await clock.settle()
    expect(router.sent).toEqual([
      [CALL, 1, { progress: true }, 'a', { args: ['name'], kwargs: {} }],
      [CALL, 1, { progress: true }, 'a', { args: ['x'], kwargs: {} }],
      [CALL, 1, { progress: true }, 'a', { args: ['y', 'z'], kwargs: { last: true } }],
      [CALL, 1, {}, 'a', undefined],
    ])
    router.says([RESULT, 1, {}, { args: [3], kwargs: {} }])
    expect(await call).toBe(3)
  })

  it('wait while the transport takes no more', async () => {
    const { session, router, clock } = await joined()
    session.call('a', undefined, { chunks: [1, 2, 3] }).catch(() => undefined)
    router.isWritable = false
    await clock.settle()
    expect(router.sent).toHaveLength(2)
    router.takesAgain()
    await clock.settle()
    expect(router.sent).toHaveLength(5)
  })

  it('are no longer read when the call is over', async () => {
    const { session, router, clock } = await joined()
    let isReturned = false
    async function* source() {
      try {
        for (let n = 0; ; n++) {
          yield n
          if (n === 1) router.says([ERROR, CALL, 1, {}, 'wamp.error.canceled'])
        }
      } finally {
        isReturned = true
      }
    }
    const call = session.call('a', undefined, { chunks: source() })
    call.catch(() => undefined)
    await clock.settle()
    await expect(call).rejects.toMatchObject({ uri: 'wamp.error.canceled' })
    expect(isReturned).toBe(true)
    expect(router.sent.filter(([type]) => type === CALL)).toHaveLength(3)
  })

  it('are ended at once where the call is over, also where they have nothing to say', async () => {
    const { session, router, clock } = await joined()
    const returned = vi.fn(async () => ({ done: true as const, value: undefined }))
    const chunks = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: returned }) }
    const call = session.call('a', undefined, { chunks })
    call.catch(() => undefined)
    await clock.settle()
    router.says([ERROR, CALL, 1, {}, 'wamp.error.canceled'])
    await expect(call).rejects.toThrow('canceled')
    expect(returned).toHaveBeenCalledOnce()
  })

  it('are ended where one of them cannot be sent', async () => {
    const { session, router, clock } = await joined()
    let isReturned = false
    async function* source() {
      try {
        yield 'x'.repeat(1000)
      } finally {
        isReturned = true
      }
    }
    router.maxSendSize = 200
    const call = session.call('a', undefined, { chunks: source(), mode: 'kill' })
    call.catch(() => undefined)
    await clock.settle()
    await expect(call).rejects.toMatchObject({ name: 'MessageTooLarge' })
    expect(isReturned).toBe(true)
  })

  it('do not follow CANCEL, also where the answer of the callee is awaited', async () => {
    const { session, router, clock } = await joined()
    const control = new AbortController()
    let next = (_: number): void => {}
    async function* source() {
      yield 1
      yield new Promise<number>(resolve => (next = resolve))
    }
    const call = session.call('a', undefined, { chunks: source(), signal: control.signal, mode: 'kill' })
    await clock.settle()
    control.abort()
    next(2)
    await clock.settle()
    expect(router.sent.map(([type]) => type)).toEqual([CALL, CALL, CANCEL])
    router.says([RESULT, 1, {}, { args: ['killed'], kwargs: {} }])
    expect(await call).toBe('killed')
  })

  it('that cannot be read cancel the call, which rejects with the reason', async () => {
    const { session, router, clock } = await joined()
    const bug = new Error('the file is gone')
    // biome-ignore lint/correctness/useYield: it fails before
    async function* source() {
      throw bug
    }
    const call = session.call('a', undefined, { chunks: source() })
    call.catch(() => undefined)
    await clock.settle()
    await expect(call).rejects.toBe(bug)
    expect(router.sent.at(-1)).toEqual([CANCEL, 1, { mode: 'killnowait' }])
  })

  it('need a router that has announced them', async () => {
    const { session, router } = await joined({ welcome: { roles: { dealer: {} } } })
    await expect(session.call('a', undefined, { chunks: [] })).rejects.toMatchObject({ uri: 'wamp.error.feature_not_supported' })
    expect(router.sent).toEqual([])
    session.publish('b', undefined, {})
    expect(router.sent[0]?.[1]).toBe(1)
  })
})
