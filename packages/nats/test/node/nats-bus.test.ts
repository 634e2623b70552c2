import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bus } from '@autobahn-ts/websocket'
import { Channels, connect as connectTo, serve } from '@autobahn-ts/websocket'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { testBus } from '../../../websocket/test/bus/bus-suite.ts'
import { until } from '../../../websocket/test/fixtures/until.ts'
import { type NatsBus, type NatsBusOptions, natsBus } from '../../src/node/nats-bus.ts'
import type { Gap } from '../../src/wire/gap-watch.ts'
import { hasNatsServer, NatsServer } from '../fixtures/nats-server.ts'

describe('importing the package', () => {
  it('does not load the part of the client that only history needs', () => {
    const program = `
      import module from 'node:module'
      const isLoaded = () => Object.keys(module._cache).some(file => file.includes('jetstream'))
      await import('@autobahn-ts/nats')
      const before = isLoaded()
      await import('@nats-io/jetstream')
      console.log(before, isLoaded())`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    })
    expect({ stdout, stderr }).toEqual({ stdout: 'false true\n', stderr: '' })
  })
})

describe.skipIf(!hasNatsServer)('natsBus', () => {
  let server: NatsServer
  const opened: { close(): Promise<void> }[] = []
  const others: NatsServer[] = []

  beforeAll(async () => {
    server = await NatsServer.start()
  })
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
    for (const each of others.splice(0)) await each.end()
  })
  afterAll(() => server.end())

  async function bus(options: NatsBusOptions = {}): Promise<NatsBus> {
    const made = await natsBus({ servers: server.url, ...options })
    opened.push(made)
    return made
  }

  async function serverWith(settings = ''): Promise<NatsServer> {
    const made = await NatsServer.start(settings)
    others.push(made)
    return made
  }

  testBus('NATS', async () => {
    const buses: NatsBus[] = []
    return {
      connect: async () => {
        const made = await natsBus({ servers: server.url, prefix: 'suite', onError: () => undefined })
        buses.push(made)
        return { bus: made, caughtUp: async () => undefined }
      },
      end: async () => {
        for (const each of buses) await each.close()
      },
    }
  })

  testBus('NATS, on connections of the application', async () => {
    const connections: NatsConnection[] = []
    return {
      connect: async () => {
        const connection = await connect({ servers: server.url })
        connections.push(connection)
        return { bus: await natsBus({ connection, prefix: 'own', onError: () => undefined }), caughtUp: async () => undefined }
      },
      end: async () => {
        for (const connection of connections) await connection.close()
      },
    }
  })

  it('keeps prefixes apart', async () => {
    const got: string[] = []
    const [one, other, same] = [await bus({ prefix: 'a' }), await bus({ prefix: 'a.b' }), await bus({ prefix: 'a' })]
    await other.subscribe('>', (_, subject) => got.push(`other ${subject}`))
    await same.subscribe('>', (_, subject) => got.push(`same ${subject}`))
    await one.publish('b.m.x', Uint8Array.of(1))
    await until(() => got.length > 0)
    expect(got).toEqual(['same b.m.x'])
  })

  it('cuts messages above max_payload, and joins them in order, beside small ones', async () => {
    const small = await serverWith('max_payload: 4096')
    const [one, other] = [await bus({ servers: small.url }), await bus({ servers: small.url })]
    const got: Record<string, Buffer[]> = { a: [], '*': [] }
    for (const [pattern, messages] of Object.entries(got)) await other.subscribe(pattern, octets => messages.push(Buffer.from(octets)))
    const sent = [5, 4081, 4082, 4096, 100_000, 0].map(length => Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7) % 256)))
    await Promise.all(sent.map(octets => one.publish('a', octets)))
    await until(() => Object.values(got).every(messages => messages.length === sent.length))
    for (const messages of Object.values(got)) {
      expect(messages.map(({ length }) => length)).toEqual(sent.map(({ length }) => length))
      expect(messages.map((message, at) => message.equals(sent[at]!))).toEqual(sent.map(() => true))
    }
    expect(other.counters).toMatchObject({ delivered: 2 * sent.length, incomplete: 0, malformed: 0 })
  })

  it('carries a message of 16 MiB over a server with the usual limit', async () => {
    const [one, other] = [await bus(), await bus()]
    const got: Uint8Array[] = []
    await other.subscribe('a', octets => got.push(octets))
    const octets = new Uint8Array(16 * 1024 * 1024 + 1).fill(7)
    await one.publish('a', octets)
    await until(() => got.length > 0)
    expect(Buffer.compare(got[0]!, octets)).toBe(0)
  })

  it('rejects messages above its limit, and drops those that others send', async () => {
    const errors: Error[] = []
    const [one, other] = [
      await bus({ prefix: 'large' }),
      await bus({ prefix: 'large', maxMessageSize: 10, onError: error => errors.push(error) }),
    ]
    const got: number[] = []
    await other.subscribe('a', octets => got.push(octets.length))
    await expect(other.publish('a', new Uint8Array(11))).rejects.toMatchObject({ name: 'BusError', reason: 'too-large' })
    await one.publish('a', new Uint8Array(11))
    await one.publish('a', new Uint8Array(10))
    await until(() => got.length > 0)
    expect({ got, errors: errors.map(({ message }) => message) }).toEqual({
      got: [10],
      errors: ['a message under large.m.a was dropped: it has 11 octets'],
    })
    expect({ malformed: other.counters.malformed, rejected: other.counters.rejected }).toEqual({ malformed: 1, rejected: 1 })
  })

  it('reports and drops what others publish under its prefix', async () => {
    const errors: string[] = []
    const receiver = await bus({ prefix: 'foreign', onError: ({ message }) => errors.push(message) })
    const got: string[] = []
    await receiver.subscribe('>', (_, subject) => got.push(subject))
    const stranger = await connect({ servers: server.url })
    opened.push(stranger)
    const head = (...octets: number[]): Uint8Array => Uint8Array.from([0xb0, ...Array(8).fill(1), 0, 0, 0, 0, 0, 1, ...octets])
    stranger.publish('foreign.m.a', 'text')
    stranger.publish('foreign.m.a', new Uint8Array(0))
    stranger.publish('foreign.m.=zz', head(65))
    stranger.publish('foreign.h.unknown', head(65))
    stranger.publish('foreign.m.good', head(65))
    await until(() => got.length > 0)
    expect({ got, dropped: errors.map(message => message.split(' ')[3]) }).toEqual({
      got: ['good'],
      dropped: ['foreign.m.a', 'foreign.m.a', 'foreign.m.=zz', 'foreign.h.unknown'],
    })
  })

  it('rejects a subscription that NATS refuses, and reports a publication that it refuses', async () => {
    const strict = await serverWith(
      'authorization { users = [{ user: u, password: p, permissions: { publish: ["chat.m.open.>", "chat.a"], subscribe: ["chat.m.open.>", "chat.a"] } }] }',
    )
    const errors: Error[] = []
    const limited = await bus({ servers: strict.url, prefix: 'chat', nats: { user: 'u', pass: 'p' }, onError: error => errors.push(error) })
    await limited.subscribe('open.room', () => undefined)
    await expect(limited.subscribe('closed.room', () => undefined)).rejects.toMatchObject({ name: 'BusError', reason: 'refused' })
    expect(errors).toEqual([])
    await limited.publish('closed.room', Uint8Array.of(1))
    await until(() => errors.length > 0)
    expect(errors[0]).toMatchObject({ name: 'BusError', reason: 'refused' })
  })

  it('needs no permission but for its prefix', async () => {
    const strict = await serverWith(
      'authorization { users = [{ user: u, password: p, permissions: { publish: "chat.>", subscribe: "chat.>" } }] }',
    )
    const make = (): Promise<NatsBus> => bus({ servers: strict.url, prefix: 'chat', nats: { user: 'u', pass: 'p' } })
    const [one, other] = [await make(), await make()]
    const got: string[] = []
    for (const pattern of ['room', 'x'.repeat(5000), '>'])
      await other.subscribe(pattern, (_, subject) => got.push(`${pattern.length} ${subject.length}`))
    await one.publish('room', Uint8Array.of(1))
    await one.publish('x'.repeat(5000), Uint8Array.of(1))
    await until(() => got.length === 4)
    expect(got.sort()).toEqual(['1 4', '1 5000', '4 4', '5000 5000'])
  })

  it('rejects where there is no server, and where the password is wrong', async () => {
    const gone = await NatsServer.start('authorization { user: u, password: p }')
    await expect(natsBus({ servers: gone.url, nats: { user: 'u', pass: 'wrong' } })).rejects.toMatchObject({
      name: 'BusError',
      reason: 'refused',
    })
    await gone.end()
    await expect(natsBus({ servers: gone.url })).rejects.toMatchObject({ name: 'BusError', reason: 'unreachable' })
  })

  it('rejects what is published while the server is away, keeps nothing, and has its subscriptions again when it is back', async () => {
    const restarted = await serverWith()
    const [one, other] = [await bus({ servers: restarted.url }), await bus({ servers: restarted.url })]
    const got: string[] = []
    await other.subscribe('a', octets => got.push(Buffer.from(octets).toString()))
    await restarted.kill()
    await until(() => !one.isConnected && !other.isConnected)
    await expect(one.publish('a', Buffer.from('lost'))).rejects.toMatchObject({ name: 'BusError', reason: 'unreachable' })
    const meanwhile = other.subscribe('b', octets => got.push(Buffer.from(octets).toString()))
    await restarted.start()
    await meanwhile
    await until(() => one.isConnected && other.isConnected)
    await other.subscribe('sync', () => undefined)
    for (const subject of ['a', 'b']) await one.publish(subject, Buffer.from(`${subject} after`))
    await until(() => got.length === 2)
    expect(got).toEqual(['a after', 'b after'])
    expect(one.counters).toMatchObject({ disconnects: 1, reconnects: 1, rejected: 1, published: 2 })
  })

  it('goes on over another server of a cluster when its own is killed, and tells what was lost meanwhile', async () => {
    const cluster = await NatsServer.startCluster(3)
    others.push(...cluster)
    const gaps: Gap[] = []
    const got: number[] = []
    // Each begins with a server of its own, and learns of the others from it.
    const at = (server: NatsServer, options: NatsBusOptions = {}): Promise<NatsBus> => bus({ servers: server.url, ...options })
    const [publisher, receiver] = [await at(cluster[0]!), await at(cluster[1]!, { onGap: gap => gaps.push(gap) })]
    await receiver.subscribe('a', octets => got.push(Buffer.from(octets).readUInt32BE()))
    const published = (number: number): Promise<boolean> =>
      publisher.publish('a', fourOctets(number)).then(
        () => true,
        () => false,
      )
    let number = 0
    // The servers tell each other of subscriptions in their own time.
    while (got.length === 0) {
      await published(++number)
      await new Promise(resolve => setImmediate(resolve))
    }
    await cluster[1]!.kill()
    while (receiver.counters.reconnects === 0) {
      await published(++number)
      await new Promise(resolve => setImmediate(resolve))
    }
    await receiver.subscribe('sync', () => undefined)
    const before = got.length
    while (got.length === before) {
      await published(++number)
      await new Promise(resolve => setImmediate(resolve))
    }
    await until(() => got.at(-1) === number)
    const missing = gaps.reduce((sum, gap) => sum + Number(gap.missing), 0)
    expect(got.length + missing).toBe(number - got[0]! + 1)
    expect([...got].sort((a, b) => a - b)).toEqual(got)
  })

  it('finds a dead link by its pings, also on a connection of the application, and comes back', async () => {
    const frozen = await serverWith()
    const connection = await connect({ servers: frozen.url, reconnectTimeWait: 100, maxReconnectAttempts: -1, timeout: 1000 })
    opened.push(connection)
    const buses = [await bus({ servers: frozen.url }), await bus({ connection })]
    frozen.pause()
    await until(() => buses.every(({ isConnected }) => !isConnected))
    for (const each of buses) await expect(each.publish('a', Uint8Array.of(1))).rejects.toMatchObject({ reason: 'unreachable' })
    frozen.goOn()
    await until(() => buses.every(({ isConnected }) => isConnected))
    const got: unknown[] = []
    await buses[0]!.subscribe('a', octets => got.push(octets))
    await buses[1]!.publish('a', Uint8Array.of(7))
    await until(() => got.length > 0)
    expect(got).toEqual([Uint8Array.of(7)])
  })

  describe('tells what is missing', () => {
    it('where the link of the receiver was away, by the next message', async () => {
      const { publisher, receiver, connection, gaps, got } = await watching('cut-receiver')
      for (const number of [1, 2]) await publisher.publish('a', Uint8Array.of(number))
      await until(() => got.length === 2)
      void connection.reconnect()
      await until(() => !receiver.isConnected)
      for (const number of [3, 4, 5]) await publisher.publish('a', Uint8Array.of(number))
      await until(() => receiver.isConnected)
      await receiver.subscribe('sync', () => undefined)
      await publisher.publish('a', Uint8Array.of(6))
      await until(() => got.length === 3 && gaps.length > 0)
      expect({ got, gaps: gaps.map(({ subject, missing }) => ({ subject, missing })) }).toEqual({
        got: [1, 2, 6],
        gaps: [{ subject: 'a', missing: 3 }],
      })
      expect(receiver.counters).toMatchObject({ gaps: 1, missing: 3 })
    })

    it('where the last messages were lost, without another one', async () => {
      const { publisher, receiver, connection, gaps, got } = await watching('lost-last')
      await publisher.publish('a', Uint8Array.of(1))
      await until(() => got.length === 1)
      void connection.reconnect()
      await until(() => !receiver.isConnected)
      for (const number of [2, 3]) await publisher.publish('a', Uint8Array.of(number))
      await until(() => gaps.length > 0)
      expect(gaps.map(({ subject, missing }) => ({ subject, missing }))).toEqual([{ subject: 'a', missing: 2 }])
    })

    it('where the publisher could not reach NATS', async () => {
      const { publisher, publisherConnection, gaps, got } = await watching('cut-publisher')
      await publisher.publish('a', Uint8Array.of(1))
      await until(() => got.length === 1)
      void publisherConnection.reconnect()
      await until(() => !publisher.isConnected)
      for (const number of [2, 3])
        await expect(publisher.publish('a', Uint8Array.of(number))).rejects.toMatchObject({ reason: 'unreachable' })
      await until(() => gaps.length > 0)
      expect(gaps.map(({ subject, missing }) => ({ subject, missing }))).toEqual([{ subject: 'a', missing: 2 }])
    })

    it('where a publisher ends without a word, that it is not known; and nothing where it closes', async () => {
      const { publisherConnection, publisher, gaps, got } = await watching('gone')
      const polite = await bus({ prefix: 'gone' })
      await polite.publish('b', Uint8Array.of(1))
      await publisher.publish('a', Uint8Array.of(2))
      await until(() => got.length === 2)
      await polite.close()
      await publisherConnection.close()
      await until(() => gaps.length > 0)
      expect(gaps.map(({ subject, missing }) => ({ subject, missing }))).toEqual([{ subject: 'a', missing: 'unknown' }])
    })

    /** A publisher, and a receiver of everything, each on a connection that the test can cut. */
    async function watching(prefix: string): Promise<Watching> {
      const connections = [
        await connect({ servers: server.url, reconnectTimeWait: 300 }),
        await connect({ servers: server.url, reconnectTimeWait: 300 }),
      ]
      opened.push(...connections)
      const gaps: Gap[] = []
      const got: number[] = []
      const [connection, publisherConnection] = connections as [NatsConnection, NatsConnection]
      const receiver = await bus({ prefix, connection, onGap: gap => gaps.push(gap) })
      await receiver.subscribe('>', ([number]) => got.push(number!))
      await receiver.subscribe('a', () => undefined)
      return { publisher: await bus({ prefix, connection: publisherConnection }), receiver, connection, publisherConnection, gaps, got }
    }
  })

  it('sends what was published before it closes, and leaves a connection of the application open', async () => {
    const connection = await connect({ servers: server.url })
    opened.push(connection)
    const [receiver, closing, onOther] = [await bus(), await bus(), await natsBus({ servers: undefined as never, connection })]
    const got: number[] = []
    await receiver.subscribe('a', ([first]) => got.push(first!))
    void closing.publish('a', Uint8Array.of(1))
    await closing.close()
    await until(() => got.length === 1)
    void onOther.publish('a', Uint8Array.of(2))
    await onOther.close()
    await until(() => got.length === 2)
    expect({ got, isClosed: connection.isClosed(), isConnected: onOther.isConnected }).toEqual({
      got: [1, 2],
      isClosed: false,
      isConnected: false,
    })
    await expect(closing.publish('a', Uint8Array.of(3))).rejects.toMatchObject({ reason: 'unreachable', message: 'the bus is closed' })
  })

  it('rejects everything where the application has closed its connection, also what waits', async () => {
    const connection = await connect({ servers: server.url })
    const made = await natsBus({ connection })
    await made.subscribe('a', () => undefined)
    await connection.close()
    await until(() => !made.isConnected)
    const unreachable = { name: 'BusError', reason: 'unreachable' }
    await expect(made.publish('a', Uint8Array.of(1))).rejects.toMatchObject(unreachable)
    await expect(made.subscribe('b', () => undefined)).rejects.toMatchObject(unreachable)
    await made.close()
    const gone = await serverWith()
    const waiting = await natsBus({ servers: gone.url })
    await gone.kill()
    await until(() => !waiting.isConnected)
    const subscribed = expect(waiting.subscribe('a', () => undefined)).rejects.toMatchObject(unreachable)
    await waiting.close()
    await subscribed
  })

  it('joins the channels of two servers', async () => {
    const listen = async (): Promise<string> => {
      const rooms = new Channels({ bus: await bus({ prefix: 'channels' }) })
      const listener = await serve({ host: '127.0.0.1', port: 0 }, async ws => {
        const room = rooms.get('room')
        await room.join(ws).joined
        await ws.send('joined')
        for await (const message of ws) room.broadcast(message, { except: ws })
      })
      opened.push({ close: () => listener.close({ timeout: 0 }) })
      return `ws://127.0.0.1:${listener.port}`
    }
    const clients = [await connectTo(await listen()), await connectTo(await listen())]
    for (const client of clients) expect(await client.receive()).toBe('joined')
    const texts = Array.from({ length: 100 }, (_, number) => `${number}`)
    for (const text of texts) void clients[0]!.send(text)
    const got: unknown[] = []
    while (got.length < texts.length) got.push(await clients[1]!.receive())
    expect(got).toEqual(texts)
    for (const client of clients) await client.close()
  })

  it('refuses options that do not exist, and wrong values', async () => {
    await expect(natsBus({ server: server.url } as object)).rejects.toThrow('did you mean servers?')
    for (const wrong of [
      { prefix: 'a b' },
      { prefix: '' },
      { prefix: 'a.>' },
      { servers: [] },
      { connection: {} },
      { maxMessageSize: 0 },
      { nats: 5 },
    ])
      await expect(natsBus(wrong as object)).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  it('is a bus in the types of the library', async () => {
    const asBus: Bus = await bus()
    expect(asBus.isConnected).toBe(true)
  })
})

function fourOctets(number: number): Uint8Array {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(number)
  return octets
}

interface Watching {
  readonly publisher: NatsBus
  readonly publisherConnection: NatsConnection
  readonly receiver: NatsBus
  readonly connection: NatsConnection
  readonly gaps: readonly Gap[]
  readonly got: readonly number[]
}
