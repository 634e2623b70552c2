import { describe, expect, it, vi } from 'vitest'
import type { Invocation as InvocationMessage } from '../../src/messages/message.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { result } from '../../src/session/answer.ts'
import type { ProcedureHandler, ProcedureRegistration } from '../../src/session/callee.ts'
import type { Invocation } from '../../src/session/invocation.ts'
import { WampError } from '../../src/session/wamp-error.ts'
import type { ScriptedRouter } from '../../src/testing/scripted-router.ts'
import { joined, type Scene, type SceneOptions } from '../fixtures/router-script.ts'

const { REGISTER, REGISTERED, UNREGISTER, UNREGISTERED, INVOCATION, INTERRUPT, YIELD, ERROR, ABORT } = MessageType

describe('registering', () => {
  it('sends REGISTER with the options, and resolves when the router has confirmed', async () => {
    const { session, router } = await joined()
    const registering = session.register('com.example.add', { invoke: 'roundrobin' }, () => 1)
    expect(router.sent).toEqual([[REGISTER, 1, { invoke: 'roundrobin' }, 'com.example.add']])
    router.says([REGISTERED, 1, 99])
    expect(await registering).toMatchObject({ id: 99, uri: 'com.example.add' })
  })

  it('rejects with the error of the router', async () => {
    const { session, router } = await joined()
    const registering = session.register('com.example.add', {}, () => 1)
    router.says([ERROR, REGISTER, 1, {}, 'wamp.error.procedure_already_exists'])
    await expect(registering).rejects.toMatchObject({ uri: 'wamp.error.procedure_already_exists' })
  })

  it('rejects where the router does not answer, and takes back what is confirmed later', async () => {
    const { session, router, clock } = await joined({ requestTimeout: 1000 })
    const registering = session.register('com.example.add', {}, () => 1)
    registering.catch(() => undefined)
    await clock.settle(1000)
    await expect(registering).rejects.toMatchObject({ uri: 'wamp.error.timeout', message: /REGISTER com.example.add within 1000 ms/ })
    router.takeSent()
    router.says([REGISTERED, 1, 99])
    expect(router.sent).toEqual([[UNREGISTER, 2, 99]])
  })

  it('answers calls until the router has confirmed the end', async () => {
    const { session, router, registration } = await registered(() => 'still here')
    const ending = session.unregister(registration)
    router.says([INVOCATION, 1, 99, {}])
    expect(router.sent).toEqual([
      [UNREGISTER, 2, 99],
      [YIELD, 1, {}, { args: ['still here'], kwargs: {} }],
    ])
    router.says([UNREGISTERED, 2])
    await ending
    router.says([INVOCATION, 2, 99, {}])
    expect(router.sent.at(-1)).toEqual([
      ERROR,
      INVOCATION,
      2,
      {},
      'wamp.error.unavailable',
      { args: ['there is no registration 99'], kwargs: {} },
    ])
    await session.unregister(registration)
    expect(router.sent).toHaveLength(3)
  })

  it('ends when the router takes it back', async () => {
    const { session, router } = await joined()
    const reasons: unknown[] = []
    void session.register(
      'com.example.add',
      {},
      () => 1,
      reason => reasons.push(reason),
    )
    router.says([REGISTERED, 1, 99])
    router.says([UNREGISTERED, 0, { registration: 98 }], [UNREGISTERED, 0, {}], [UNREGISTERED, 0, { registration: 99, reason: 'moved' }])
    expect(reasons).toEqual(['moved'])
  })
})

