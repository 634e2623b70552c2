import { describe, expect, it } from 'vitest'
import { InProcessBus } from '../../src/bus/in-process-bus.ts'
import type { KeptFollower, KeptHistory, KeptOutcome, KeptPlace, ReplayReceiver } from '../../src/bus/keeping-bus.ts'
import type { ClosableBus } from '../../src/bus/linked-bus.ts'
import { webText } from '../../src/bytes/text.ts'
import { Channel } from '../../src/channels/channel.ts'
import { Channels } from '../../src/channels/channels.ts'
import type { JoinOptions } from '../../src/channels/join-options.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { quiet } from '../application/memory-link.ts'
import { raisesNothingUnhandled, talk, watched } from '../conversation/talk.ts'

raisesNothingUnhandled()

// A bus over NATS is tested in the package for it; here the answers of the bus are in the hands of the test.
describe('a channel with history', () => {
  it('sends to its members what comes back from the bus, and not before; `except` is heeded then', async () => {
    const { kept, channel, join } = begun()
    const [one, other] = [await join(), await join()]
    const { sent, stored, remote } = channel.broadcast('text', { except: other.member })
    expect({ sent, remote, published: kept.published.length }).toEqual({ sent: 0, remote: 'published', published: 1 })
    const { octets, own } = kept.published[0]!
    kept.pass(octets, 1, own)
    kept.pass(octets, 2)
    kept.answer('kept')
    expect(await stored).toBe(true)
    expect([await one.ws.receive(), await one.ws.receive(), await other.ws.receive()]).toEqual(['text', 'text', 'text'])
    expect({ positions: other.positions, position: channel.position }).toEqual({ positions: ['1', '2'], position: '2' })
  })

  it('sends a message without history where that is refused, and says so; where there was no answer it is not sent again', async () => {
    const { kept, channel, join } = begun()
    const { ws } = await join()
    const refused = channel.broadcast('refused')
    kept.answer('refused')
    expect([await refused.stored, await ws.receive()]).toEqual([false, 'refused'])
    const unknown = channel.broadcast('unknown')
    kept.answer('unknown')
    expect(await unknown.stored).toBe(false)
    kept.isAvailable = false
    const { sent, stored } = channel.broadcast('away')
    expect({ sent, stored: await stored, next: await ws.receive(), published: kept.published.length }).toEqual({
      sent: 1,
      stored: false,
      next: 'away',
      published: 2,
    })
  })

  it('sends a new member what was kept, then what came meanwhile, then what comes: each once', async () => {
    const { kept, join } = begun()
    const first = await join()
    const late = await join({ since: 'p' })
    const replay = kept.replays[0]!
    expect({ since: replay.since, joined: watched(late.joined).state }).toEqual({ since: 'p', joined: 'pending' })
    kept.pass(text('3'), 3)
    await replay.receiver.message(text('1'), place(1))
    expect(replay.receiver.caughtUp(2)).toBe(true)
    kept.pass(text('4'), 4)
    replay.end()
    await late.joined
    kept.pass(text('4 again'), 4)
    kept.pass(text('5'), 5)
    for (const wanted of ['1', '3', '4', '5']) expect(await late.ws.receive()).toBe(wanted)
    for (const wanted of ['3', '4', '4 again', '5']) expect(await first.ws.receive()).toBe(wanted)
    expect(late.positions).toEqual(['1', '3', '4', '5'])
  })

  it('asks again from what it has reached where more came meanwhile than is remembered', async () => {
    const { kept, join } = begun()
    await join()
    const late = await join({ since: 'p' })
    const replay = kept.replays[0]!
    kept.pass(text('0'), 10)
    await replay.receiver.message(text('1'), place(1))
    expect(replay.receiver.caughtUp(2)).toBe(true)
    for (let order = 11; order <= 10_020; order++) kept.pass(text(`${order}`), order)
    expect(replay.receiver.caughtUp(11)).toBe(false)
    replay.end()
    await quiet()
    expect(kept.replays.map(({ since }) => since)).toEqual(['p', '1'])
    expect(kept.replays[1]!.receiver.caughtUp(21)).toBe(true)
    kept.replays[1]!.end()
    await late.joined
  })

  it('ends the replay of a member that has left', async () => {
    const { kept, channel, join } = begun()
    const late = await join({ since: 'p' })
    const { receiver, end } = kept.replays[0]!
    expect(receiver.isOver).toBe(false)
    channel.leave(late.member)
    expect(receiver.isOver).toBe(true)
    end()
    await late.joined
    expect(late.positions).toEqual([])
  })

  it('sends what comes to a member whose replay was refused, and `joined` rejects', async () => {
    const { kept, join } = begun()
    const late = await join({ since: 'p' })
    kept.replays[0]!.refuse(new Error('not a position'))
    await expect(late.joined).rejects.toThrow('not a position')
    kept.pass(text('live'), 1)
    expect(await late.ws.receive()).toBe('live')
  })

  it('tells of a gap, and reports what the functions of the application throw', async () => {
    const { kept, errors, join } = begun()
    let gaps = 0
    await join({
      since: 'p',
      onGap: () => {
        gaps++
        throw new Error('of onGap')
      },
      onMessage: () => {
        throw new Error('of onMessage')
      },
    })
    const { receiver } = kept.replays[0]!
    receiver.gap()
    await receiver.message(text('1'), place(1))
    await receiver.message(Uint8Array.of(99), place(2))
    expect({ gaps, errors: errors.slice(0, 2), third: errors[2] }).toEqual({
      gaps: 1,
      errors: ['of onGap', 'of onMessage'],
      third: expect.stringContaining('is not a broadcast'),
    })
  })

  it('asks the bus again with the next member where it has refused', async () => {
    const { kept, errors, channel, join } = begun()
    kept.refusal = new Error('refused')
    const positions: string[] = []
    const first = channel.join(await connection(), { onMessage: position => positions.push(position) })
    await expect(first.joined).rejects.toThrow('refused')
    kept.refusal = undefined
    const second = await join()
    kept.pass(text('1'), 1)
    expect({ got: await second.ws.receive(), errors, positions }).toEqual({ got: '1', errors: ['refused'], positions: ['1'] })
  })

  it('ends following when the last member leaves, and follows anew with the next', async () => {
    const { kept, channel, join } = begun()
    const { member } = await join()
    channel.leave(member)
    expect({ followers: kept.followers.size, position: channel.position }).toEqual({ followers: 0, position: undefined })
    await join()
    expect(kept.followers.size).toBe(1)
  })

  it('needs limits, and a bus that keeps messages', () => {
    const bus = new InProcessBus().connect()
    const history = { count: 1, seconds: 1 }
    expect(() => new Channels({ history })).toThrow('history needs a bus that keeps messages')
    expect(() => new Channels({ bus, history })).toThrow('history needs a bus that keeps messages')
    const keeping = new KeepingInProcess(bus)
    expect(() => new Channels({ bus: keeping, history: { count: 1 } as never })).toThrow('history needs count and seconds')
    expect(() => new Channels({ bus: keeping, history: { count: 0, seconds: 1 } })).toThrow('option count must be')
    expect(() => new Channels({ bus: keeping, history: { ...history, secnds: 1 } as never })).toThrow('did you mean seconds?')
    expect(() => new Channels({ bus: keeping, history: { ...history, name: 'a.b' } })).toThrow('option name must be')
  })
})

