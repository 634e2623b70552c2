import { type MemoryRouterOptions, memoryRouter } from '@autobahn-ts/router/testing'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publicKeyOf } from '../../src/auth/cryptosign.ts'
import { cryptosign } from '../../src/auth/cryptosign-method.ts'
import { scramCredential } from '../../src/auth/scram.ts'
import { scram } from '../../src/auth/scram-method.ts'
import { ticket } from '../../src/auth/ticket.ts'
import { wampcra } from '../../src/auth/wampcra-method.ts'
import type { Client } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/client-options.ts'
import { result } from '../../src/session/answer.ts'
import { WampError } from '../../src/session/wamp-error.ts'
import { joined } from '../../src/testing/joined.ts'
import type { MessageTransport } from '../../src/transports/message-transport.ts'

describe('two clients of a router', () => {
  it('call each other, with values, keywords and errors', async () => {
    const { clock, join } = world()
    const [callee, caller] = [await join(), await join()]
    await settled(clock, callee.serve({ 'com.example.add': (a: number, b: number) => a + b }))
    await settled(
      clock,
      callee.register<[sku: string]>('com.example.buy', ({ args: [sku] }) => {
        if (sku === 'x1') throw new WampError('com.example.no_stock', [sku], { left: 0 })
        return result([sku, 1], { price: 5 })
      }),
    )
    expect(await settled(clock, caller.call('com.example.add', [2, 3]))).toBe(5)
    await expect(settled(clock, caller.call('com.example.buy', ['x1']))).rejects.toMatchObject({
      uri: 'com.example.no_stock',
      args: ['x1'],
      kwargs: { left: 0 },
    })
    await expect(settled(clock, caller.call('com.example.buy', ['x2']))).rejects.toThrow('use callResult')
    expect(await settled(clock, caller.callResult('com.example.buy', ['x2']))).toMatchObject({ args: ['x2', 1], kwargs: { price: 5 } })
    await expect(settled(clock, caller.call('com.example.none'))).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
  })

  it('stream progressive results, and cancel', async () => {
    const { clock, join } = world()
    const [callee, caller] = [await join(), await join()]
    const seenByCallee: unknown[] = []
    await settled(
      clock,
      callee.register<[to: number]>('com.example.count', async function* ({ args: [to], signal }) {
        signal.addEventListener('abort', () => seenByCallee.push('aborted'))
        for (let n = 1; n <= to; n++) yield n
        return 'done'
      }),
    )
    const counting = caller.stream<number, string>('com.example.count', [3])
    await clock.settle()
    const seen: number[] = []
    for await (const n of counting) seen.push(n)
    expect(seen).toEqual([1, 2, 3])
    expect(await counting.result).toBe('done')
    await settled(
      clock,
      callee.register(
        'com.example.wait',
        ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
    )
    const control = new AbortController()
    const waiting = caller.call('com.example.wait', [], {}, { signal: control.signal, cancelMode: 'kill' })
    waiting.catch(() => undefined)
    await clock.settle()
    control.abort()
    await clock.settle()
    await expect(waiting).rejects.toMatchObject({ uri: 'wamp.error.canceled' })
  })

  it('send files in chunks', async () => {
    const { clock, join } = world()
    const [callee, caller] = [await join(), await join()]
    await settled(
      clock,
      callee.register<[name: string], object, string>('com.example.upload', async ({ args: [name], chunks }) => {
        let text = ''
        for await (const chunk of chunks) text += chunk
        return `${name}: ${text}`
      }),
    )
    expect(await settled(clock, caller.call('com.example.upload', ['a.txt'], {}, { chunks: ['Hello, ', 'world'] }))).toBe(
      'a.txt: Hello, world',
    )
  })

  it('time out', async () => {
    const { clock, join } = world()
    const [callee, caller] = [await join(), await join()]
    await settled(
      clock,
      callee.register('com.example.wait', () => new Promise(() => {})),
    )
    const call = caller.call('com.example.wait', [], {}, { timeout: 500 })
    call.catch(() => undefined)
    await clock.settle(500)
    await expect(call).rejects.toMatchObject({ uri: 'wamp.error.timeout' })
    expect(caller.isJoined).toBe(true)
  })

  it('publish and subscribe, with patterns, retention and confirmation', async () => {
    const { clock, join } = world()
    const [publisher, subscriber] = [await join(), await join()]
    const seen: unknown[] = []
    await settled(
      clock,
      subscriber.subscribe('com.example', ({ topic, args }) => seen.push([topic, ...args]), { match: 'prefix' }),
    )
    expect(publisher.publish('com.example.tick', [1])).toBe(true)
    expect(await settled(clock, publisher.publish('com.example.tock', [2], {}, { acknowledge: true, retain: true }))).toBeGreaterThan(0)
    await settled(
      clock,
      subscriber.subscribe('com.example.tock', ({ args, details }) => seen.push([...args, details.retained]), { getRetained: true }),
    )
    await clock.settle()
    expect(seen).toEqual([
      ['com.example.tick', 1],
      ['com.example.tock', 2],
      [2, true],
    ])
  })

  it('use the meta API and testaments', async () => {
    const everything = { call: true, register: true, publish: true, subscribe: true }
    const anonymous = ['', 'wamp.'].map(uri => ({ uri, match: 'prefix', allow: everything }) as const)
    const { clock, join, transports } = world({ realms: { realm1: { roles: { anonymous } } } })
    const [one, other] = [await join(), await join()]
    const left: unknown[] = []
    await settled(
      clock,
      other.subscribe('wamp.session.on_leave', ({ args: [session] }) => left.push(session)),
    )
    await settled(
      clock,
      other.subscribe('com.example.gone', ({ args }) => left.push(args)),
    )
    await settled(clock, one.call('wamp.session.add_testament', ['com.example.gone', ['bye'], {}]))
    expect(await settled(clock, other.call('wamp.session.count'))).toBe(2)
    const id = one.session?.id
    transports[0]?.abort('a test')
    await clock.settle()
    expect(left).toContainEqual(id)
    expect(left).toContainEqual(['bye'])
  })
})

describe('a drop at any point, and a reconnect', () => {
  it('equals never dropped, for registrations and subscriptions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
        const { clock, join, transports } = world()
        const observer = await join()
        const subject = await join()
        const wanted = new Map<string, 'procedure' | 'topic'>()
        const ends = new Map<string, Promise<{ end(): Promise<void> }>>()
        const seen: string[] = []
        for (const [what, n] of steps) {
          const uri = `com.example.${what === 'subscribe' ? 'topic' : 'procedure'}.${n}`
          if (what === 'drop') transports.at(-1)?.abort('a test')
          else if (what === 'settle') await clock.settle(n * 400)
          else if (what === 'end') {
            const [first] = wanted.keys()
            if (first === undefined) continue
            wanted.delete(first)
            void ends.get(first)?.then(({ end }) => end())
          } else if (!wanted.has(uri) && !ends.has(uri)) {
            wanted.set(uri, what === 'subscribe' ? 'topic' : 'procedure')
            const making =
              what === 'subscribe'
                ? subject.subscribe(uri, ({ topic }) => seen.push(topic)).then(made => ({ end: () => made.unsubscribe() }))
                : subject.register(uri, () => uri).then(made => ({ end: () => made.unregister() }))
            ends.set(uri, making)
          }
        }
        await clock.settle(200_000)
        for (const [uri, kind] of wanted) {
          if (kind === 'procedure') expect(await settled(clock, observer.call(uri))).toBe(uri)
          else await settled(clock, observer.publish(uri, [], {}, { acknowledge: true }))
        }
        for (const uri of ends.keys()) {
          if (wanted.has(uri)) continue
          if (uri.includes('procedure'))
            await expect(settled(clock, observer.call(uri))).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
          else await settled(clock, observer.publish(uri, [], {}, { acknowledge: true }))
        }
        expect(seen.sort()).toEqual(
          [...wanted]
            .filter(([, kind]) => kind === 'topic')
            .map(([uri]) => uri)
            .sort(),
        )
      }),
      { numRuns: 60 },
    )
  })
})