describe('an invocation', () => {
  it('hands arguments, keywords and details to the handler', async () => {
    const seen: Invocation[] = []
    const { router } = await registered(invocation => void seen.push(invocation))
    router.says(
      [INVOCATION, 1, 99, { caller: 5 }, { args: [1, 2], kwargs: { a: 3 } }],
      [INVOCATION, 2, 99, { procedure: 'com.example.other' }],
    )
    expect(seen[0]).toMatchObject({ args: [1, 2], kwargs: { a: 3 }, details: { caller: 5 }, procedure: 'com.example.add' })
    expect(seen[1]).toMatchObject({ args: [], kwargs: {}, procedure: 'com.example.other' })
    expect(router.sent).toEqual([
      [YIELD, 1, {}, undefined],
      [YIELD, 2, {}, undefined],
    ])
  })

  it.each([
    ['a value', () => 5, { args: [5], kwargs: {} }],
    ['a list, which is one value', () => [1, 2], { args: [[1, 2]], kwargs: {} }],
    ['null', () => null, { args: [null], kwargs: {} }],
    ['several values', () => result([1, 2], { unit: 'm' }), { args: [1, 2], kwargs: { unit: 'm' } }],
    ['a promise', async () => 6, { args: [6], kwargs: {} }],
    ['a promise of nothing', async () => {}, undefined],
  ])('is answered with what the handler returns: %s', async (_, handler, payload) => {
    const { router, clock } = await registered(handler)
    router.says([INVOCATION, 1, 99, {}])
    await clock.settle()
    expect(router.sent).toEqual([[YIELD, 1, {}, payload]])
  })

  it('is answered with the WampError that the handler throws', async () => {
    const { router, clock, errors } = await registered(async () => {
      throw new WampError('com.example.no_stock', ['x1'], { left: 0 })
    })
    router.says([INVOCATION, 1, 99, {}])
    await clock.settle()
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'com.example.no_stock', { args: ['x1'], kwargs: { left: 0 } }]])
    expect(errors).toEqual([])
  })

  it.each([false, true])('is answered without the text of any other error, unless that is asked for: %s', async exposeErrors => {
    const bug = new TypeError('the password is 1234')
    const { router, errors } = await registered(
      () => {
        throw bug
      },
      { exposeErrors },
    )
    router.says([INVOCATION, 1, 99, {}])
    const payload = exposeErrors ? { args: ['the password is 1234'], kwargs: { name: 'TypeError' } } : undefined
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.runtime_error', payload]])
    expect(errors).toEqual([{ error: bug, origin: { kind: 'procedure', uri: 'com.example.add' } }])
  })

  it('is answered with an error where its result is too large', async () => {
    const { router, errors } = await registered(() => 'x'.repeat(1000))
    router.maxSendSize = 500
    router.says([INVOCATION, 1, 99, {}])
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.payload_size_exceeded', expect.anything()]])
    expect(errors).toHaveLength(1)
  })

  it('is answered with an error where its error is too large', async () => {
    const { router } = await registered(() => {
      throw new WampError('com.example.error', ['x'.repeat(1000)])
    })
    router.maxSendSize = 500
    router.says([INVOCATION, 1, 99, {}])
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.payload_size_exceeded', expect.anything()]])
  })

  it('is refused above the limit', async () => {
    const { router } = await registered(() => new Promise(() => {}), { maxInvocations: 1 })
    router.says([INVOCATION, 1, 99, {}], [INVOCATION, 2, 99, {}])
    expect(router.sent).toEqual([
      [ERROR, INVOCATION, 2, {}, 'wamp.error.unavailable', { args: ['too many calls are in progress'], kwargs: {} }],
    ])
  })

  it('must not have the id of one in progress', async () => {
    const { router } = await registered(() => new Promise(() => {}))
    router.says([INVOCATION, 1, 99, {}], [INVOCATION, 1, 99, {}])
    expect(router.sent).toEqual([[ABORT, { message: 'INVOCATION with the id 1, which is in use' }, 'wamp.error.protocol_violation']])
  })
})

describe('concurrency', () => {
  it('lets further calls wait in their order', async () => {
    const ends: (() => void)[] = []
    const { router, clock, session } = await registered(() => new Promise<void>(resolve => ends.push(resolve)), {}, { concurrency: 2 })
    for (const id of [1, 2, 3, 4]) router.says([INVOCATION, id, 99, {}])
    expect(ends).toHaveLength(2)
    ends[1]!()
    await clock.settle()
    expect(router.sent.map(([type, id]) => [type, id])).toEqual([[YIELD, 2]])
    expect(ends).toHaveLength(3)
    router.says([INTERRUPT, 4, {}])
    expect(router.sent.at(-1)).toEqual([ERROR, INVOCATION, 4, {}, 'wamp.error.canceled', expect.anything()])
    for (const end of ends) end()
    await clock.settle()
    expect(ends).toHaveLength(3)
    expect(session.inProgress).toBe(0)
  })
})

