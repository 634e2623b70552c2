import { beforeAll, describe, expect, it, vi } from 'vitest'
import { WampServerProtocol } from '../../src/v1/application/server-protocol.ts'
import { ReconnectingClient, type ReconnectingClientOptions } from '../../src/v1/reconnecting-client.ts'
import { Link, RawServer, type TestClient, TestClientFactory, TestServerFactory, welcome } from '../fixtures/link.ts'

/** It is loaded when it is first wanted, which takes time that no fake clock knows. */
beforeAll(() => import('../../src/keys/index.ts'))

const steady = { initialDelay: 1, growth: 2, jitter: 0, maxRetries: 3 }

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForPubSub('http://e/', { prefixMatch: true })
    this.registerProcedureForRpc('http://e/echo', (value: unknown) => value)
    this.registerProcedureForRpc('http://e/ask', () => this.call('http://e/mine'))
  }
}

describe('a client that reconnects', () => {
  it('restores prefixes, subscriptions and procedures on the next session', async () => {
    const { client, link, factory, drop } = await open()
    const seen: unknown[] = []
    client.prefix('e', 'http://e/')
    client.subscribe('e:t', (topic, event) => seen.push([topic, event]))
    client.subscribe('http://e/t', (_, event) => seen.push(event))
    client.register('http://e/mine', () => 'mine')
    await link.settle()
    drop()
    await link.settle()
    expect([client.isConnected, factory.subscriptions.size]).toEqual([false, 0])
    await back(link, 1000)
    expect([client.isConnected, client.sessionId]).toEqual([true, 'session-2'])
    factory.dispatch('http://e/t', 1)
    const answers = Promise.all([client.call('e:echo', 2), client.call('e:ask')])
    await link.settle()
    expect(await answers).toEqual([2, 'mine'])
    expect(seen).toEqual([['http://e/t', 1], 1])
  })

  it('forgets what was taken back before the loss', async () => {
    const { client, link, factory, drop } = await open()
    const handler = () => undefined
    client.subscribe('http://e/a', handler)
    client.subscribe('http://e/b', handler)
    client.unsubscribe('http://e/a', handler)
    client.register('http://e/mine', () => 'mine')
    expect([client.unregister('http://e/mine'), client.unregister('http://e/mine')]).toEqual([true, false])
    await link.settle()
    expect([...factory.subscriptions.keys()]).toEqual(['http://e/b'])
    const asked = expect(client.call('http://e/ask')).rejects.toThrow('no procedure http://e/mine is registered here')
    await link.settle()
    await asked
    drop()
    await link.settle()
    await back(link, 1000)
    expect([...factory.subscriptions.keys()]).toEqual(['http://e/b'])
    const askedAgain = expect(client.call('http://e/ask')).rejects.toThrow('no procedure http://e/mine is registered here')
    await link.settle()
    await askedAgain
  })

  it('fails calls and drops events while there is no session', async () => {
    const { client, link, drop } = await open()
    const pending = expect(client.call('http://e/none-answers')).rejects.toMatchObject({ name: 'ConnectionClosed' })
    drop()
    await link.settle()
    await pending
    await expect(client.call('http://e/echo')).rejects.toThrow('there is no session; the call was not sent')
    expect(client.publish('http://e/t', 1)).toBe(false)
    client.subscribe('http://e/t', () => undefined)
    client.prefix('x', 'http://x/')
    client.unsubscribe('http://e/t')
  })

  it('waits longer after each try, tells of each, and gives up', async () => {
    const told: unknown[] = []
    const { client, link, drop, refuse } = await open({ onLost: ({ retryIn }) => told.push(retryIn) })
    refuse(new Error('refused'))
    drop()
    await link.settle()
    for (const milliseconds of [1000, 2000, 4000]) await link.advance(milliseconds)
    expect(told).toEqual([1000, 2000, 4000, undefined])
    await client.closed
    expect(link.clock.pending).toBe(0)
  })

  it('tries at once where it is told to, and only while it waits', async () => {
    const { client, link, drop } = await open()
    client.retryNow()
    drop()
    await link.settle()
    expect(client.isConnected).toBe(false)
    client.retryNow()
    client.retryNow()
    await back(link, 0)
    expect([client.isConnected, client.sessionId]).toEqual([true, 'session-2'])
    const closing = client.close()
    await back(link, 2000)
    await closing
    client.retryNow()
    await back(link, 0)
    expect(client.isConnected).toBe(false)
  })

  it('begins anew after a session that has lasted, and not after one that has not', async () => {
    const told: unknown[] = []
    const { link, drop } = await open({ onLost: ({ retryIn }) => told.push(retryIn) })
    drop()
    await link.settle()
    await back(link, 1000)
    drop()
    await link.settle()
    await back(link, 2000)
    await link.advance(10_000)
    drop()
    await link.settle()
    expect(told).toEqual([1000, 2000, 1000])
  })

  it('authenticates each session before anything is restored', async () => {
    const order: string[] = []
    const server = new TestServerFactory(Server)
    const { client, link, drop } = await open(
      {
        onSession: async (session: ReconnectingClient) => {
          order.push(`session ${session.sessionId}`)
          await session.call('http://e/echo', 1)
          order.push(`subscriptions ${server.subscriptions.size}`)
        },
      },
      server,
    )
    client.subscribe('http://e/t', () => undefined)
    await link.settle()
    drop()
    await link.settle()
    await back(link, 1000)
    expect(order).toEqual(['session session-1', 'subscriptions 0', 'session session-2', 'subscriptions 0'])
    expect(server.subscriptions.size).toBe(1)
  })

  it('takes a failure of onSession for a failed try', async () => {
    let fails = false
    const told: unknown[] = []
    const { link, drop } = await open({
      onSession: () => {
        if (fails) throw new Error('not now')
      },
      onLost: ({ reason, retryIn }) => told.push([reason, retryIn]),
    })
    fails = true
    drop()
    await link.settle()
    await back(link, 1000)
    await link.settle()
    expect(told.at(-1)).toEqual(['not now', 2000])
  })

  it('counts a connection that is lost during onSession as a failed try', async () => {
    const told: unknown[] = []
    let hangs = false
    const { client, link, drop } = await open({
      onSession: () => (hangs ? new Promise(() => undefined) : undefined),
      onLost: ({ reason, retryIn }) => told.push([reason, retryIn]),
    })
    hangs = true
    drop()
    await link.settle()
    await back(link, 1000)
    drop()
    await link.settle()
    expect(told.at(-1)).toEqual(['the connection was lost before it was ready', 2000])
    hangs = false
    await back(link, 2000)
    expect(client.isConnected).toBe(true)
  })

  it('ignores the failure of an onSession whose connection is gone', async () => {
    const late: (() => void)[] = []
    let hangs = false
    const { client, link, drop } = await open({
      onSession: () => (hangs ? new Promise((_, reject) => late.push(() => reject(new Error('too late')))) : undefined),
    })
    hangs = true
    drop()
    await link.settle()
    await back(link, 1000)
    drop()
    await link.settle()
    hangs = false
    await back(link, 2000)
    for (const fail of late) fail()
    await link.settle()
    expect([late.length, client.isConnected]).toEqual([1, true])
  })

  it('does not subscribe before onSession is done: the server may not know who it is', async () => {
    let isKnown = false
    let goOn: () => void = () => undefined
    class Guarded extends WampServerProtocol {
      override onSessionOpen(): void {
        isKnown = false
        this.registerProcedureForRpc('login', () => {
          isKnown = true
        })
        this.registerHandlerProcedureForSub('t', () => isKnown)
        this.registerHandlerProcedureForSub('u', () => isKnown)
      }
    }
    const server = new TestServerFactory(Guarded)
    const onSession = async (session: ReconnectingClient): Promise<void> => {
      if (session.sessionId === 'session-2') await new Promise<void>(resolve => (goOn = resolve))
      await session.call('login')
    }
    const { client, link, drop } = await open({ onSession }, server)
    const seen: unknown[] = []
    drop()
    await link.settle()
    await back(link, 1000)
    client.subscribe('t', (_, event) => seen.push(event))
    client.subscribe('u', (_, event) => seen.push(event))
    client.unsubscribe('u')
    await link.settle()
    goOn()
    await link.settle()
    expect([isKnown, ...server.subscriptions.keys()]).toEqual([true, 't'])
    server.dispatch('t', 1)
    await link.settle()
    expect(seen).toEqual([1])
  })

  it('refuses misuse at once, whether there is a session or not', async () => {
    const { client, link, drop } = await open()
    client.prefix('e', 'http://e/')
    const misuse = (): void => {
      expect(() => client.prefix('', 'u')).toThrow('the prefix "" could never be resolved')
      expect(() => client.prefix('e', 'http://other/')).toThrow('the prefix e is defined already, as http://e/')
      expect(() => client.prefix('f', 7 as never)).toThrow('the URI of a prefix must be a string, and not number')
      expect(() => client.subscribe(7 as never, () => 1)).toThrow('a topic must be a string, and not number')
      expect(() => client.unsubscribe(7 as never)).toThrow('a topic must be a string, and not number')
      expect(() => client.register('', () => 1)).toThrow("a procedure's URI must be a non-empty string")
      expect(() => client.register('p', 7 as never)).toThrow('what is registered under p must be a function')
    }
    misuse()
    drop()
    await link.settle()
    misuse()
    await back(link, 1000)
    expect(client.isConnected).toBe(true)
  })

  it('keeps no handler whose subscription could not be sent', async () => {
    const { client, link, factory, current } = await open()
    const subscribe = vi.spyOn(current(), 'subscribe').mockImplementationOnce(() => {
      throw new Error('full')
    })
    const seen: unknown[] = []
    expect(() => client.subscribe('http://e/t', () => seen.push('first'))).toThrow('full')
    client.subscribe('http://e/t', () => seen.push('second'))
    await link.settle()
    factory.dispatch('http://e/t', 1)
    await link.settle()
    expect(subscribe).toHaveBeenCalledTimes(2)
    expect(seen).toEqual(['second'])
  })

  it('stays closed once it is closed', async () => {
    const { client, link, factory } = await open()
    const closed = client.close(1000, 'bye')
    await link.advance(2000)
    await closed
    await client.closed
    await link.advance(60_000)
    expect([client.isConnected, factory.sessionCount]).toEqual([false, 0])
  })

  it('is closed when its connection is, and tells of no loss', async () => {
    const told: unknown[] = []
    const { client, link, current } = await open({ onLost: info => told.push(info) })
    const closed = client.close().then(() => current().closeInfo?.code)
    await link.advance(2000)
    expect([await closed, told]).toEqual([1000, []])
  })

  it('stays closed when it is closed between two tries', async () => {
    const { client, link, factory, drop } = await open()
    drop()
    await link.settle()
    await client.close()
    await link.advance(60_000)
    expect(factory.sessionCount).toBe(0)
  })

  it('stays closed when it is closed within a try', async () => {
    let within: () => unknown = () => undefined
    const { client, link, factory, drop } = await open({ onSession: () => void within() })
    within = () => client.close()
    drop()
    await link.settle()
    await back(link, 1000)
    await link.advance(60_000)
    expect([client.isConnected, factory.sessionCount]).toEqual([false, 0])
  })

  it('is not closed before its connection is, however long the peer takes for that', async () => {
    let end: (info: { code: number; reason: string }) => void = () => undefined
    const told: string[] = []
    const connection = {
      sessionOpened: Promise.resolve(),
      isOpen: true,
      closed: new Promise<{ code: number; reason: string }>(resolve => {
        end = resolve
      }),
      sendClose: (code?: number, reason?: string) => told.push(`sent ${code} ${reason}`) > 0,
    }
    const client = await new ReconnectingClient(async () => connection as unknown as TestClient, new Link().clock).open()
    const closing = client.close(3001, 'bye').then(() => told.push('closed'))
    await new Promise(resolve => setImmediate(resolve))
    expect(told).toEqual(['sent 3001 bye'])
    end({ code: 3001, reason: 'bye' })
    await closing
    expect(told).toEqual(['sent 3001 bye', 'closed'])
  })

  it('gives up a try that is under way when it is closed', async () => {
    const signals: AbortSignal[] = []
    const link = new Link()
    const client = new ReconnectingClient(
      signal => {
        signals.push(signal)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      link.clock,
      { reconnect: steady },
    )
    const opening = expect(client.open()).rejects.toMatchObject({ name: 'ConnectionClosed', message: 'the client was closed' })
    await client.close()
    await opening
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('closes a connection whose session is not open yet, and is not opened by what the server says then', async () => {
    const link = new Link()
    const [protocol, peer] = await link.connect<TestClient>(new TestClientFactory())
    let sessions = 0
    const client = new ReconnectingClient(() => Promise.resolve(protocol), link.clock, { sessionTimeout: 0, onSession: () => sessions++ })
    const opening = expect(client.open()).rejects.toMatchObject({ name: 'ConnectionClosed' })
    await link.settle()
    const closed = client.close(3000, 'not needed')
    await peer.say(welcome)
    await link.advance(2000)
    await closed
    await opening
    expect([peer.closeInfo?.code, peer.closeInfo?.reason, sessions]).toEqual([3000, 'not needed', 0])
  })

  it('waits for no session of a connection that was made after it was closed', async () => {
    const link = new Link()
    const [protocol] = await link.connect<TestClient>(new TestClientFactory())
    let made: (protocol: TestClient) => void = () => undefined
    const client = new ReconnectingClient(() => new Promise(resolve => (made = resolve)), link.clock, { sessionTimeout: 0 })
    const opening = expect(client.open()).rejects.toMatchObject({ message: 'the client was closed' })
    await client.close()
    made(protocol)
    await opening
    expect(protocol.isOpen).toBe(false)
  })

  it('is not opened by a WELCOME that was on its way when it was closed', async () => {
    const link = new Link()
    const [protocol, peer] = await link.connect<TestClient>(new TestClientFactory())
    let sessions = 0
    const client = new ReconnectingClient(() => Promise.resolve(protocol), link.clock, { onSession: () => sessions++ })
    const opening = expect(client.open()).rejects.toMatchObject({ message: 'the client was closed' })
    await link.settle()
    void protocol.sessionOpened.then(() => client.close())
    await peer.say(welcome)
    await link.advance(2000)
    await opening
    expect([protocol.isOpen, sessions]).toEqual([false, 0])
  })

  it('stays open when close is given a code or reason that cannot be sent', async () => {
    const { client, link, drop } = await open()
    await expect(client.close(1006)).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(client.close(1000, 'x'.repeat(124))).rejects.toMatchObject({ name: 'ApiMisuse' })
    drop()
    await link.settle()
    await back(link, 1000)
    expect([client.isConnected, client.sessionId]).toEqual([true, 'session-2'])
  })

  it('does not try again when it is told not to', async () => {
    const told: unknown[] = []
    const { client, link, drop } = await open({ reconnect: false, onLost: ({ retryIn }) => told.push(retryIn) })
    drop()
    await link.settle()
    await client.closed
    expect(told).toEqual([undefined])
  })

  it('reports what handlers throw, and goes on', async () => {
    const errors: unknown[] = []
    const seen: unknown[] = []
    const { client, link, factory } = await open({ onError: error => errors.push((error as Error).message) })
    client.subscribe('http://e/t', () => {
      throw new Error('sync')
    })
    client.subscribe('http://e/t', () => Promise.reject(new Error('async')))
    client.subscribe('http://e/t', (_, event) => seen.push(event))
    await link.settle()
    factory.dispatch('http://e/t', 1)
    await link.settle()
    expect([errors, seen]).toEqual([['sync', 'async'], [1]])
  })
})

it('prints what handlers throw unless it is told where to report', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { client, link, factory } = await open()
  const error = new Error('handler')
  client.subscribe('http://e/t', () => {
    throw error
  })
  await link.settle()
  factory.dispatch('http://e/t', 1)
  await link.settle()
  expect(printed.mock.calls).toEqual([[error]])
  printed.mockRestore()
})

describe('the first session', () => {
  it('waits for ever where the time for it is 0', async () => {
    const link = new Link()
    const [protocol, peer] = await link.connect<TestClient>(new TestClientFactory())
    const opening = new ReconnectingClient(() => Promise.resolve(protocol), link.clock, { sessionTimeout: 0 }).open()
    await link.advance(1_000_000)
    await peer.say(welcome)
    expect((await opening).isConnected).toBe(true)
  })

  it('refuses options that do not exist, and values that are not times', () => {
    const given = (options: object) => () => new ReconnectingClient(() => Promise.reject(new Error('no')), new Link().clock, options)
    expect(given({ recconect: {} })).toThrow('there is no option recconect of ReconnectingClient; did you mean reconnect?')
    for (const sessionTimeout of [-1, Number.NaN, '5', 2_000_001]) {
      expect(given({ sessionTimeout })).toThrow('option sessionTimeout must be a number of seconds from 0 to 2,000,000')
    }
    expect(given({ sessionTimeout: 0.5, reconnect: false })).not.toThrow()
  })

  it('rejects where it cannot be opened, and is not tried again', async () => {
    const link = new Link()
    let tries = 0
    const client = new ReconnectingClient(() => Promise.reject(new Error(`refused ${++tries}`)), link.clock)
    await expect(client.open()).rejects.toThrow('refused 1')
    await client.closed
    await link.advance(60_000)
    expect(tries).toBe(1)
  })

  it('rejects where the server does not open it in time', async () => {
    const link = new Link()
    const [protocol] = await link.connect<TestClient>(new TestClientFactory())
    const opened = new ReconnectingClient(() => Promise.resolve(protocol), link.clock, { sessionTimeout: 3 }).open()
    const rejected = expect(opened).rejects.toMatchObject({ name: 'ConnectionClosed' })
    await link.advance(3000)
    await link.advance(2000)
    await rejected
  })

  it('authenticates', async () => {
    const link = new Link()
    const [protocol, peer] = await link.connect<TestClient>(new TestClientFactory())
    const opening = new ReconnectingClient(() => Promise.resolve(protocol), link.clock, {
      onSession: async client => {
        expect(await client.authenticate('key', null, 'secret')).toBe('permissions')
      },
    }).open()
    await peer.say(welcome)
    await peer.say([3, '1', '{"a":1}'])
    expect(peer.heard().at(-1)).toEqual([2, '2', 'http://api.wamp.ws/procedure#auth', 'qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ='])
    await peer.say([3, '2', 'permissions'])
    expect((await opening).isConnected).toBe(true)
    expect(peer).toBeInstanceOf(RawServer)
  })
})

/** The time until the next try, and the turns that it takes. */
async function back(link: Link, milliseconds: number): Promise<void> {
  await link.advance(milliseconds)
  for (let i = 0; i < 3; i++) await link.settle()
}

/** A client that is connected, whose connections are made in memory. */
async function open(options: ReconnectingClientOptions = {}, factory: TestServerFactory = new TestServerFactory(Server)) {
  const link = new Link()
  let last: TestClient | undefined
  let refusal: Error | undefined
  const dial = async (): Promise<TestClient> => {
    if (refusal !== undefined) throw refusal
    const joining = link.join<TestClient>(new TestClientFactory(), factory)
    last = (await joining)[0]
    return last
  }
  const client = new ReconnectingClient(dial, link.clock, { reconnect: steady, ...options })
  const opening = client.open()
  for (let i = 0; i < 3; i++) await link.settle()
  await opening
  return {
    client,
    link,
    factory,
    current: () => last as TestClient,
    drop: () => last?.dropConnection({ abort: true }),
    refuse: (error: Error) => {
      refusal = error
    },
  }
}
