import { describe, expect, it } from 'vitest'
import type { Bus, BusHandler, BusSubscription } from '../../src/bus/bus.ts'
import { BusError, type BusErrorReason } from '../../src/bus/bus-error.ts'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import type { ClosableBus } from '../../src/bus/linked-bus.ts'
import { webText } from '../../src/bytes/text.ts'
import { BusLine } from '../../src/channels/bus-line.ts'
import { Channel } from '../../src/channels/channel.ts'
import { Channels } from '../../src/channels/channels.ts'
import { writePresence } from '../../src/channels/presence-message.ts'
import { Room } from '../../src/channels/room.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { permessageDeflate } from '../../src/node/edge/permessage-deflate.ts'
import type { Extension } from '../../src/protocol/extending/extension.ts'
import { PreparedFrame } from '../../src/protocol/extending/prepared-frame.ts'
import { PreparedMessage } from '../../src/protocol/sending/prepared-message.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { quiet, type RawPeer } from '../application/memory-link.ts'
import { promised, raisesNothingUnhandled, served, talk, watched } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'

raisesNothingUnhandled()

describe('a Channel with a bus', () => {
  it('reaches the members of the same name at the other participants, and its own once', async () => {
    const [here, there] = participants(2).map(bus => new Channel({ bus, name: 'room' }))
    const [mine, theirs] = [await member(here!), await member(there!)]
    expect(here!.broadcast('text')).toEqual({ sent: 1, skipped: 0, skippedMembers: [], remote: 'published' })
    here!.broadcast(Uint8Array.of(1, 2))
    here!.broadcast(new PreparedMessage(Uint8Array.of(3), true, {}))
    for (const ws of [mine, theirs]) {
      expect([await ws.receive(), await ws.receive(), await ws.receive()]).toEqual(['text', Uint8Array.of(1, 2), Uint8Array.of(3)])
    }
  })

  it('does not reach other names, nor participants without members', async () => {
    const buses = participants(3)
    const subscribed: string[] = []
    const noting: Bus = {
      isConnected: true,
      publish: async () => undefined,
      subscribe: (pattern: string, handler: BusHandler) => {
        subscribed.push(pattern)
        return buses[2]!.subscribe(pattern, handler)
      },
    }
    const [here, other, nobody] = [
      new Channel({ bus: buses[0]!, name: 'room' }),
      new Channel({ bus: buses[1]!, name: 'room.2' }),
      new Channel({ bus: noting, name: 'room' }),
    ]
    const ws = await member(other)
    here.broadcast('not for you')
    await quiet()
    other.broadcast('for you')
    expect(await ws.receive()).toBe('for you')
    expect({ subscribed, size: nobody.size }).toEqual({ subscribed: [], size: 0 })
  })

  it('reaches the others also where it has no members itself', async () => {
    const [here, there] = participants(2).map(bus => new Channel({ bus, name: 'room' }))
    const ws = await member(there!)
    expect(here!.broadcast('hello')).toEqual({ sent: 0, skipped: 0, skippedMembers: [], remote: 'published' })
    expect(await ws.receive()).toBe('hello')
  })

  it('leaves out members of this process alone with except, and tells no other process with to', async () => {
    const [here, there] = participants(2).map(bus => new Channel({ bus, name: 'room' }))
    const servers: Connection[] = []
    const mine = await member(here!, servers)
    const theirs = await member(there!)
    here!.broadcast('to the others', { except: servers[0]! })
    expect(here!.broadcast('to one', { to: servers })).toEqual({ sent: 1, skipped: 0, skippedMembers: [] })
    expect(await mine.receive()).toBe('to one')
    expect(await theirs.receive()).toBe('to the others')
    here!.broadcast('to all')
    expect(await theirs.receive()).toBe('to all')
  })

  it('has members that read slowly miss a message also in other processes, where slow says so', async () => {
    const [here, there] = participants(2).map(bus => new Channel({ bus, name: 'room' }))
    const peer = await slowMember(there!)
    here!.broadcast(new Uint8Array(100_000))
    await quiet()
    here!.broadcast('missed', { slow: 'skip' })
    await quiet()
    here!.broadcast('waits')
    await quiet()
    peer.stream.resume()
    await peer.frame('text waits')
    expect(peer.frames).toEqual(['binary 100000', 'text waits'])
  })

  it('keeps from compressing also in other processes', async () => {
    const [here, there] = participants(2).map(bus => new Channel({ bus, name: 'room' }))
    const extensions = [permessageDeflate()]
    const { ws, protocol } = await talk(server => there!.join(server), { server: { extensions }, client: { extensions } })
    await until(() => there!.size === 1)
    const payload = new Uint8Array(1000)
    const lengths: number[] = []
    for (const doNotCompress of [false, true]) {
      const before = protocol.trafficStats.incomingOctetsWireLevel
      here!.broadcast(new PreparedMessage(payload, true, { doNotCompress }))
      expect(await ws.receive()).toEqual(payload)
      lengths.push(protocol.trafficStats.incomingOctetsWireLevel - before)
    }
    expect(lengths[0]).toBeLessThan(100)
    expect(lengths[1]).toBeGreaterThan(1000)
  })

  it('takes frames of extensions to other processes', async () => {
    const [here, there] = participants(2).map(bus => new Channel({ bus, name: 'room' }))
    const got: string[] = []
    await talk(server => there!.join(server), { server: { extensions: [noting()] }, client: { extensions: [noting(got)] } })
    await until(() => there!.size === 1)
    here!.broadcast(new PreparedFrame(3, Uint8Array.from(Buffer.from('news'))))
    await until(() => got.length > 0)
    expect(got).toEqual(['news'])
  })

  it('has joined of the membership resolve when the bus has confirmed, for all members', async () => {
    const { bus, answers } = slowBus()
    const channel = new Channel({ bus, name: 'room' })
    const [one, other] = [await connection(), await connection()]
    const memberships = [channel.join(one), channel.join(other)]
    const states = memberships.map(({ joined }) => watched(joined))
    await quiet()
    expect({ asked: answers.length, states: states.map(({ state }) => state) }).toEqual({ asked: 1, states: ['pending', 'pending'] })
    answers[0]!.resolve()
    await Promise.all(memberships.map(({ joined }) => joined))
  })

  it('has joined resolve at once without a bus', async () => {
    const channel = new Channel()
    const ws = await connection()
    await channel.join(ws).joined
    await channel.join(ws).joined
    await ws.close()
    await channel.join(ws).joined
    const refused = channel.join({} as Connection)
    for (const each of [refused, refused.joined]) await expect(each).rejects.toMatchObject({ name: 'ApiMisuse' })
  })

  it('goes on in this process where the bus refuses, says so, and asks again when the next one joins', async () => {
    const errors: Error[] = []
    const { bus, answers } = slowBus()
    const channel = new Channel({ bus, name: 'room', onError: error => errors.push(error) })
    const [one, other] = [await connection(), await connection()]
    const refusal = new BusError('refused', 'not yours')
    const first = channel.join(one)
    answers[0]!.reject(refusal)
    await expect(first.joined).rejects.toBe(refusal)
    expect({ errors, sent: channel.broadcast('here').sent }).toEqual({ errors: [refusal], sent: 1 })
    const second = channel.join(other)
    const again = channel.join(one)
    answers[1]!.resolve()
    await Promise.all([second.joined, again.joined])
    expect(answers).toHaveLength(2)
    channel.leave(one)
    await Promise.all([first, again])
  })

  it('stops listening when the last member leaves, and listens again for the next', async () => {
    const buses = participants(2)
    const there = new Channel({ bus: buses[1]!, name: 'room' })
    const ws = await connection()
    const heard: number[] = []
    for (const round of [0, 1]) {
      await there.join(ws).joined
      await buses[0]!.publish('room', Uint8Array.of(2, round))
      await quiet()
      heard.push(ws.protocol.trafficStats.outgoingWebSocketMessages)
      there.leave(ws)
      await buses[0]!.publish('room', Uint8Array.of(2, round))
      await quiet()
      heard.push(ws.protocol.trafficStats.outgoingWebSocketMessages)
    }
    expect(heard).toEqual([1, 1, 2, 2])
  })

  it('reports what is not a broadcast, and what is too large, and sends nothing of it', async () => {
    const errors: Error[] = []
    const [sender, bus] = participants(2)
    const channel = new Channel({ bus: bus!, name: 'room', maxBusMessageSize: 10, onError: error => errors.push(error) })
    const ws = await member(channel)
    for (const octets of [[], [0xff], [1, 0xff], [2, ...Array(11).fill(0)], [3, 0x88]])
      await sender!.publish('room', Uint8Array.from(octets))
    await sender!.publish('room', Uint8Array.of(1, 65))
    expect(await ws.receive()).toBe('A')
    expect(errors.map(error => ({ name: error.name, closeCode: (error as { closeCode?: number }).closeCode }))).toEqual(
      [1002, 1002, 1007, 1009, 1002].map(closeCode => ({ name: 'PeerMisbehaved', closeCode })),
    )
  })

  it('says in the result where the bus is not connected', async () => {
    const [bus] = participants(1)
    const channel = new Channel({ bus: bus!, name: 'room' })
    const ws = await member(channel)
    await bus!.close()
    expect(channel.broadcast('here')).toMatchObject({ sent: 1, remote: 'unreachable' })
    expect(await ws.receive()).toBe('here')
  })

  it('escapes names that would be wildcards', async () => {
    const [one, other] = participants(2)
    const everything = new Channel({ bus: other!, name: '>' })
    const spy = await member(everything)
    new Channel({ bus: one!, name: 'secret' }).broadcast('secret')
    new Channel({ bus: one!, name: '>' }).broadcast('for its own name')
    expect(await spy.receive()).toBe('for its own name')
  })
})