describe('calls that wait because of concurrency', () => {
  it('are answered in their order, and all of them, where the handler answers at once', async () => {
    let end = (): void => {}
    let calls = 0
    const handler = (): unknown => (++calls === 1 ? new Promise<void>(resolve => (end = resolve)) : undefined)
    const { router, clock, session, errors } = await registered(handler, { maxInvocations: 20_000 }, { concurrency: 1 })
    const ids = Array.from({ length: 20_000 }, (_, n) => n + 1)
    for (const id of ids) router.says([INVOCATION, id, 99, {}])
    end()
    await clock.settle()
    expect(router.sent.map(([, id]) => id)).toEqual(ids)
    expect(router.sent.every(([type]) => type === YIELD)).toBe(true)
    expect(session.inProgress).toBe(0)
    expect(errors).toEqual([])
  })
})

describe('a source of progressive results that has nothing to say', () => {
  const never = new Promise<never>(() => {})

  it.each<[string, (router: ScriptedRouter) => void]>([
    ['the caller cancels', router => router.says([INTERRUPT, 1, {}])],
    ['the session ends', router => router.loses()],
  ])('is ended where %s', async (_, ends) => {
    const returned = vi.fn(async () => ({ done: true as const, value: undefined }))
    const { router, clock } = await registered(() => ({ [Symbol.asyncIterator]: () => ({ next: () => never, return: returned }) }))
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    await clock.settle()
    expect(returned).not.toHaveBeenCalled()
    ends(router)
    await clock.settle()
    expect(returned).toHaveBeenCalledOnce()
  })

  it('is answered as canceled where it ends then', async () => {
    let stop = (_: IteratorResult<unknown>): void => {}
    const next = (): Promise<IteratorResult<unknown>> => new Promise(resolve => (stop = resolve))
    const leave = async (): Promise<IteratorResult<unknown>> => {
      stop({ done: true, value: undefined })
      return { done: true, value: undefined }
    }
    const { router, clock } = await registered(() => ({ [Symbol.asyncIterator]: () => ({ next, return: leave }) }))
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    await clock.settle()
    router.says([INTERRUPT, 1, {}])
    await clock.settle()
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.canceled', expect.anything()]])
  })

  it('is ended by INTERRUPT where it never waits, and the caller takes no progressive results', async () => {
    let isReturned = false
    const { router, clock } = await registered(function* () {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        isReturned = true
      }
    })
    router.says([INVOCATION, 1, 99, {}])
    await clock.settle()
    expect(router.sent).toEqual([])
    router.says([INTERRUPT, 1, {}])
    await clock.settle(1)
    expect(isReturned).toBe(true)
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.canceled', expect.anything()]])
  })

  it('is ended where a value cannot be sent', async () => {
    let isReturned = false
    const { router, clock } = await registered(async function* () {
      try {
        yield 'x'.repeat(1000)
      } finally {
        isReturned = true
      }
    })
    router.maxSendSize = 200
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    await clock.settle()
    expect(isReturned).toBe(true)
    expect(router.sent).toMatchObject([[ERROR, INVOCATION, 1, {}, 'wamp.error.payload_size_exceeded', expect.anything()]])
  })

  it('reports what it throws when it is ended', async () => {
    const bug = new Error('no end')
    const leave = (): never => {
      throw bug
    }
    const { router, clock, errors } = await registered(() => ({ [Symbol.asyncIterator]: () => ({ next: () => never, return: leave }) }))
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    await clock.settle()
    router.loses()
    await clock.settle()
    expect(errors).toMatchObject([{ error: bug, origin: { kind: 'procedure' } }])
  })
})

