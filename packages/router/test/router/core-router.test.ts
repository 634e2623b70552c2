import { type MemoryTransport, type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { RefusedJoin } from '../../src/join/joining.ts'
import { type MemoryRouterOptions, memoryRouter } from '../../src/testing/memory-router.ts'

const { ABORT, AUTHENTICATE, CALL, GOODBYE, HELLO, INVOCATION, REGISTER, RESULT, WELCOME, YIELD } = MessageType
const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} }

describe('a router', () => {
  it('has the realm realm1 by default, and lets everybody in as anonymous', async () => {
    const { join, router } = made()
    expect([...router.realms.keys()]).toEqual(['realm1'])
    const client = await join()
    expect(client.received[0]?.slice(0, 2)).toEqual([WELCOME, client.session])
    expect(client.received[0]?.[2]).toMatchObject({ authrole: 'anonymous', authmethod: 'anonymous', realm: 'realm1', agent: 'autobahn-ts' })
    client.transport.send([CALL, 1, {}, 'wamp.session.count'])
    client.transport.send([CALL, 2, {}, 'wamp.session.list'])
    await client.settle()
    expect(client.received[1]).toEqual([RESULT, 1, {}, { args: [1], kwargs: {} }])
    expect(client.received[2]?.[4]).toBe('wamp.error.not_authorized')
  })

  it('takes its realms from its options, with their methods and roles', async () => {
    const { join } = made({
      realms: {
        closed: {
          auth: { ticket: { users: { joe: { ticket: 'secret', role: 'user' } } } },
          roles: { user: [{ uri: 'com', match: 'prefix', allow: { subscribe: true } }] },
        },
      },
    })
    expect((await join('realm1')).received[0]?.[2]).toBe('wamp.error.no_such_realm')
    expect((await join('closed')).received[0]?.[2]).toBe('wamp.error.no_matching_auth_method')
  })

  it('adds and removes realms while it runs', async () => {
    const { router, join } = made()
    router.addRealm('other', { maxSessions: 1 })
    expect(() => router.addRealm('other')).toThrow('there is a realm other already')
    const client = await join('other')
    expect((await join('other')).received[0]?.[2]).toBe('wamp.error.unavailable')
    expect([router.removeRealm('other'), router.removeRealm('other')]).toEqual([true, false])
    await client.settle()
    expect(client.received[1]).toEqual([GOODBYE, {}, 'wamp.close.close_realm'])
    expect((await join('other')).received[0]?.[2]).toBe('wamp.error.no_such_realm')
  })

  it('says what is wrong about what it is given, and rejects where it returns a promise', async () => {
    const { router } = made()
    expect(() => router.accept(undefined as never)).toThrow('accept needs a transport, and not undefined')
    expect(() => router.updateRealm('realm1', undefined as never)).toThrow('the options of realm realm1 must be an object')
    expect(() => router.updateRealm(Symbol('x') as never, {})).toThrow('there is no realm Symbol(x)')
    expect(() => router.addRealm(Symbol('x') as never)).toThrow('the name of a realm must be a URI')
    expect(() => router.addRealm('other', { history: [undefined as never] })).toThrow('the options of history must be an object')
    for (const wrong of [5, { retrunRate: 1 }]) {
      await expect(router.close(wrong as never)).rejects.toMatchObject({ name: 'ApiMisuse' })
      await expect(router.drain(0, wrong as never)).rejects.toMatchObject({ name: 'ApiMisuse' })
    }
    expect(router.realms.size).toBe(1)
  })

  it('closes by GOODBYE, turns away who has not joined yet, and lets nobody in', async () => {
    const { router, join, dial, clock } = made()
    const client = await join()
    const early = dial()
    let isClosed = false
    const closed = router.close().then(() => {
      isClosed = true
    })
    expect(router.close()).toBe(router.close())
    await clock.settle()
    expect(client.received[1]).toEqual([GOODBYE, {}, 'wamp.close.system_shutdown'])
    expect(early.received[0]?.slice(0, 1)).toEqual([ABORT])
    expect(isClosed).toBe(false)
    await expect(
      dial()
        .settle()
        .then(() => undefined),
    ).resolves.toBeUndefined()
    client.transport.send([GOODBYE, {}, 'wamp.close.goodbye_and_out'])
    await clock.settle()
    await closed
    const late = dial()
    await late.settle()
    expect(late.received[0]?.[2]).toBe('wamp.close.system_shutdown')
  })

  it('drains: lets nobody in, and waits for the calls that are in progress, and not for those that begin later', async () => {
    const { router, join, dial, clock } = made()
    const [callee, caller] = [await join(), await join()]
    callee.transport.send([REGISTER, 1, {}, 'com.slow'])
    caller.transport.send([CALL, 1, {}, 'com.slow'])
    await clock.settle()
    const early = dial()
    let left: number | undefined
    void router.drain(10).then(calls => {
      left = calls
    })
    await clock.settle(1000)
    expect([early.received[0]?.[0], early.received[0]?.[2]]).toEqual([ABORT, 'wamp.close.system_shutdown'])
    const late = dial()
    await clock.settle()
    expect(late.received[0]?.[2]).toBe('wamp.close.system_shutdown')
    caller.transport.send([CALL, 2, {}, 'com.slow'])
    await clock.settle()
    expect(callee.received.filter(([type]) => type === INVOCATION)).toHaveLength(2)
    expect(left).toBeUndefined()
    callee.transport.send([YIELD, 1, {}])
    await clock.settle(20)
    expect(left).toBe(0)
    expect(caller.received.map(([type]) => type)).toEqual([WELCOME, RESULT])
  })

  it('drains no longer than it is told, and says how many calls have not ended', async () => {
    const { router, join, clock } = made()
    const client = await join()
    client.transport.send([REGISTER, 1, {}, 'com.slow'])
    for (const request of [2, 3]) client.transport.send([CALL, request, {}, 'com.slow'])
    await clock.settle()
    let left: number | undefined
    void router.drain(10).then(calls => {
      left = calls
    })
    await clock.settle(9999)
    expect(left).toBeUndefined()
    await clock.settle(1)
    expect(left).toBe(2)
    await expect(router.drain(-1)).rejects.toThrow('timeout')
  })

  it('tells each client when to come back, one after the other', async () => {
    const { router, join, clock } = made({ realms: { realm1: {}, realm2: {} } })
    const clients = [await join(), await join(), await join('realm2')]
    void router.close({ returnRate: 2 })
    await clock.settle()
    const waits = clients.map(({ received }) => (received[1]![1] as { readonly _retry_after: number })._retry_after)
    for (const [n, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(1000 + 500 * n)
      expect(wait).toBeLessThanOrEqual(1500 + 500 * n)
      expect(Number.isInteger(wait)).toBe(true)
    }
    await expect(router.close({ returnrate: 1 } as object)).rejects.toThrow('did you mean returnRate?')
  })

  it('tells clients that are turned away meanwhile when to come back, and those alone who ask for it', async () => {
    const { router, join, dial, clock } = made()
    await join()
    const early = dial()
    void router.drain(0, { returnRate: 1 })
    const late = dial()
    await clock.settle()
    for (const { received } of [early, late]) {
      expect(received).toMatchObject([[ABORT, { message: 'the router is shutting down' }, 'wamp.close.system_shutdown']])
      const wait = (received[0]![1] as { readonly _retry_after: number })._retry_after
      expect(wait >= 1000 && wait <= 2000).toBe(true)
    }
    const other = made()
    void other.router.drain(0)
    const plain = other.dial()
    await other.clock.settle()
    expect(plain.received[0]?.[1]).toEqual({ message: 'the router is shutting down' })
    await expect(router.drain(0, { returnrate: 1 } as object)).rejects.toThrow('did you mean returnRate?')
  })

  it('tells of each client that may not join, with what it has said, and reports what that throws', async () => {
    const refused: RefusedJoin[] = []
    const errors: string[] = []
    const { join, dial, clock } = made({
      realms: { realm1: { auth: { ticket: { users: { joe: { ticket: 't', role: 'user' } } } } } },
      onRefused: join => {
        refused.push(join)
        throw new Error('in onRefused')
      },
      onError: ({ message }) => errors.push(message),
    })
    await join('nowhere', 'joe')
    const wrong = dial()
    wrong.transport.send([HELLO, 'realm1', { roles, authid: 'joe', authmethods: ['cookie', 'ticket'] }])
    await clock.settle()
    wrong.transport.send([AUTHENTICATE, 'x', {}])
    await clock.settle()
    dial()
    await clock.settle(20_000)
    expect(refused.map(({ reason, realm, authid, authmethods }) => [reason, realm, authid, authmethods])).toEqual([
      ['wamp.error.no_such_realm', 'nowhere', 'joe', undefined],
      ['wamp.error.authentication_failed', 'realm1', 'joe', ['ticket']],
      ['wamp.error.timeout', undefined, undefined, undefined],
    ])
    expect(errors).toEqual(['in onRefused', 'in onRefused', 'in onRefused'])
  })

  it('changes the size and the history of a realm that is in use, and leaves what is not named as it is', async () => {
    const { router, join } = made({ realms: { realm1: { maxSessions: 2, history: [{ topic: 'com.a', limit: 5 }] } } })
    const realm = router.realms.get('realm1')!
    const first = await join()
    router.updateRealm('realm1', { maxSessions: 1 })
    expect((await join()).received[0]?.[2]).toBe('wamp.error.unavailable')
    expect(first.session).toBeTypeOf('number')
    router.updateRealm('realm1', {})
    expect([realm.limits.maxSessions, realm.broker.find('exact', 'com.a')?.history?.size]).toEqual([1, 0])
    router.updateRealm('realm1', { maxSessions: 3, history: [{ topic: 'com.', match: 'prefix', limit: 5 }] })
    expect((await join()).received[0]?.[0]).toBe(WELCOME)
    expect([realm.broker.find('exact', 'com.a'), realm.broker.find('prefix', 'com.')?.history?.size]).toEqual([undefined, 0])
    expect(() => router.updateRealm('realm1', { maxSession: 1 } as object)).toThrow('did you mean maxSessions?')
    expect(() => router.updateRealm('realm1', { history: [{ topic: 'a', limit: 0 }] })).toThrow('limit must be')
    expect(() => router.updateRealm('other', {})).toThrow('there is no realm "other"')
  })

  it('changes whether publishers wait and sessions are resumed, of a realm that is in use', async () => {
    const { router, join } = made({ realms: { realm1: { resumption: true, holdPublishers: true } } })
    const realm = router.realms.get('realm1')!
    const resumable = async () => ((await join('realm1', undefined, resuming)).received[0]![2] as { resumable?: boolean }).resumable
    expect([await resumable(), realm.limits.holdPublishers]).toEqual([true, true])
    router.updateRealm('realm1', { resumption: false, holdPublishers: false })
    expect([await resumable(), realm.limits.holdPublishers]).toEqual([undefined, false])
    router.updateRealm('realm1', {})
    expect([await resumable(), realm.limits.holdPublishers]).toEqual([undefined, false])
    router.updateRealm('realm1', { resumption: { seconds: 5 } })
    expect(await resumable()).toBe(true)
    expect(() => router.updateRealm('realm1', { resumption: { second: 5 } as object })).toThrow('did you mean seconds?')
  })

  it('closes at once where there are no transports', async () => {
    await made().router.close()
  })

  it('refuses options that do not exist', () => {
    expect(() => made({ realm: {} } as object)).toThrow('did you mean realms?')
  })

  it('asks beforeJoin, and reports what it throws', async () => {
    const errors: string[] = []
    const { join } = made({
      beforeJoin: ({ authid }) => {
        if (authid === 'bad') throw new Error('database')
        return { reason: 'com.error.closed', message: 'come tomorrow' }
      },
      onError: ({ message }) => errors.push(message),
    })
    expect((await join()).received[0]).toEqual([ABORT, { message: 'come tomorrow' }, 'com.error.closed'])
    expect((await join('realm1', 'bad')).received[0]?.[2]).toBe('wamp.error.authentication_failed')
    expect(errors).toEqual(['database'])
  })
})

const resuming = { resumable: true, _received: 0 }

function made(options: Partial<MemoryRouterOptions> = {}) {
  const clock = new FakeClock()
  const memory = memoryRouter({ clock, ...options })
  const dial = () => listened(memory.dial(), clock)
  const join = async (realm = 'realm1', authid?: string, details: object = {}) => {
    const client = dial()
    client.transport.send([HELLO, realm, { roles, ...(authid === undefined ? {} : { authid }), ...details }])
    await client.settle()
    return Object.assign(client, { session: client.received[0]?.[1] })
  }
  return { clock, router: memory.router, dial, join }
}

function listened(transport: MemoryTransport, clock: FakeClock) {
  const received: Message[] = []
  transport.open({ onMessage: message => void received.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
  return { transport, received, settle: () => clock.settle() }
}