describe('a room whose bus refuses', () => {
  it('asks again by itself while it has members, later each time, and not where the bus is closed', async () => {
    const clock = new FakeClock()
    const bus = participants(1)[0]!
    let asked = 0
    let reason: BusErrorReason | undefined = 'refused'
    const strict: Bus = {
      isConnected: true,
      publish: bus.publish.bind(bus),
      subscribe: async (...given) => {
        asked++
        if (reason !== undefined) throw new BusError(reason, 'no')
        return bus.subscribe(...given)
      },
    }
    const owner = {
      line: new BusLine({ bus: strict, maxMessageSize: 0, failed: () => undefined }, 'a'),
      presence: undefined,
      joined: () => undefined,
      left: () => undefined,
      emptied: () => undefined,
      failed: () => undefined,
    }
    const room = new Room<Connection>(owner, (callback, delay) => clock.schedule(callback, delay))
    const [ws, late] = [await connection(), await connection()]
    await expect(room.join(ws, ws).joined).rejects.toThrow('no')
    const counts: number[] = []
    for (const delay of [4999, 1, 5000, 5000, 20_000]) {
      clock.advance(delay)
      await quiet()
      counts.push(asked)
    }
    expect(counts).toEqual([1, 2, 2, 3, 4])
    room.leave(ws)
    expect(clock.pending).toBe(0)
    reason = 'unreachable'
    await expect(room.join(ws, ws).joined).rejects.toThrow('no')
    await quiet()
    expect(clock.pending).toBe(0)
    reason = 'refused'
    await expect(room.join(late, late).joined).rejects.toThrow('no')
    reason = undefined
    await quiet()
    clock.advance(5000)
    await quiet()
    await participantOf(bus).publish('a', Uint8Array.of(1, 65))
    await quiet()
    expect({ pending: clock.pending, size: room.size }).toEqual({ pending: 0, size: 2 })
  })
})