describe('INTERRUPT', () => {
  it('aborts the signal of the handler, whose failure is answered as canceled', async () => {
    const reasons: unknown[] = []
    const { router, clock, errors } = await registered(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason)
            reject(new DOMException('stopped', 'AbortError'))
          })
        }),
    )
    router.says([INVOCATION, 1, 99, {}], [INTERRUPT, 1, { mode: 'kill' }])
    await clock.settle()
    expect(reasons).toMatchObject([{ uri: 'wamp.error.canceled' }])
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.canceled', undefined]])
    expect(errors).toEqual([])
  })

  it('is seen by a handler that asks for the signal later', async () => {
    let go = (): void => {}
    const { router, clock } = await registered(async invocation => {
      await new Promise<void>(resolve => {
        go = resolve
      })
      invocation.signal.throwIfAborted()
    })
    router.says([INVOCATION, 1, 99, {}], [INTERRUPT, 1, {}], [INTERRUPT, 1, {}])
    go()
    await clock.settle()
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.canceled', expect.anything()]])
  })

  it('leaves a handler alone that does not look at it', async () => {
    let end = (_: number): void => {}
    const { router, clock } = await registered(() => new Promise<number>(resolve => (end = resolve)))
    router.says([INVOCATION, 1, 99, {}], [INTERRUPT, 1, {}], [INTERRUPT, 77, {}])
    end(5)
    await clock.settle()
    expect(router.sent).toEqual([[YIELD, 1, {}, { args: [5], kwargs: {} }]])
  })

  it('ends a generator at its next yield', async () => {
    let isReturned = false
    const { router, clock } = await registered(async function* () {
      try {
        for (let n = 0; ; n++) {
          yield n
          if (n === 1) router.says([INTERRUPT, 1, {}])
        }
      } finally {
        isReturned = true
      }
    })
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    await clock.settle()
    expect(isReturned).toBe(true)
    expect(router.sent.map(([type]) => type)).toEqual([YIELD, YIELD, ERROR])
  })
})

