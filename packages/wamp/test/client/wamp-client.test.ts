import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it, vi } from 'vitest'
import type { JoinedSession, Loss } from '../../src/client/client-options.ts'
import type { RestoreFailure } from '../../src/client/kept.ts'
import type { ClientMessage } from '../../src/messages/message.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { result } from '../../src/session/answer.ts'
import { WampError } from '../../src/session/wamp-error.ts'
import { type AbleRouter, connected, connecting } from '../fixtures/able-router.ts'

const { HELLO, ABORT, CALL, CANCEL, RESULT, ERROR, PUBLISH, PUBLISHED, REGISTER, UNREGISTER, SUBSCRIBE, UNSUBSCRIBE } = MessageType
const { EVENT, INVOCATION, YIELD, GOODBYE, UNREGISTERED, UNSUBSCRIBED } = MessageType

describe('connecting', () => {
  it('joins the realm, and tells of the session', async () => {
    const sessions: JoinedSession[] = []
    const { client, router } = await connected({ realm: 'example', onJoin: session => sessions.push(session) })
    expect(router().sent[0]?.slice(0, 2)).toEqual([HELLO, 'example'])
    expect(client.session).toMatchObject({ id: 1000, realm: 'example', authid: undefined })
    expect(client.isJoined).toBe(true)
    expect(sessions).toEqual([client.session])
  })

  it('rejects where the first try fails, and does not try again', async () => {
    const { opening, routers, clock } = connecting({
      prepare: () => {
        throw new Error('connection refused')
      },
    })
    await clock.settle(100_000)
    await expect(opening).rejects.toThrow('connection refused')
    expect(routers).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('tries again with retryFirst, until the router is there', async () => {
    const losses: Loss[] = []
    const { opening, clock } = connecting({
      retryFirst: true,
      prepare: () => {
        if (losses.length < 3) throw new Error('connection refused')
      },
      onLost: loss => losses.push(loss),
    })
    await clock.settle(10_000)
    expect((await opening).isJoined).toBe(true)
    expect(losses.map(({ message, retryIn }) => [message, retryIn])).toEqual([
      ['connection refused', 1000],
      ['connection refused', 2000],
      ['connection refused', 4000],
    ])
  })

  it('does not try again where the router refuses the client', async () => {
    const { opening, clock, routers } = connecting({ retryFirst: true, prepare: refusing('wamp.error.no_such_realm') })
    await clock.settle(100_000)
    await expect(opening).rejects.toMatchObject({ name: 'JoinRefused', uri: 'wamp.error.no_such_realm' })
    expect(routers).toHaveLength(1)
  })

  it('stops when the signal is aborted, also later', async () => {
    await expect(connecting({ signal: AbortSignal.abort(new Error('before')) }).opening).rejects.toThrow('before')
    const control = new AbortController()
    const { client, router, clock } = await connected({ signal: control.signal })
    control.abort()
    await clock.settle()
    expect(router().of(GOODBYE)).toHaveLength(1)
    await client.closed
    expect(client.isJoined).toBe(false)
  })
})

describe('call', () => {
  it('gives the single value; callResult gives everything', async () => {
    const { client, router } = await connected()
    const value = client.call('com.example.add', [2, 3])
    const whole = client.callResult('com.example.two', [], { a: 1 }, { discloseMe: true })
    expect(router().of(CALL)).toEqual([
      [CALL, 1, {}, 'com.example.add', { args: [2, 3], kwargs: {} }],
      [CALL, 2, { disclose_me: true }, 'com.example.two', { args: [], kwargs: { a: 1 } }],
    ])
    router().says([RESULT, 1, {}, { args: [5], kwargs: {} }], [RESULT, 2, { x: 1 }, { args: [1, 2], kwargs: { b: 3 } }])
    expect(await value).toBe(5)
    expect(await whole).toEqual({ args: [1, 2], kwargs: { b: 3 }, details: { x: 1 } })
  })

  it('names the sessions that it is forwarded for', async () => {
    const { client, router } = await connected()
    const forwardFor = [{ session: 7, authid: null, authrole: 'guest' }]
    client.call('com.example.add', [2], {}, { forwardFor }).catch(() => undefined)
    client.publish('com.example.tick', [], {}, { forwardFor })
    expect([router().of(CALL)[0]?.[2], router().of(PUBLISH)[0]?.[2]]).toEqual([{ forward_for: forwardFor }, { forward_for: forwardFor }])
    await expect(client.call('com.example.add', [], {}, { forwardFor: [7] as never })).rejects.toThrow(
      'forwardFor must be a list of dictionaries with session, authid and authrole',
    )
  })

  it('hands progressive results on', async () => {
    const { client, router } = await connected()
    const seen: unknown[] = []
    const call = client.call('com.example.count', [2], {}, { onProgress: (value, { details }) => seen.push([value, details]) })
    router().says([RESULT, 1, { progress: true }, { args: [1], kwargs: {} }], [RESULT, 1, { progress: true }, { args: [1, 2], kwargs: {} }])
    router().says([RESULT, 1, {}])
    expect(await call).toBeUndefined()
    expect(seen).toEqual([
      [1, { progress: true }],
      [result([1, 2]), { progress: true }],
    ])
  })

  it('sends a generator in the place of the arguments in chunks', async () => {
    const { client, router, clock } = await connected()
    async function* source() {
      yield 'a'
      yield 'b'
    }
    client.call('com.example.upload', source(), { name: 'x' }).catch(() => undefined)
    await clock.settle()
    expect(
      router()
        .of(CALL)
        .map(([, id, options, , payload]) => [id, options, payload]),
    ).toEqual([
      [1, { progress: true }, { args: [], kwargs: { name: 'x' } }],
      [1, { progress: true }, { args: ['a'], kwargs: {} }],
      [1, { progress: true }, { args: ['b'], kwargs: {} }],
      [1, {}, undefined],
    ])
  })

  it.each([
    [['not a uri'], 'a procedure must be a URI, such as com.example.name, and not "not a uri"'],
    [[5], 'a procedure must be a URI'],
    [['com.example', 5], 'the positional values of call must be a list, such as [5], and not 5'],
    [['com.example', 'text'], 'the positional values of call must be a list, such as ["text"], and not "text"'],
    [['com.example', [], [1]], 'the keywords of call must be a plain object, and not [1]'],
    [['com.example', [], {}, { timout: 5 }], 'there is no option timout of call; did you mean timeout?'],
    [['com.example', [], {}, { timeout: '5' }], 'option timeout must be a number of milliseconds'],
    [['com.example', [], {}, { cancelMode: 'stop' }], "option cancelMode must be 'skip' or 'kill' or 'killnowait', and not \"stop\""],
  ])('rejects misuse, and says what to write: %j', async (args, message) => {
    const { client, router } = await connected()
    await expect(client.call(...(args as [string]))).rejects.toMatchObject({ name: 'ApiMisuse', message: expect.stringContaining(message) })
    expect(router().of(CALL)).toEqual([])
  })

  it('rejects at once where there is no session', async () => {
    const { client, router } = await connected()
    router().loses()
    await expect(client.call('com.example.add')).rejects.toMatchObject({
      name: 'ConnectionClosed',
      mayHaveRun: false,
      message: /there is no session/,
    })
  })

  it('waits for a session where that is asked for', async () => {
    const { client, router, clock } = await connected()
    router().loses()
    await clock.settle()
    const call = client.call('com.example.add', [], {}, { waitForSession: 5000 })
    await clock.settle(1000)
    router().says([RESULT, 1, {}, { args: [5], kwargs: {} }])
    expect(await call).toBe(5)
    expect(clock.pending).toBe(0)
  })

  it('waits no longer than asked, and no longer than its signal', async () => {
    const { client, router, clock } = await connected({ waitForSession: 500 })
    router().loses()
    await clock.settle()
    const control = new AbortController()
    const outcomes = Promise.allSettled([
      client.call('a'),
      client.publish('b', [], {}, { acknowledge: true }),
      client.call('c', [], {}, { signal: control.signal }),
      client.call('d', [], {}, { signal: AbortSignal.abort(new Error('before')) }),
    ])
    control.abort(new Error('enough'))
    await clock.settle(500)
    expect((await outcomes).map(outcome => outcome.status === 'rejected' && (outcome.reason as Error).message)).toEqual([
      'the call of a was not sent: there was no session within 500 ms',
      'PUBLISH b was not sent: there was no session within 500 ms',
      'enough',
      'before',
    ])
  })

  it('says that it may have run where the session is lost meanwhile', async () => {
    const { client, router } = await connected()
    const call = client.call('com.example.add')
    router().loses()
    await expect(call).rejects.toMatchObject({ name: 'ConnectionClosed', mayHaveRun: true })
  })
})

describe('options of another method', () => {
  const nothing = (): void => {}

  it('are refused, because they would do nothing', async () => {
    const { client } = await connected()
    const { untyped } = client
    const aborted = AbortSignal.abort()
    await expect(untyped.call('a', [], {}, { buffer: 5 } as never)).rejects.toThrow('there is no option buffer of call')
    await expect(untyped.subscribe('a', nothing, { signal: aborted } as never)).rejects.toThrow('there is no option signal of subscribe')
    expect(() => untyped.stream('a', [], {}, { onProgress: nothing } as never)).toThrow('there is no option onProgress of stream')
    expect(() => untyped.events('a', { sequential: true } as never)).toThrow('there is no option sequential of events')
    expect(() => untyped.events('a', { onRevoked: nothing } as never)).toThrow('there is no option onRevoked of events')
  })

  it('are misuse where they are not an object, in every method', async () => {
    const { client } = await connected()
    const { untyped } = client
    for (const options of [null, 5, 'timeout'] as never[]) {
      await expect(untyped.call('a', [], {}, options)).rejects.toThrow(ApiMisuse)
      await expect(untyped.callResult('a', [], {}, options)).rejects.toThrow(ApiMisuse)
      await expect(untyped.register('a', nothing, options)).rejects.toThrow(ApiMisuse)
      await expect(untyped.subscribe('a', nothing, options)).rejects.toThrow(ApiMisuse)
      expect(() => untyped.stream('a', [], {}, options)).toThrow(ApiMisuse)
      expect(() => untyped.events('a', options)).toThrow(ApiMisuse)
      expect(() => untyped.publish('a', [], {}, options)).toThrow(ApiMisuse)
    }
  })

  it('name two sources of chunks for one call', async () => {
    const { client } = await connected()
    const twice = client.untyped.call('a', [1].values(), {}, { chunks: [2] })
    await expect(twice).rejects.toThrow('call takes chunks in the place of its arguments, or as option chunks, and not both')
  })
})

describe('a URI that is not a text', () => {
  it('is misuse in every method', async () => {
    const { client } = await connected()
    const { untyped } = client
    for (const uri of [undefined, null, 5, {}, Symbol('a'), ''] as never[]) {
      for (const handler of [(): void => {}, 5] as never[]) {
        await expect(untyped.register(uri, handler)).rejects.toThrow(ApiMisuse)
        await expect(untyped.subscribe(uri, handler)).rejects.toThrow(ApiMisuse)
      }
      await expect(untyped.call(uri)).rejects.toThrow(ApiMisuse)
      await expect(untyped.stream(uri).result).rejects.toThrow(ApiMisuse)
      expect(() => untyped.events(uri)).toThrow(ApiMisuse)
      expect(() => untyped.publish(uri)).toThrow(ApiMisuse)
    }
  })
})

describe('stream', () => {
  it('is a loop of progressive results, with the result at its end', async () => {
    const { client, router } = await connected()
    const counting = client.stream<number, string>('com.example.count', [2])
    expect(router().of(CALL)).toEqual([[CALL, 1, { receive_progress: true }, 'com.example.count', { args: [2], kwargs: {} }]])
    router().says([RESULT, 1, { progress: true }, { args: [1], kwargs: {} }], [RESULT, 1, { progress: true }, { args: [2], kwargs: {} }])
    router().says([RESULT, 1, {}, { args: ['done'], kwargs: {} }])
    const seen: number[] = []
    for await (const n of counting) seen.push(n)
    expect(seen).toEqual([1, 2])
    expect(await counting.result).toBe('done')
  })

  it('cancels the call when the loop is left', async () => {
    const { client, router } = await connected()
    const counting = client.stream('com.example.count')
    router().says([RESULT, 1, { progress: true }, { args: [1], kwargs: {} }])
    for await (const _ of counting) break
    expect(router().of(CANCEL)).toEqual([[CANCEL, 1, { mode: 'killnowait' }]])
    await expect(counting.result).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('cancels the call when more waits than may, and throws at the loop', async () => {
    const { client, router } = await connected()
    const counting = client.stream('com.example.count', [], {}, { buffer: 2 })
    for (let n = 0; n < 3; n++) router().says([RESULT, 1, { progress: true }, { args: [n], kwargs: {} }])
    const seen: unknown[] = []
    const loop = async (): Promise<void> => {
      for await (const n of counting) seen.push(n)
    }
    await expect(loop()).rejects.toMatchObject({ name: 'StreamOverflow', message: /more than 2 values of com.example.count/ })
    expect(seen).toEqual([0, 1])
    expect(router().of(CANCEL)).toHaveLength(1)
  })

  it('throws what the call rejects with', async () => {
    const { client, router } = await connected()
    const counting = client.stream('com.example.count')
    router().says([ERROR, CALL, 1, {}, 'com.example.bad'])
    await expect(counting[Symbol.asyncIterator]().next()).rejects.toMatchObject({ uri: 'com.example.bad' })
    const misused = client.stream('not a uri')
    await expect(misused.result).rejects.toMatchObject({ name: 'ApiMisuse' })
  })
})

describe('publish', () => {
  it('returns whether the event was sent', async () => {
    const { client, router } = await connected()
    expect(client.publish('com.example.tick', [1], { a: 2 }, { excludeMe: false, retain: true })).toBe(true)
    expect(router().of(PUBLISH)).toEqual([
      [PUBLISH, 1, { exclude_me: false, retain: true }, 'com.example.tick', { args: [1], kwargs: { a: 2 } }],
    ])
    router().loses()
    expect(client.publish('com.example.tick')).toBe(false)
  })

  it('returns a promise of the id where it is confirmed', async () => {
    const { client, router } = await connected()
    const publishing = client.publish('com.example.tick', [], {}, { acknowledge: true, eligibleAuthrole: ['user'] })
    expect(router().of(PUBLISH)).toEqual([[PUBLISH, 1, { eligible_authrole: ['user'], acknowledge: true }, 'com.example.tick', undefined]])
    router().says([PUBLISHED, 1, 4711])
    expect(await publishing).toBe(4711)
  })

  it('throws misuse, or rejects with it where a promise was asked for', async () => {
    const { client } = await connected()
    expect(() => client.publish('com.example.tick', 5 as never)).toThrow('must be a list')
    expect(() => client.publish('not a uri')).toThrow('a topic must be a URI')
    expect(() => client.publish('a', [], {}, { exclude: ['x'] as never })).toThrow('option exclude must be a list of ids of sessions')
    await expect(client.publish('not a uri', [], {}, { acknowledge: true })).rejects.toThrow('a topic must be a URI')
  })
})

describe('register', () => {
  it('is sent before what is called after it, where its code is loaded', async () => {
    const { client, router } = await connected()
    const registering = client.register('com.example.buy', () => 1)
    client.call('com.example.buy').catch(() => undefined)
    expect(
      router()
        .sent.map(([type]) => type)
        .slice(-2),
    ).toEqual([REGISTER, CALL])
    await registering
  })

  it('resolves when the router has confirmed, and ends when it is disposed of', async () => {
    const { client, router } = await connected()
    const registration = await client.register('com.example.buy', () => 1, { match: 'prefix', invoke: 'roundrobin', concurrency: 3 })
    expect(router().of(REGISTER)).toEqual([[REGISTER, 1, { match: 'prefix', invoke: 'roundrobin', concurrency: 3 }, 'com.example.buy']])
    expect(registration).toMatchObject({ uri: 'com.example.buy', id: 101, isActive: true })
    await registration[Symbol.asyncDispose]()
    await registration.unregister()
    expect(router().of(UNREGISTER)).toEqual([[UNREGISTER, 2, 101]])
    expect(registration).toMatchObject({ id: undefined, isActive: false })
  })

  it('rejects with the error of the router, and does not keep it', async () => {
    const { client, clock, router, routers } = await connected({ prepare: refuseRegister('wamp.error.not_authorized') })
    await expect(client.register('com.example.buy', () => 1)).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    router().loses()
    await clock.settle(1000)
    expect(routers[1]?.of(REGISTER)).toEqual([])
  })

  it.each([
    [['com.example', 5], 'register of com.example takes a handler, which is a function, and not 5'],
    [
      ['com.example', { args: 5 }, () => 1],
      'the schema args of register of com.example must have the interface of Standard Schema, and not be 5',
    ],
    [['com.example', { arguments: 5 }, () => 1], 'the schemas of register of com.example are args and kwargs, and not arguments'],
    [['not a uri', () => 1], 'a procedure must be a URI'],
    [['com..example', () => 1], 'a procedure must be a URI'],
    [['com.example', () => 1, { invoke: 'all' }], 'option invoke must be'],
    [['com.example', () => 1, { concurency: 1 }], 'did you mean concurrency?'],
  ])('rejects misuse: %j', async (args, message) => {
    const { client } = await connected()
    const register = client.register as (...args: readonly unknown[]) => Promise<unknown>
    await expect(register.apply(client, args)).rejects.toThrow(message)
  })

  it('checks arguments by schemas', async () => {
    const { client, router } = await connected()
    const numbers = schema(value => Array.isArray(value) && value.every(item => typeof item === 'number'))
    await client.register('com.example.add', { args: numbers }, ({ args }) => (args as number[]).reduce((a, b) => a + b))
    router().says([INVOCATION, 1, 101, {}, { args: [1, 2], kwargs: {} }], [INVOCATION, 2, 101, {}, { args: ['1'], kwargs: {} }])
    expect(router().of(YIELD)).toEqual([[YIELD, 1, {}, { args: [3], kwargs: {} }]])
    expect(router().of(ERROR)).toEqual([
      [
        ERROR,
        INVOCATION,
        2,
        {},
        'wamp.error.invalid_argument',
        { args: ['args.0: does not fit'], kwargs: { issues: [{ path: 'args.0', message: 'does not fit' }] } },
      ],
    ])
  })
})

describe('serve', () => {
  it('registers plain functions, which end together', async () => {
    const { client, router } = await connected()
    const service = await client.serve({
      'com.example.add': (a: number, b: number) => a + b,
      'com.example.sub': (a: number, b: number) => a - b,
    })
    expect(service.all.map(({ uri }) => uri)).toEqual(['com.example.add', 'com.example.sub'])
    router().says([INVOCATION, 1, 102, {}, { args: [5, 3], kwargs: {} }])
    expect(router().of(YIELD)).toEqual([[YIELD, 1, {}, { args: [2], kwargs: {} }]])
    await service[Symbol.asyncDispose]()
    expect(router().of(UNREGISTER)).toHaveLength(2)
  })

  it('refuses keywords, which a plain function does not get', async () => {
    const { client, router } = await connected()
    await client.serve({ 'com.example.add': (a: number) => a })
    router().says([INVOCATION, 1, 101, {}, { args: [5], kwargs: { unit: 'm' } }])
    expect(router().of(ERROR)).toMatchObject([
      [ERROR, INVOCATION, 1, {}, 'wamp.error.invalid_argument', { args: ['the procedure takes no keywords, and got unit'] }],
    ])
  })

  it('takes back what was registered where one is refused', async () => {
    const { client, router } = await connected({ prepare: refuseRegister('wamp.error.not_authorized', 'b') })
    await expect(client.serve({ a: () => 1, b: () => 2 })).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    expect(router().of(UNREGISTER)).toHaveLength(1)
    await expect(client.serve({ a: 5 as never })).rejects.toThrow('serve takes functions, and a is 5')
    await expect(client.serve(null as never)).rejects.toThrow('serve takes an object of functions by URI')
    await expect(client.serve([() => 1] as never)).rejects.toThrow('serve takes an object of functions by URI, and not [')
  })
})

describe('subscribe', () => {
  it('calls the handler for each event, whose errors go to onError', async () => {
    const { client, router, clock, errors } = await connected()
    const seen: unknown[] = []
    const subscription = await client.subscribe(
      'com.example',
      ({ topic, args: [n] }) => {
        seen.push([topic, n])
        if (n === 2) throw new Error('sync')
        return n === 3 ? Promise.reject(new Error('async')) : undefined
      },
      { match: 'prefix' },
    )
    for (const n of [1, 2, 3]) router().says([EVENT, 101, n, { topic: `com.example.${n}` }, { args: [n], kwargs: {} }])
    await clock.settle()
    expect(seen).toEqual([
      ['com.example.1', 1],
      ['com.example.2', 2],
      ['com.example.3', 3],
    ])
    expect(errors).toMatchObject([{ message: 'sync' }, { message: 'async' }])
    await subscription[Symbol.asyncDispose]()
    expect(router().of(UNSUBSCRIBE)).toEqual([[UNSUBSCRIBE, 2, 101]])
    router().says([EVENT, 101, 4, {}])
    expect(seen).toHaveLength(3)
  })

  it('waits for the promise of a sequential handler, and counts what it drops', async () => {
    const { client, router, clock } = await connected()
    const begun: unknown[] = []
    const ends: (() => void)[] = []
    const subscription = await client.subscribe(
      'com.example',
      ({ args: [n] }) => {
        begun.push(n)
        return new Promise<void>(resolve => ends.push(resolve))
      },
      { sequential: true, buffer: 2 },
    )
    for (const n of [1, 2, 3, 4, 5]) router().says([EVENT, 101, n, {}, { args: [n], kwargs: {} }])
    expect(begun).toEqual([1])
    expect(subscription.dropped).toBe(2)
    for (let n = 0; n < 3; n++) {
      ends[n]!()
      await clock.settle()
    }
    expect(begun).toEqual([1, 2, 3])
  })

  it('ends a sequential subscription where that is asked for in place of dropping', async () => {
    const { client, router, errors } = await connected()
    const subscription = await client.subscribe('com.example', () => new Promise(() => {}), {
      sequential: true,
      buffer: 1,
      overflow: 'close',
    })
    for (const n of [1, 2, 3]) router().says([EVENT, 101, n, {}])
    expect(errors).toMatchObject([{ name: 'StreamOverflow' }])
    expect(subscription.isActive).toBe(false)
    expect(router().of(UNSUBSCRIBE)).toHaveLength(1)
  })

  it('reports events that do not fit their schema', async () => {
    const { client, router, errors } = await connected()
    const seen: unknown[] = []
    await client.subscribe('com.example', { args: schema(value => (value as unknown[]).length === 1) }, ({ args }) => seen.push(args))
    router().says([EVENT, 101, 1, {}, { args: [1], kwargs: {} }], [EVENT, 101, 2, {}, { args: [], kwargs: {} }])
    expect(seen).toEqual([[1]])
    expect(errors).toMatchObject([{ uri: 'wamp.error.invalid_argument' }])
  })

  it('tells of events that the router has dropped', async () => {
    const drops: unknown[] = []
    const { client, router } = await connected({ onDropped: drop => drops.push(drop) })
    await client.subscribe('com.example', () => {})
    router().says([EVENT, 101, 1, { _dropped: 7 }])
    expect(drops).toEqual([{ topic: 'com.example', count: 7 }])
  })

  it('rejects with the error of the router', async () => {
    const { client, router } = await connected()
    router().onSent = message => router().says([ERROR, message[0], message[1] as number, {}, 'wamp.error.not_authorized'])
    await expect(client.subscribe('com.example', () => {})).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
  })
})

describe('events', () => {
  it('is a loop, which unsubscribes when it is left', async () => {
    const { client, router } = await connected()
    const events = client.events('com.example', { match: 'prefix' })
    await events.ready
    for (const n of [1, 2, 3]) router().says([EVENT, 101, n, {}, { args: [n], kwargs: {} }])
    const seen: unknown[] = []
    for await (const { args } of events) {
      seen.push(args[0])
      if (seen.length === 2) break
    }
    expect(seen).toEqual([1, 2])
    expect(router().of(UNSUBSCRIBE)).toHaveLength(1)
  })

  it('drops and counts what its loop does not read, or ends', async () => {
    const { client, router } = await connected()
    const dropping = client.events('com.example.a', { buffer: 1 })
    const closing = client.events('com.example.b', { buffer: 1, overflow: 'close' })
    await Promise.all([dropping.ready, closing.ready])
    for (const n of [1, 2, 3]) router().says([EVENT, 101, n, {}, { args: [n], kwargs: {} }], [EVENT, 102, n, {}, { args: [n], kwargs: {} }])
    expect(dropping.dropped).toBe(2)
    expect(router().of(UNSUBSCRIBE)).toHaveLength(1)
    const iterator = closing[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ args: [1] })
    await expect(iterator.next()).rejects.toMatchObject({ name: 'StreamOverflow' })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('goes on in the next session, and ends when the client is closed', async () => {
    const { client, router, clock } = await connected()
    const seen: unknown[] = []
    const loop = (async () => {
      for await (const { args } of client.events('com.example')) seen.push(args[0])
    })()
    await clock.settle()
    router().says([EVENT, 101, 1, {}, { args: [1], kwargs: {} }])
    router().loses()
    await clock.settle(1000)
    router().says([EVENT, 101, 2, {}, { args: [2], kwargs: {} }])
    await clock.settle()
    await client.close()
    await loop
    expect(seen).toEqual([1, 2])
  })

  it('throws at the loop where subscribing fails, and where its signal is aborted', async () => {
    const { client, router } = await connected()
    const control = new AbortController()
    const aborted = client.events('com.example', { signal: control.signal })
    await aborted.ready
    control.abort(new Error('enough'))
    await expect(aborted[Symbol.asyncIterator]().next()).rejects.toThrow('enough')
    router().onSent = message => router().says([ERROR, message[0], message[1] as number, {}, 'wamp.error.not_authorized'])
    const refused = client.events('com.example.other')
    await expect(refused.ready).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    await expect(refused[Symbol.asyncIterator]().next()).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    expect(() => client.events('com.example', { bufer: 1 } as never)).toThrow('did you mean buffer?')
  })
})

describe('a loss', () => {
  it('is followed by a new session, in which everything is made again in order with its options', async () => {
    const sessions: number[] = []
    const losses: Loss[] = []
    const scene = await connected({ onJoin: ({ id }) => sessions.push(id), onLost: loss => losses.push(loss) })
    const { client, router, clock, routers } = scene
    await client.register('com.example.a', () => 1, { invoke: 'first' })
    await client.subscribe('com.example.b', () => {}, { match: 'wildcard', getRetained: true })
    const left = await client.subscribe('com.example.left', () => {})
    await client.register('com.example.c', () => 3)
    await left.unsubscribe()
    router().loses('the cable was cut')
    expect(client.session).toBeUndefined()
    await clock.settle(1000)
    expect(routers[1]?.sent.slice(1)).toEqual([
      [REGISTER, 1, { invoke: 'first' }, 'com.example.a'],
      [SUBSCRIBE, 2, { match: 'wildcard', get_retained: true }, 'com.example.b'],
      [REGISTER, 3, {}, 'com.example.c'],
    ])
    expect(sessions).toEqual([1000, 1001])
    expect(client.session?.id).toBe(1001)
    expect(losses).toMatchObject([{ reason: undefined, message: 'the cable was cut', retryIn: 1000, error: { name: 'ConnectionClosed' } }])
  })

  it('tells the reason of GOODBYE', async () => {
    const losses: Loss[] = []
    const { router, clock } = await connected({ onLost: loss => losses.push(loss) })
    router().says([GOODBYE, {}, 'wamp.close.killed'])
    await clock.settle()
    expect(losses).toMatchObject([{ reason: 'wamp.close.killed', retryIn: 1000 }])
  })

  it.each([
    [7000, 7000],
    [0.5, 1000],
    [1e300, 3_600_000],
    [-5, 1000],
    ['7000', 1000],
    [null, 1000],
  ])('is mended after the time that GOODBYE asks for, where that is longer than the own delay: %j', async (asked, retryIn) => {
    const losses: Loss[] = []
    const { client, router, clock, routers } = await connected({ onLost: loss => losses.push(loss) })
    router().says([GOODBYE, { _retry_after: asked }, 'wamp.close.system_shutdown'])
    await clock.settle()
    expect(losses).toMatchObject([{ reason: 'wamp.close.system_shutdown', retryIn }])
    await clock.settle(retryIn - 1)
    expect(routers).toHaveLength(1)
    await clock.settle(1)
    expect(client.isJoined).toBe(true)
    // the next loss is not delayed by what the last GOODBYE has said
    router().loses('the cable was cut')
    await clock.settle()
    expect(losses.at(-1)?.retryIn).toBeLessThanOrEqual(2000)
  })

  it('is mended after the time that ABORT asks for, where the router turns its clients away', async () => {
    const losses: Loss[] = []
    let tries = 0
    const { client, router, clock } = await connected({
      prepare: script => {
        if (++tries !== 2) return
        script.onSent = message => {
          if (message[0] === HELLO) script.says([ABORT, { _retry_after: 7000 }, 'wamp.close.system_shutdown'])
        }
      },
      onLost: loss => losses.push(loss),
    })
    router().loses('the cable was cut')
    await clock.settle()
    await clock.settle(losses[0]!.retryIn!)
    expect(losses).toMatchObject([{}, { error: { uri: 'wamp.close.system_shutdown' }, retryIn: 7000 }])
    await clock.settle(7000)
    expect(client.isJoined).toBe(true)
  })

  it('ends the client with reconnect: false', async () => {
    const losses: Loss[] = []
    const { client, router, clock } = await connected({ reconnect: false, onLost: loss => losses.push(loss) })
    const subscription = await client.subscribe('com.example', () => {})
    router().loses('the cable was cut')
    await clock.settle()
    await client.closed
    expect(losses).toMatchObject([{ retryIn: undefined }])
    expect(subscription.isActive).toBe(false)
    await expect(client.register('a', () => 1)).rejects.toMatchObject({ name: 'ConnectionClosed', mayHaveRun: false })
  })

  it('gives up where the router refuses the client in the meantime', async () => {
    const { client, router, clock, routers } = await connected({
      prepare: (script, n) => {
        if (n > 0) refusing('wamp.error.authentication_denied')(script)
      },
    })
    const events = client.events('com.example')
    await events.ready
    router().loses()
    await clock.settle(100_000)
    expect(routers).toHaveLength(2)
    await client.closed
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'JoinRefused' })
  })

  it('is judged by retryIf where there is one', async () => {
    const asked: unknown[] = []
    const { client, router, clock } = await connected({
      retryIf: ({ reason }) => {
        asked.push(reason)
        return reason !== 'wamp.close.killed'
      },
    })
    router().says([GOODBYE, {}, 'wamp.close.system_shutdown'])
    await clock.settle(1000)
    expect(client.isJoined).toBe(true)
    router().says([GOODBYE, {}, 'wamp.close.killed'])
    await clock.settle()
    await client.closed
    expect(asked).toEqual(['wamp.close.system_shutdown', 'wamp.close.killed'])
  })

  it('is tried again at once with retryNow', async () => {
    const { client, router, clock } = await connected()
    router().loses()
    await clock.settle()
    client.retryNow()
    await clock.settle()
    expect(client.isJoined).toBe(true)
  })

  it('lets registrations wait that are made meanwhile', async () => {
    const { client, router, clock } = await connected()
    router().loses()
    await clock.settle()
    const registering = client.register('com.example.a', () => 1)
    const subscribing = client.subscribe('com.example.b', () => {})
    await clock.settle(1000)
    expect((await registering).isActive).toBe(true)
    expect((await subscribing).isActive).toBe(true)
  })

  it('during restoring counts as another loss', async () => {
    let isFirst = true
    const { client, router, clock, routers } = await connected({
      prepare: (script, n) => {
        if (n !== 1) return
        script.onSent = message => {
          if (message[0] === REGISTER && isFirst) {
            isFirst = false
            script.loses()
          } else script.answer(message)
        }
      },
    })
    const registration = await client.register('com.example.a', () => 1)
    router().loses()
    await clock.settle(1000)
    expect(client.isJoined).toBe(false)
    await clock.settle(2000)
    expect(routers).toHaveLength(3)
    expect(registration.isActive).toBe(true)
  })
})

describe('what cannot be restored', () => {
  it('is tried again while the router still has the registration of the dead session', async () => {
    const failures: RestoreFailure[] = []
    let tries = 0
    const { client, router, clock, routers } = await connected({
      onRestoreFailed: failure => failures.push(failure),
      prepare: (script, n) => {
        if (n === 0) return
        script.onSent = message => {
          if (message[0] === REGISTER && ++tries < 5) script.says([ERROR, REGISTER, message[1], {}, 'wamp.error.procedure_already_exists'])
          else script.answer(message)
        }
      },
    })
    const registration = await client.register('com.example.a', () => 1)
    router().loses()
    await clock.settle(1000)
    expect(client.isJoined).toBe(true)
    expect(registration.isActive).toBe(false)
    await clock.settle(4000)
    expect(registration.isActive).toBe(true)
    expect(routers[1]?.of(REGISTER)).toHaveLength(5)
    expect(failures).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('is told after a minute, and tried again in the next session', async () => {
    const failures: RestoreFailure[] = []
    const { client, router, clock } = await connected({
      onRestoreFailed: failure => failures.push(failure),
      prepare: (script, n) => {
        if (n === 1) refuseRegister('wamp.error.procedure_already_exists')(script)
      },
    })
    const registration = await client.register('com.example.a', () => 1)
    router().loses()
    await clock.settle(60_000)
    expect(failures).toEqual([])
    await clock.settle(2000)
    expect(failures).toMatchObject([{ kind: 'registration', uri: 'com.example.a', error: { uri: 'wamp.error.procedure_already_exists' } }])
    router().loses()
    await clock.settle(1000)
    expect(registration.isActive).toBe(true)
  })

  it('is told at once for any other error', async () => {
    const failures: RestoreFailure[] = []
    const { client, router, clock } = await connected({
      onRestoreFailed: failure => failures.push(failure),
      prepare: (script, n) => {
        if (n === 1) refuseRegister('wamp.error.not_authorized')(script)
      },
    })
    await client.register('com.example.a', () => 1)
    const b = await client.subscribe('com.example.b', () => {})
    router().loses()
    await clock.settle(1000)
    expect(failures).toMatchObject([{ uri: 'com.example.a', error: { uri: 'wamp.error.not_authorized' } }])
    expect(b.isActive).toBe(true)
  })
})

describe('a revocation', () => {
  it('is told, and not restored', async () => {
    const { client, router, clock, routers } = await connected()
    const reasons: unknown[] = []
    const onRevoked = (reason: string | undefined): unknown => reasons.push(reason)
    const a = await client.register('com.example.a', () => 1, { onRevoked })
    const b = await client.subscribe('com.example.b', () => {}, { onRevoked })
    router().says([UNREGISTERED, 0, { registration: 101, reason: 'moved' }], [UNSUBSCRIBED, 0, { subscription: 102 }])
    expect(reasons).toEqual(['moved', undefined])
    expect([a.isActive, b.isActive]).toEqual([false, false])
    router().loses()
    await clock.settle(1000)
    expect(routers[1]?.sent).toHaveLength(1)
  })
})

describe('closing', () => {
  it('says GOODBYE with a reason, and settles everything', async () => {
    const { client, router, clock } = await connected()
    const registration = await client.register('com.example.a', () => 1)
    const call = client.call('com.example.b')
    const closing = client.close('wamp.close.normal', 'good night')
    await expect(call).rejects.toMatchObject({ name: 'ConnectionClosed', mayHaveRun: true, reason: 'wamp.close.normal' })
    await closing
    expect(router().of(GOODBYE)).toEqual([[GOODBYE, { message: 'good night' }, 'wamp.close.normal']])
    expect(registration.isActive).toBe(false)
    await registration.unregister()
    await client.close()
    expect(clock.pending).toBe(0)
    await expect(client.call('com.example.b', [], {}, { waitForSession: 1000 })).rejects.toThrow('the client is closed')
    expect(client.publish('a')).toBe(false)
    await expect(client.close('not a uri')).rejects.toThrow('a reason must be a URI')
  })

  it('settles what waits for a session', async () => {
    const { client, router, clock } = await connected()
    router().loses()
    await clock.settle()
    const waiting = Promise.allSettled([
      client.call('a', [], {}, { waitForSession: 60_000 }),
      client.register('b', () => 1),
      client.subscribe('c', () => {}),
    ])
    await client.close()
    expect((await waiting).map(outcome => outcome.status === 'rejected' && (outcome.reason as Error).name)).toEqual(
      Array(3).fill('ConnectionClosed'),
    )
    expect(clock.pending).toBe(0)
  })
})

describe('the heartbeat', () => {
  it('asks a silent router, and drops one that says nothing', async () => {
    const losses: Loss[] = []
    const { router, clock } = await connected({ heartbeat: 10_000, onLost: loss => losses.push(loss) })
    await clock.settle(20_000)
    expect(router().of(CALL)).toMatchObject([[CALL, 1, {}, 'wamp.session.count', undefined]])
    router().says([ERROR, CALL, 1, {}, 'wamp.error.not_authorized'])
    await clock.settle(20_000)
    expect(losses).toEqual([])
    await clock.settle(20_000)
    expect(losses).toMatchObject([{ message: 'the router gave no sign of life for 20000 ms' }])
  })
})

describe('errors of callbacks', () => {
  it('go to onError', async () => {
    const { client, router, clock, errors } = await connected({
      onJoin: () => {
        throw new Error('in onJoin')
      },
      onLost: async () => {
        throw new Error('in onLost')
      },
    })
    await client.register('com.example.a', () => {
      throw new TypeError('in the handler')
    })
    router().says([INVOCATION, 1, 101, {}])
    router().loses()
    await clock.settle()
    expect(errors.map(error => (error as Error).message)).toEqual(['in onJoin', 'in the handler', 'in onLost'])
  })

  it('are printed where onError throws, or its promise rejects', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const second = new Error('in onError')
    const failing = [
      () => {
        throw second
      },
      async () => {
        throw second
      },
    ]
    for (const onError of failing) {
      const { client, clock } = await connected({
        onError,
        onJoin: () => {
          throw new Error('in onJoin')
        },
      })
      await clock.settle()
      expect(client.isJoined).toBe(true)
    }
    expect(print.mock.calls.map(call => call.at(-1))).toEqual([second, second])
    print.mockRestore()
  })
})

it('a client tells WampErrors, and writes without waiting for its transport', async () => {
  const { client, router } = await connected()
  expect(client.untyped).toBe(client)
  expect(client.isWritable).toBe(true)
  router().isWritable = false
  expect(client.isWritable).toBe(false)
  const writable = client.writable()
  router().takesAgain()
  await writable
  const typed = (await connected<{ errors: { 'a.b': [number] } }>()).client
  expect(typed.isWampError(new WampError('a.b', [1]), 'a.b')).toBe(true)
})

function refusing(uri: string): (script: AbleRouter) => void {
  return script => {
    script.onSent = message => {
      if (message[0] === HELLO) script.says([ABORT, {}, uri])
    }
  }
}

function refuseRegister(uri: string, only?: string): (script: AbleRouter) => void {
  return script => {
    script.onSent = (message: ClientMessage) => {
      if (message[0] === REGISTER && (only === undefined || message[3] === only)) script.says([ERROR, REGISTER, message[1], {}, uri])
      else script.answer(message)
    }
  }
}

/** A schema that finds fault with the first item where the test fails. */
function schema(fits: (value: unknown) => boolean) {
  const validate = (value: unknown) => (fits(value) ? { value } : { issues: [{ message: 'does not fit', path: [0] }] })
  return { '~standard': { version: 1, vendor: 'test', validate } } as const
}

describe('a signal that is aborted while the client joins', () => {
  it('ends the opening at once, also where the router says nothing', async () => {
    const control = new AbortController()
    const prepare = (router: AbleRouter): void => {
      router.onSent = () => {}
    }
    const { opening, clock, router } = connecting({ signal: control.signal, joinTimeout: 0, prepare })
    await clock.settle(60_000)
    control.abort(new Error('no longer wanted'))
    await clock.settle()
    await expect(opening).rejects.toThrow('no longer wanted')
    expect(router().isClosed).toBe(true)
  })
})

describe('an event that comes with the confirmation of a subscription in a new session', () => {
  it('is not handled where the subscription has ended meanwhile', async () => {
    let isHeld = false
    const held: ClientMessage[] = []
    const prepare = (router: AbleRouter): void => {
      router.onSent = message => (isHeld && message[0] === SUBSCRIBE ? held.push(message) : router.answer(message))
    }
    const { client, router, clock } = await connected({ prepare })
    const events: unknown[] = []
    const subscription = await client.subscribe('com.example', event => events.push(event))
    isHeld = true
    router().loses()
    await clock.settle(2000)
    await subscription.unsubscribe()
    router().says([MessageType.SUBSCRIBED, held[0]![1] as number, 55], [EVENT, 55, 1, {}])
    await clock.settle()
    expect(events).toEqual([])
    expect(router().of(UNSUBSCRIBE)).toMatchObject([[UNSUBSCRIBE, expect.anything(), 55]])
  })
})