const step = fc.tuple(fc.constantFrom('register', 'subscribe', 'end', 'drop', 'settle'), fc.integer({ min: 0, max: 3 }))

describe('the clients of a router that shuts down', () => {
  it('come back to the one that takes its place one after the other, at the rate that it asks for', async () => {
    const { clock, router } = world()
    const next = memoryRouter({ clock }).router
    let current = router
    const accepting = { accept: (transport: MessageTransport) => current.accept(transport) }
    const clients: Client[] = []
    for (let n = 0; n < 200; n++) clients.push(await joined({ router: accepting, clock }))
    const closed = router.close({ returnRate: 50 })
    current = next
    const back = (): number => next.realms.get('realm1')?.sessions.size ?? 0
    const steps: number[] = []
    for (let time = 0; time < 8000; time += 100) {
      const before = back()
      await clock.settle(100)
      steps.push(back() - before)
    }
    await closed
    const until = (end: number): number => steps.slice(0, end / 100).reduce((sum, step) => sum + step, 0)
    // without the hint all of them would be back after 1.5 s
    expect(until(1000)).toBe(0)
    expect(until(1500)).toBeLessThan(40)
    expect(until(8000)).toBe(200)
    expect(Math.max(...steps)).toBeLessThan(20)
    expect(clients.every(client => client.isJoined)).toBe(true)
  })
})

function world(options: Omit<MemoryRouterOptions, 'clock'> = {}) {
  const clock = new FakeClock()
  const { router } = memoryRouter({ clock, ...options })
  const transports: MessageTransport[] = []
  const join = (options: Partial<ClientOptions> = {}): Promise<Client> =>
    joined({ router, clock, onDial: transport => transports.push(transport), ...options })
  return { clock, router, transports, join }
}

/** Lets everything happen that needs no time, and returns the outcome. */
async function settled<Value>(clock: FakeClock, promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined)
  await clock.settle()
  return promise
}

describe('a client that authenticates', () => {
  it.each([
    ['ticket', ticket('joe', 'secret'), ticket('joe', 'wrong')],
    ['wampcra', wampcra('joe', 'secret'), wampcra('joe', 'wrong')],
    ['wamp-scram', scram('joe', 'secret'), scram('joe', 'wrong')],
    ['cryptosign', cryptosign('11'.repeat(32)), cryptosign('22'.repeat(32))],
  ] as const)('joins by %s, and is refused with a wrong secret', async (name, right, wrong) => {
    const credential = await scramCredential('secret', { kdf: 'pbkdf2', salt: 'AAAAAAAAAAAAAAAAAAAAAA==', iterations: 4096 })
    const role = 'user'
    const auth = {
      ticket: { users: { joe: { role, ticket: 'secret' } } },
      wampcra: { users: { joe: { role, secret: 'secret' } } },
      scram: { users: { joe: { role, ...credential } } },
      cryptosign: { users: { joe: { role, authorizedKeys: [publicKeyOf('11'.repeat(32))] } } },
    }
    const { join } = world({ realms: { realm1: { auth } } })
    const client = await join({ auth: right })
    expect(client.session).toMatchObject({ authid: 'joe', authrole: 'user', authmethod: name })
    await expect(join({ auth: [wrong] })).rejects.toMatchObject({ name: 'JoinRefused' })
  })
})