interface Joined {
  readonly ws: Conversation
  /** The connection of the member, at the server. */
  readonly member: Connection
  readonly positions: string[]
  readonly joined: Promise<void>
}

function begun(): {
  readonly kept: KeptByTheTest
  readonly channel: Channel
  readonly errors: string[]
  join(options?: JoinOptions): Promise<Joined>
} {
  const bus = new KeepingInProcess(new InProcessBus().connect())
  const errors: string[] = []
  const channel = new Channel({ bus, name: 'a', history: { count: 1, seconds: 1 }, onError: ({ message }) => errors.push(message) })
  const join = async (options: JoinOptions = {}): Promise<Joined> => {
    const positions: string[] = []
    let member: Connection | undefined
    let joined: Promise<void> = Promise.resolve()
    const { ws } = await talk(async server => {
      member = server
      const membership = channel.join(server, { onMessage: position => positions.push(position), ...options })
      joined = membership.joined
      await membership
    })
    if (options.since === undefined) await joined
    else await quiet()
    return { ws, member: member!, positions, joined }
  }
  return { kept: bus.kept, channel, errors, join }
}

async function connection(): Promise<Conversation> {
  const { ws } = await talk(server => server.closed)
  return ws
}

/** A bus within the process whose history is in the hands of the test. */
class KeepingInProcess implements ClosableBus {
  readonly kept = new KeptByTheTest()
  readonly isConnected = true
  readonly publish: ClosableBus['publish']
  readonly subscribe: ClosableBus['subscribe']
  readonly close: ClosableBus['close']

  constructor(bus: ClosableBus) {
    this.publish = (...given) => bus.publish(...given)
    this.subscribe = (...given) => bus.subscribe(...given)
    this.close = () => bus.close()
  }

  keep(_subject: string, _history: KeptHistory): KeptByTheTest {
    return this.kept
  }
}

class KeptByTheTest {
  isAvailable = true
  refusal: Error | undefined
  readonly published: { readonly octets: Uint8Array<ArrayBuffer>; readonly own: unknown }[] = []
  readonly followers = new Set<KeptFollower>()
  readonly replays: { readonly since: Date | string; readonly receiver: ReplayReceiver; end(): void; refuse(error: Error): void }[] = []
  readonly #answers: ((outcome: KeptOutcome) => void)[] = []

  publish(octets: Uint8Array<ArrayBuffer>, own: unknown): Promise<KeptOutcome> {
    this.published.push({ octets, own })
    return new Promise(resolve => this.#answers.push(resolve))
  }

  async follow(follower: KeptFollower): Promise<{ from: KeptPlace; end(): void }> {
    if (this.refusal !== undefined) throw this.refusal
    this.followers.add(follower)
    return { from: place(0), end: () => void this.followers.delete(follower) }
  }

  replay(since: Date | string, receiver: ReplayReceiver): Promise<void> {
    return new Promise((resolve, reject) => this.replays.push({ since, receiver, end: resolve, refuse: reject }))
  }

  pass(octets: Uint8Array<ArrayBuffer>, order: number, own?: unknown): void {
    for (const follower of this.followers) follower.message(octets, place(order), own)
  }

  /** Answers the oldest publication. */
  answer(outcome: KeptOutcome): void {
    this.#answers.shift()?.(outcome)
  }
}

function place(order: number): KeptPlace {
  return { order, position: `${order}` }
}

/** A text message as it comes from the bus. */
function text(words: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(1, ...webText.encode(words))
}
