import { readFileSync } from 'node:fs'
import {
  type BusError,
  type Channel,
  type ChannelHistory,
  Channels,
  type Connection,
  connect,
  type JoinOptions,
  type Listener,
  serve,
} from '@autobahn-ts/websocket'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect as connectToNats } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../websocket/test/fixtures/until.ts'
import { type NatsBus, type NatsBusOptions, natsBus } from '../../src/node/nats-bus.ts'
import type { Gap } from '../../src/wire/gap-watch.ts'
import { readPosition } from '../../src/wire/position.ts'
import { hasNatsServer, NatsServer } from '../fixtures/nats-server.ts'

describe.skipIf(!hasNatsServer)('channels with history', { timeout: 60_000 }, () => {
  let server: NatsServer
  const ended: (() => Promise<unknown>)[] = []
  let number = 0
  let prefix = ''

  beforeAll(async () => {
    server = await NatsServer.startWithJetStream()
  })
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end()
  })
  afterAll(() => server.end())

  beforeEach(() => {
    prefix = `test${number++}`
  })

  /** A process: a bus, channels over it, and a server whose connections join them. */
  async function begin(history: ChannelHistory = { count: 100, seconds: 60 }, options: NatsBusOptions = {}): Promise<Process> {
    const errors: Error[] = []
    const made = new Process(
      await natsBus({ servers: server.url, prefix, onError: error => errors.push(error), ...options }),
      history,
      errors,
    )
    ended.push(() => made.end())
    await made.begin()
    return made
  }

  /** A connection of NATS for what operators and strangers do. */
  async function operator(url = server.url): Promise<JetStreamManager> {
    const connection = await connectToNats({ servers: url })
    ended.push(() => connection.close())
    return jetstreamManager(connection)
  }

  async function serverWith(settings: string): Promise<NatsServer> {
    const made = await NatsServer.startWithJetStream(settings)
    ended.push(() => made.end())
    return made
  }

  it('sends a member what was kept since a position, then what comes: nothing twice and nothing left out', async () => {
    const [one, other] = [await begin(), await begin()]
    const first = await one.join()
    expect(await one.broadcast('1', '2', '3')).toEqual([true, true, true])
    await first.has('1', '2', '3')
    const position = one.room.position!
    await other.broadcast('4', '5')
    const second = await other.join({ since: position })
    await one.broadcast('6')
    await second.has('4', '5', '6')
    await first.has('1', '2', '3', '4', '5', '6')
    const third = await one.join({ since: first.positions[0]! })
    await third.has('2', '3', '4', '5', '6')
    expect([second.gaps, third.gaps]).toEqual([0, 0])
    expect(third.positions.map(sequenceOf)).toEqual(first.positions.slice(1).map(sequenceOf))
    expect({ stored: one.bus.counters.stored, notStored: one.bus.counters.notStored, errors: one.errors }).toEqual({
      stored: 4,
      notStored: 0,
      errors: [],
    })
  })

  it('sends a member what was kept since a date', async () => {
    const one = await begin()
    await one.broadcast('1', '2')
    const before = await one.join({ since: new Date(0) })
    await before.has('1', '2')
    const since = new Date(timeOf(before.positions[1]!) + 1)
    await until(() => new Date() > since)
    await one.broadcast('3', '4')
    const after = await one.join({ since })
    await after.has('3', '4')
    const later = await one.join({ since: new Date(Date.now() + 1000) })
    await one.broadcast('5')
    await later.has('5')
    expect([before.gaps, after.gaps, later.gaps]).toEqual([0, 0, 0])
  })

  it('passes all messages on in one order, in all processes, and leaves out those whom `except` names', async () => {
    const [one, other] = [await begin(), await begin()]
    const members = [await one.join(), await other.join(), await one.join()]
    const left = one.joined[0]!
    const results: (Promise<boolean> | undefined)[] = []
    for (let i = 0; i < 50; i++) {
      results.push(one.room.broadcast(`one ${i}`, { except: left }).stored, other.room.broadcast(`other ${i}`).stored)
      if (i % 7 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    expect(one.room.broadcast('last').sent).toBe(0)
    await Promise.all(results)
    await until(() => members.every(({ got }) => got.includes('last')) && members[1]!.got.length === 101)
    expect(members[2]!.got).toEqual(members[1]!.got)
    expect(members[0]!.got).toEqual(members[1]!.got.filter(text => !text.startsWith('one')))
    for (const name of ['one', 'other'])
      expect(members[1]!.got.filter(text => text.startsWith(`${name} `))).toEqual(Array.from({ length: 50 }, (_, i) => `${name} ${i}`))
  })

  it('lets members come while messages come, and each gets all from where it asked on', async () => {
    const [one, other] = [await begin({ count: 10_000, seconds: 60 }), await begin({ count: 10_000, seconds: 60 })]
    const witness = await one.join()
    await one.broadcast('first')
    await witness.has('first')
    let isOver = false
    const talking = (async () => {
      for (let i = 0; !isOver; i++) {
        await Promise.all([one.broadcast(`one ${i}`, `one ${i}b`), other.broadcast(`other ${i}`)])
        await until(() => witness.got.length === 3 * i + 4)
      }
    })()
    const members: { readonly member: Member; readonly from: number }[] = []
    for (let i = 0; i < 20; i++) {
      const from = Math.max(0, witness.positions.length - 1 - ((i * 7) % 40))
      members.push({ from, member: await [one, other][i % 2]!.join({ since: witness.positions[from]! }) })
    }
    isOver = true
    await talking
    await one.broadcast('last')
    for (const { member, from } of members) {
      await until(() => member.got.includes('last') && witness.got.includes('last'))
      expect(member.got).toEqual(witness.got.slice(from + 1))
      expect({ gaps: member.gaps, positions: member.positions.map(sequenceOf) }).toEqual({
        gaps: 0,
        positions: witness.positions.slice(from + 1).map(sequenceOf),
      })
    }
  })

  it('tells where the stream no longer has what was asked for', async () => {
    const one = await begin({ count: 3, seconds: 60 })
    const witness = await one.join()
    for (const text of ['1', '2', '3', '4']) await one.say(text)
    await witness.has('1', '2', '3', '4')
    const near = await one.join({ since: witness.positions[1]! })
    await near.has('3', '4')
    for (const text of ['5', '6']) await one.say(text)
    await witness.has('1', '2', '3', '4', '5', '6')
    const far = await one.join({ since: witness.positions[0]! })
    await far.has('4', '5', '6')
    const all = await one.join({ since: new Date(0) })
    await all.has('4', '5', '6')
    const up = await one.join({ since: one.room.position! })
    await one.broadcast('7')
    await up.has('7')
    expect({ near: near.gaps, far: far.gaps, all: all.gaps, up: up.gaps }).toEqual({ near: 0, far: 1, all: 1, up: 0 })
  })

  it('tells where a position is of another stream, and sends all that there is; a text that is not a position is misuse', async () => {
    const one = await begin()
    const witness = await one.join()
    await one.broadcast('1', '2')
    await witness.has('1', '2')
    const foreign = witness.positions[1]!.replace(/^./, letter => (letter === 'a' ? 'b' : 'a'))
    const member = await one.join({ since: foreign })
    await member.has('1', '2')
    expect(member.gaps).toBe(1)
    for (const since of ['', 'x', '1.2', '1.2.3.9', '-1.2.3', `${witness.positions[0]}.zzzzzzzzzzzz`]) {
      const ws = one.joined[0]!
      one.room.leave(ws)
      await expect(one.room.join(ws, { since }).joined).rejects.toMatchObject({ name: 'ApiMisuse' })
    }
    const given: object[] = [{ since: 5 }, { since: new Date(Number.NaN) }, { sinse: '' }]
    for (const options of given) await expect(one.room.join(one.joined[0]!, options)).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  it('counts a message that was cut as its pieces, and leaves out one whose first pieces are gone', async () => {
    const small = await serverWith('max_payload: 4096')
    const one = await begin({ count: 4, seconds: 60 }, { servers: small.url })
    const witness = await one.join()
    const large = (letter: string): string => letter.repeat(10_000)
    await one.broadcast('0')
    await one.broadcast(large('a'))
    await witness.has('0', large('a'))
    const whole = await one.join({ since: new Date(0) })
    await whole.has('0', large('a'))
    await one.broadcast('1', '2')
    await witness.has('0', large('a'), '1', '2')
    const rest = await one.join({ since: witness.positions[0]! })
    await rest.has('1', '2')
    expect(rest.gaps).toBe(1)
  })

  it('is accepted with a stream that an operator has made, and leaves it as it is', async () => {
    const manager = await operator()
    await manager.streams.add({ name: `${prefix}_chat`, subjects: [`${prefix}.k.>`], max_msgs_per_subject: 2, max_age: 5e9 })
    const one = await begin({ count: 100, seconds: 60, name: 'chat' })
    const witness = await one.join()
    for (const text of ['1', '2', '3']) await one.say(text)
    await witness.has('1', '2', '3')
    const member = await one.join({ since: new Date(0) })
    await member.has('2', '3')
    const { config } = await manager.streams.info(`${prefix}_chat`)
    expect({ count: config.max_msgs_per_subject, age: config.max_age, errors: one.errors }).toEqual({ count: 2, age: 5e9, errors: [] })
  })

  it('changes the limits of a stream that it has made itself', async () => {
    const one = await begin({ count: 2, seconds: 60 })
    await one.broadcast('1')
    const two = await begin({ count: 5, seconds: 30 })
    await two.broadcast('1')
    const { config } = await (await operator()).streams.info(`${prefix}_history`)
    expect({ count: config.max_msgs_per_subject, age: config.max_age }).toEqual({ count: 5, age: 30e9 })
    expect(() => new Channels({ bus: two.bus, history: { count: 6, seconds: 30 } }).get('a').position).not.toThrow()
    expect(() => new Channels({ bus: two.bus, history: { count: 6, seconds: 30 } }).get('a').broadcast('x')).toThrow(
      'has other limits already',
    )
  })

  for (const [why, settings] of [
    ['has other subjects', (): object => ({ subjects: [`${prefix}.elsewhere`] })],
    ['is a queue', (): object => ({ subjects: [`${prefix}.k.>`], retention: 'workqueue' })],
  ] as const) {
    it(`is refused where a stream of its name exists that ${why}: joining rejects, and members hear each other without history`, async () => {
      const manager = await operator()
      const name = `${prefix}_history`
      await manager.streams.add({ name, ...settings() })
      const [one, other] = [await begin(), await begin()]
      const members = [await one.join({}, 'rejects'), await other.join({}, 'rejects')]
      expect(await one.broadcast('1')).toEqual([false])
      for (const member of members) await member.has('1')
      expect(one.errors[0]).toMatchObject({ name: 'BusError', reason: 'refused' })
      expect(one.errors[0]!.message).toContain(`the stream ${name} exists and`)
    })
  }

  it('is refused by a NATS without JetStream', async () => {
    const plain = await NatsServer.start()
    ended.push(() => plain.end())
    const one = await begin(undefined, { servers: plain.url })
    const member = await one.join({}, 'rejects')
    expect(await one.broadcast('1')).toEqual([false])
    await member.has('1')
    expect(one.errors[0]).toMatchObject({ name: 'BusError', reason: 'refused' })
  })

  it('needs the permissions of the README, and no others', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const permissions = /```\n(authorization \{[^`]*JS\.API[^`]*)```/.exec(readme)![1]!
    const strict = await serverWith(permissions)
    const options = { servers: strict.url, prefix: 'chat', nats: { user: 'chat', pass: 'secret' } }
    const [one, other] = [await begin(undefined, options), await begin(undefined, options)]
    const [first, second] = [await one.join(), await other.join()]
    expect(await one.broadcast('1', '2')).toEqual([true, true])
    for (const member of [first, second]) await member.has('1', '2')
    const third = await other.join({ since: first.positions[0]! })
    await third.has('2')
    await one.join({ since: new Date(0) })
    expect([...one.errors, ...other.errors]).toEqual([])
  })

  it('is refused where NATS does not permit it', async () => {
    const strict = await serverWith(
      'authorization { users = [ { user: chat, password: secret, permissions: { publish: "chat.>", subscribe: "chat.>" } } ] }',
    )
    const one = await begin(undefined, { servers: strict.url, prefix: 'chat', nats: { user: 'chat', pass: 'secret' } })
    const member = await one.join({}, 'rejects')
    expect(await one.broadcast('1')).toEqual([false])
    await member.has('1')
    expect(one.errors.some(error => error.name === 'BusError' && (error as BusError).reason === 'refused')).toBe(true)
  })

  it('goes on when NATS has restarted: what was kept is there, and what could not be kept is told', async () => {
    const own = await serverWith('')
    const gaps: Gap[] = []
    const [one, other] = [
      await begin(undefined, { servers: own.url }),
      await begin(undefined, { servers: own.url, onGap: gap => gaps.push(gap) }),
    ]
    const [here, there] = [await one.join(), await other.join()]
    await one.broadcast('1')
    await Promise.all([here.has('1'), there.has('1')])
    await own.kill()
    await until(() => !one.bus.isConnected && !other.bus.isConnected)
    const { remote, stored, sent } = one.room.broadcast('while it is away')
    expect({ remote, stored: await stored, sent }).toEqual({ remote: 'unreachable', stored: false, sent: 1 })
    await own.start()
    await until(() => one.bus.isConnected && other.bus.isConnected)
    while (!(await one.broadcast('again'))[0]) await new Promise(resolve => setImmediate(resolve))
    await until(() => there.got.filter(text => text === 'again').length > 0 && gaps.length > 0)
    expect(there.got.slice(0, 1)).toEqual(['1'])
    expect(here.got.slice(0, 2)).toEqual(['1', 'while it is away'])
    expect(gaps.some(({ subject, missing }) => subject === 'a' && missing !== 0)).toBe(true)
    const late = await other.join({ since: here.positions[0]! })
    await until(() => late.got.length > 0)
    expect({ first: late.got[0], gaps: late.gaps }).toEqual({ first: 'again', gaps: 0 })
  })

  it('makes another consumer where NATS has lost one, and misses nothing', async () => {
    const [one, other] = [await begin(), await begin()]
    const member = await other.join()
    await one.broadcast('1')
    await member.has('1')
    const manager = await operator()
    for await (const { name } of manager.consumers.list(`${prefix}_history`)) await manager.consumers.delete(`${prefix}_history`, name)
    await one.broadcast('2', '3')
    await member.has('1', '2', '3')
    expect(member.gaps).toBe(0)
  })

  it('tells live members where the limits of the stream have discarded what they were not sent', async () => {
    const gaps: Gap[] = []
    const [one, other] = [await begin({ count: 2, seconds: 60 }), await begin({ count: 2, seconds: 60 }, { onGap: gap => gaps.push(gap) })]
    const member = await other.join()
    await one.broadcast('1')
    await member.has('1')
    const manager = await operator()
    for await (const { name } of manager.consumers.list(`${prefix}_history`)) await manager.consumers.delete(`${prefix}_history`, name)
    await one.broadcast('2', '3', '4', '5')
    await until(() => member.got.includes('5') && gaps.length === 2)
    expect(member.got).toEqual(['1', '4', '5'])
    expect(gaps.map(({ publisher, missing }) => ({ isKnown: publisher !== '', missing }))).toEqual([
      { isKnown: false, missing: 'unknown' },
      { isKnown: true, missing: 2 },
    ])
  })

  it('waits for a member that reads slowly, and keeps the others going', async () => {
    const one = await begin({ count: 200, seconds: 60 })
    const texts = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(100_000)}`)
    for (const text of texts) await one.broadcast(text)
    const slow = await one.join({ since: new Date(0) }, 'waits')
    await one.broadcast('live')
    await until(() => one.room.position !== undefined)
    expect(slow.got.length).toBeLessThan(texts.length)
    slow.goOn()
    await slow.has(...texts, 'live')
  })
})

function sequenceOf(position: string): number {
  return readPosition(position)!.sequence
}

function timeOf(position: string): number {
  return readPosition(position)!.time
}

/** A process with members of the channel `a`. */
class Process {
  readonly errors: readonly Error[]
  readonly bus: NatsBus
  readonly room: Channel
  /** The connections that have joined, at the server. */
  readonly joined: Connection[] = []
  #server: Listener | undefined
  #options: JoinOptions = {}
  #confirmed: Promise<void> = Promise.resolve()

  constructor(bus: NatsBus, history: ChannelHistory, errors: Error[]) {
    this.bus = bus
    this.errors = errors
    this.room = new Channels({ bus, history, onError: error => errors.push(error) }).get('a')
  }

  async begin(): Promise<void> {
    this.#server = await serve({ host: '127.0.0.1', port: 0, maxUnsentSize: 0 }, async ws => {
      await ws.send('joining')
      this.joined.push(ws)
      const membership = this.room.join(ws, this.#options)
      this.#confirmed = membership.joined
      await membership
    })
  }

  /** Broadcasts texts one after the other, and returns whether they were stored. */
  broadcast(...texts: readonly string[]): Promise<boolean[]> {
    return Promise.all(texts.map(text => this.room.broadcast(text).stored!))
  }

  /** Broadcasts a text, and waits until it was passed on to the members here. */
  async say(text: string): Promise<void> {
    const before = this.room.position
    expect(await this.broadcast(text)).toEqual([true])
    await until(() => this.room.position !== before)
  }

  async join(options: JoinOptions = {}, expected?: 'rejects' | 'waits'): Promise<Member> {
    const member = new Member()
    const count = this.joined.length
    this.#options = {
      onMessage: position => member.positions.push(position),
      onGap: () => {
        member.gaps++
      },
      ...options,
    }
    await member.begin(await connect(`ws://127.0.0.1:${this.#server!.port}/`), expected === 'waits')
    await until(() => this.joined.length > count)
    if (expected === 'rejects') await expect(this.#confirmed).rejects.toMatchObject({ name: 'BusError', reason: 'refused' })
    else if (expected !== 'waits') await this.#confirmed
    return member
  }

  async end(): Promise<void> {
    await this.#server?.close()
    await this.bus.close()
  }
}

/** A client, with what it has got. */
class Member {
  readonly positions: string[] = []
  readonly got: string[] = []
  gaps = 0
  #ws: Connection | undefined

  async begin(ws: Connection, waits: boolean): Promise<void> {
    expect(await ws.receive()).toBe('joining')
    this.#ws = ws
    if (!waits) this.goOn()
  }

  goOn(): void {
    void this.#listen()
  }

  /** Waits for so many messages, and compares all that have come. */
  async has(...texts: readonly string[]): Promise<void> {
    await until(() => this.got.length >= texts.length)
    expect(this.got).toEqual(texts)
  }

  async #listen(): Promise<void> {
    try {
      for await (const text of this.#ws!) this.got.push(String(text))
    } catch {
      // The test has ended.
    }
  }
}