describe('the timeout of an invocation', () => {
  it('aborts the signal, and answers', async () => {
    let reason: unknown
    const { router, clock, session } = await registered(({ signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      return new Promise(() => {})
    })
    router.says([INVOCATION, 1, 99, { timeout: 500 }])
    await clock.settle(500)
    expect(reason).toMatchObject({ uri: 'wamp.error.timeout' })
    expect(router.sent).toEqual([
      [ERROR, INVOCATION, 1, {}, 'wamp.error.timeout', { args: ['the call took longer than 500 ms'], kwargs: {} }],
    ])
    expect(session.inProgress).toBe(0)
  })

  it('is forgotten when the handler is done', async () => {
    const { router, clock } = await registered(() => 1)
    router.says([INVOCATION, 1, 99, { timeout: 500 }])
    expect(clock.pending).toBe(0)
  })
})

describe('progressive results', () => {
  it('are what a generator yields, and its return value is the result', async () => {
    const { router, clock } = await registered(async function* ({ args: [to] }) {
      for (let n = 1; n <= (to as number); n++) yield n
      return 'done'
    })
    router.says([INVOCATION, 1, 99, { receive_progress: true }, { args: [2], kwargs: {} }])
    await clock.settle()
    expect(router.sent).toEqual([
      [YIELD, 1, { progress: true }, { args: [1], kwargs: {} }],
      [YIELD, 1, { progress: true }, { args: [2], kwargs: {} }],
      [YIELD, 1, {}, { args: ['done'], kwargs: {} }],
    ])
  })

  it('are skipped for callers that did not ask for them', async () => {
    const { router, clock } = await registered(function* () {
      yield 1
      return 'done'
    })
    router.says([INVOCATION, 1, 99, {}])
    await clock.settle()
    expect(router.sent).toEqual([[YIELD, 1, {}, { args: ['done'], kwargs: {} }]])
  })

  it('wait while the transport takes no more', async () => {
    const { router, clock } = await registered(function* () {
      yield 1
      yield 2
    })
    router.isWritable = false
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    await clock.settle()
    expect(router.sent).toHaveLength(1)
    router.takesAgain()
    await clock.settle()
    expect(router.sent).toHaveLength(3)
  })

  it('may be sent one by one', async () => {
    let kept: Invocation | undefined
    const { router } = await registered(invocation => {
      kept = invocation
      invocation.progress('half')
      return 'whole'
    })
    router.says([INVOCATION, 1, 99, { receive_progress: true }])
    kept?.progress('too late')
    router.says([INVOCATION, 2, 99, {}])
    expect(router.sent).toEqual([
      [YIELD, 1, { progress: true }, { args: ['half'], kwargs: {} }],
      [YIELD, 1, {}, { args: ['whole'], kwargs: {} }],
      [YIELD, 2, {}, { args: ['whole'], kwargs: {} }],
    ])
  })
})

describe('a progressive invocation', () => {
  it('hands the further messages to the handler', async () => {
    const { router, clock } = await registered(async ({ args: [name], chunks }) => {
      const all: unknown[] = [name]
      for await (const chunk of chunks) all.push(chunk)
      return all
    })
    router.says(chunk(true, 'file'), chunk(true, 'a'))
    await clock.settle()
    router.says(chunk(true, 'b'), chunk(false))
    await clock.settle()
    expect(router.sent).toEqual([[YIELD, 1, {}, { args: [['file', 'a', 'b']], kwargs: {} }]])
  })

  it('makes the handler throw when it is interrupted', async () => {
    const { router, clock } = await registered(async ({ chunks }) => {
      for await (const _ of chunks);
    })
    router.says(chunk(true), [INTERRUPT, 1, {}])
    await clock.settle()
    expect(router.sent).toEqual([[ERROR, INVOCATION, 1, {}, 'wamp.error.canceled', expect.anything()]])
  })

  it('may be answered before its last message, whose rest is ignored', async () => {
    const { router, clock } = await registered(() => 'enough')
    router.says(chunk(true, 'a'), chunk(true, 'b'), chunk(false, 'c'))
    await clock.settle()
    expect(router.sent).toEqual([[YIELD, 1, {}, { args: ['enough'], kwargs: {} }]])
  })

  it('ends where more messages wait for the handler than may', async () => {
    const { router, session } = await registered(() => new Promise(() => {}), { buffer: 2 })
    router.says(chunk(true), chunk(true, 1), chunk(true, 2), chunk(true, 3))
    expect(router.sent).toEqual([
      [ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable', { args: [expect.stringContaining('more than 2 chunks')], kwargs: {} }],
    ])
    expect(session.inProgress).toBe(0)
  })
})

describe('the end of the session', () => {
  it('aborts what is in progress, and nothing is answered any more', async () => {
    let reason: unknown
    let end = (_: number): void => {}
    const { router, clock, errors } = await registered(({ signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      return new Promise<number>(resolve => (end = resolve))
    })
    router.says([INVOCATION, 1, 99, {}])
    router.loses('the cable was cut')
    end(5)
    await clock.settle()
    expect(reason).toMatchObject({ name: 'ConnectionClosed' })
    expect(router.sent).toEqual([])
    expect(errors).toEqual([])
  })
})

function chunk(isMoreExpected: boolean, ...args: readonly unknown[]): InvocationMessage {
  return [INVOCATION, 1, 99, isMoreExpected ? { progress: true } : {}, args.length === 0 ? undefined : { args, kwargs: {} }]
}

/** A session that has registered one procedure, under the id 99. */
async function registered(
  handler: ProcedureHandler,
  scene: SceneOptions = {},
  options: { concurrency?: number } = {},
): Promise<Scene & { readonly registration: ProcedureRegistration }> {
  const joining = await joined(scene)
  const registering = joining.session.register('com.example.add', options, handler)
  joining.router.says([REGISTERED, 1, 99])
  joining.router.takeSent()
  return { ...joining, registration: await registering }
}