describe('Channels with a bus', () => {
  it('have one channel for each key at all participants', async () => {
    const [here, there] = participants(2).map(bus => new Channels({ bus }))
    const [a, b] = [await member(there!.get('a')), await member(there!.get('b'))]
    here!.get('a').broadcast('to a')
    here!.get('b').broadcast('to b')
    expect([await a.receive(), await b.receive()]).toEqual(['to a', 'to b'])
    expect({ here: here!.size, there: [...there!.keys()] }).toEqual({ here: 0, there: ['a', 'b'] })
  })

  it('are apart from others on the same bus by their name', async () => {
    const [one, other] = participants(2)
    const users = await member(new Channels({ bus: other!, name: 'users' }).get('7'))
    const rooms = await member(new Channels({ bus: other!, name: 'rooms' }).get('7'))
    new Channels({ bus: one!, name: 'rooms' }).get('7').broadcast('to the room')
    new Channels({ bus: one!, name: 'users' }).get('7').broadcast('to the user')
    expect([await users.receive(), await rooms.receive()]).toEqual(['to the user', 'to the room'])
  })

  it('refuse keys that are not strings, or too long', () => {
    const [bus] = participants(1)
    const rooms = new Channels<unknown>({ bus: bus! })
    expect(() => rooms.get(7)).toThrow('channels with a bus have keys that are strings, and not 7')
    expect(() => rooms.get('x'.repeat(8193))).toThrow('a subject has at most 8192 characters')
  })

  it('end the subscription of a channel that vanishes', async () => {
    const { bus, answers, ended } = slowBus()
    const rooms = new Channels({ bus })
    const ws = await connection()
    const membership = rooms.get('a').join(ws)
    rooms.get('a').leave(ws)
    expect({ size: rooms.size, ended: [...ended] }).toEqual({ size: 0, ended: [] })
    answers[0]!.resolve()
    await membership.joined
    expect(ended).toEqual(['a'])
  })
})

