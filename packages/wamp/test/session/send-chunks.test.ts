import { describe, expect, it } from 'vitest'
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