describe('presence over a bus', () => {
  it('tells of members by key, where the channel has members, and where it was asked for', async () => {
    const [here, there, silent] = participants(3)
    const got: unknown[] = []
    const watching = new Channels({ bus: here!, onPresence: ({ kind, member, size }, key) => got.push({ kind, member, size, key }) })
    const told = new Channels({ bus: there!, describe: (_, key) => ({ name: `user of ${key}` }) })
    const quietOnes = new Channels({ bus: silent! })
    await member(watching.get('a'))
    const [a, b] = [await connection(), await connection()]
    for (const ws of [a, b]) await told.get(ws === a ? 'a' : 'b').join(ws).joined
    await quietOnes.get('a').join(await connection()).joined
    told.get('a').leave(a)
    await until(() => got.length === 2)
    expect(got).toEqual([
      { kind: 'join', member: { name: 'user of a' }, size: 1, key: 'a' },
      { kind: 'leave', member: { name: 'user of a' }, size: 0, key: 'a' },
    ])
  })

  it('tells that the members of a process are lost, once, where it had told of them', async () => {
    const [here] = participants(1)
    const got: string[] = []
    const room = new Room<Connection>({
      line: new BusLine({ bus: here!, maxMessageSize: 0, failed: () => undefined }, 'a'),
      presence: { describe: () => undefined, told: ({ kind, process }) => got.push(`${kind} ${process[0]}`) },
      joined: () => undefined,
      left: () => undefined,
      emptied: () => undefined,
      failed: error => got.push(String(error)),
    })
    await room.join(await connection(), await connection()).joined
    const bus = participantOf(here!)
    await bus.publish('a', writePresence({ kind: 'join', process: 'a'.repeat(16), member: 1, size: 1 }, webText))
    await bus.publish('a', writePresence({ kind: 'join', process: 'b'.repeat(16), member: 1, size: 1 }, webText))
    await bus.publish('a', writePresence({ kind: 'leave', process: 'b'.repeat(16), member: 1, size: 0 }, webText))
    await until(() => got.length === 3)
    for (const letter of ['a', 'a', 'b', 'c']) room.processLost(letter.repeat(16))
    await bus.publish('a', Uint8Array.of(0x80, 1))
    await until(() => got.length === 5)
    expect(got).toEqual(['join a', 'join b', 'leave b', 'lost a', 'Error: what came over the bus about a member cannot be read'])
  })
})

/** The place where the participants of a test meet, by participant. */
const places = new WeakMap<ClosableBus, InProcessBus>()

function participantOf(other: ClosableBus): ClosableBus {
  return places.get(other)!.connect()
}

function participants(count: number): readonly ClosableBus[] {
  const place = new InProcessBus()
  return Array.from({ length: count }, () => {
    const bus = place.connect()
    places.set(bus, place)
    return bus
  })
}

/** A client whose server has joined. */
async function member(channel: Channel, servers: Connection[] = []): Promise<Conversation> {
  const joined = promised()
  const { ws } = await talk(async server => {
    servers.push(server)
    const membership = channel.join(server)
    await membership.joined
    joined.resolve()
    await membership
  })
  await joined.promise
  return ws
}

async function slowMember(channel: Channel): Promise<RawPeer> {
  const { peer } = await served(server => channel.join(server))
  await until(() => channel.size === 1)
  peer.stream.pause()
  return peer
}

/** An open connection, to join channels with. */
async function connection(): Promise<Conversation> {
  const { ws } = await talk(server => server.closed)
  return ws
}

/** A bus whose subscriptions are confirmed by the test. */
function slowBus(): { readonly bus: Bus; readonly answers: { resolve(): void; reject(error: Error): void }[]; readonly ended: string[] } {
  const answers: { resolve(): void; reject(error: Error): void }[] = []
  const ended: string[] = []
  const bus: Bus = {
    isConnected: true,
    publish: async () => undefined,
    subscribe: (pattern: string) =>
      new Promise<BusSubscription>((resolve, reject) => {
        // what processes tell each other of their members is not the business of these tests
        if (pattern.startsWith('=process')) return resolve({ unsubscribe: () => undefined })
        answers.push({ resolve: () => resolve({ unsubscribe: () => void ended.push(pattern) }), reject })
      }),
  }
  return { bus, answers, ended }
}

/** An extension that claims opcode 3, and notes the frames that it receives. */
function noting(got: string[] = []): Extension {
  const instance = {
    reservedBits: 0,
    opcodes: [3],
    onFrame: (_header: unknown, payload: Uint8Array) => void got.push(Buffer.from(payload).toString()),
    close: () => undefined,
  }
  return { name: 'x', offer: () => [new Map()], accept: () => ({ parameters: new Map(), instance }), confirm: () => instance }
}
