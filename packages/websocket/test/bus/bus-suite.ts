import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bus } from '../../src/bus/bus.ts'
import { fits } from '../../src/bus/subject.ts'
import type { Census } from '../../src/channels/census.ts'
import { Channel, type ChannelOptions } from '../../src/channels/channel.ts'
import type { Conversation } from '../../src/conversation/conversation.ts'
import { talk } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'

/** One participant of a bus that is tested. */
export interface TestedBus {
  readonly bus: Bus
  /** Resolves when all calls that were made so far have had their effect. Calls may be made in another process. */
  caughtUp(): Promise<void>
}

/** Makes the participants of one bus. */
export interface TestedBuses {
  /** Makes a participant that can reach all others. */
  connect(): Promise<TestedBus>
  /** Ends all participants. */
  end(): Promise<void>
}

/** The behaviour of every implementation of the port `Bus`. */
export function testBus(name: string, begin: () => Promise<TestedBuses>): void {
  let buses: TestedBuses
  let own = 0
  /** A first token for the subjects of this test alone: implementations may keep their participants from one test to the next. */
  let here = ''

  beforeEach(async () => {
    buses = await begin()
    here = `test${own++}`
  })
  afterEach(() => buses.end())

  async function participants<Count extends number>(count: Count): Promise<readonly TestedBus[]> {
    return Promise.all(Array.from({ length: count }, () => buses.connect()))
  }

  /** Resolves when everything has arrived at `to` that `from` has published before. */
  async function arrived(from: TestedBus, to: TestedBus): Promise<void> {
    const got: string[] = []
    const subject = `${here}-arrived.${own++}`
    const subscription = await to.bus.subscribe(subject, octets => got.push(text(octets)))
    await from.bus.publish(subject, octetsOf('arrived'))
    await until(() => got.length > 0)
    subscription.unsubscribe()
    await to.caughtUp()
  }

  describe(`Bus: ${name}`, () => {
    it('is connected', async () => {
      const [one] = await participants(1)
      expect(one!.bus.isConnected).toBe(true)
    })

    it('passes octets to the subscriptions of the others, with their subject', async () => {
      const [one, other, third] = await participants(3)
      const got: unknown[] = []
      await other!.bus.subscribe(`${here}.a`, (octets, subject) => got.push({ at: 'other', octets: [...octets], subject }))
      await third!.bus.subscribe(`${here}.a`, (octets, subject) => got.push({ at: 'third', octets: [...octets], subject }))
      await one!.bus.publish(`${here}.a`, Uint8Array.of(0, 1, 254, 255))
      await until(() => got.length === 2)
      expect(got).toHaveLength(2)
      for (const at of ['other', 'third']) expect(got).toContainEqual({ at, octets: [0, 1, 254, 255], subject: `${here}.a` })
    })

    it('passes no octets on as no octets', async () => {
      const [one, other] = await participants(2)
      const got: number[] = []
      await other!.bus.subscribe(`${here}.a`, octets => got.push(octets.length))
      await one!.bus.publish(`${here}.a`, new Uint8Array(0))
      await until(() => got.length > 0)
      expect(got).toEqual([0])
    })

    it('carries octets of 300,000', async () => {
      const [one, other] = await participants(2)
      const got: Uint8Array[] = []
      const octets = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256)
      await other!.bus.subscribe(`${here}.a`, each => got.push(each))
      await one!.bus.publish(`${here}.a`, octets)
      await until(() => got.length > 0)
      expect(Buffer.compare(got[0]!, octets)).toBe(0)
    })

    it('calls the handler with plain octets', async () => {
      const [one, other] = await participants(2)
      const arePlain: boolean[] = []
      await other!.bus.subscribe(`${here}.a`, octets => arePlain.push(Object.getPrototypeOf(octets) === Uint8Array.prototype))
      await one!.bus.publish(`${here}.a`, octetsOf('x'))
      await until(() => arePlain.length > 0)
      expect(arePlain).toEqual([true])
    })

    it('has * stand for one token, and a last > for one or more', async () => {
      const [one, other] = await participants(2)
      const got: Record<string, string[]> = { star: [], inner: [], rest: [] }
      await other!.bus.subscribe(`${here}.*`, (_, subject) => got.star!.push(subject))
      await other!.bus.subscribe(`${here}.*.b`, (_, subject) => got.inner!.push(subject))
      await other!.bus.subscribe(`${here}.a.>`, (_, subject) => got.rest!.push(subject))
      for (const subject of ['a', 'a.b', 'a.b.c', 'x.b', 'ab']) await one!.bus.publish(`${here}.${subject}`, octetsOf(subject))
      await arrived(one!, other!)
      const under = (...subjects: string[]): string[] => subjects.map(subject => `${here}.${subject}`)
      expect(got).toEqual({ star: under('a', 'ab'), inner: under('a.b', 'x.b'), rest: under('a.b', 'a.b.c') })
    })

    it('takes every text as a token, and does not mix texts up', async () => {
      const [one, other] = await participants(2)
      const got: { readonly subscribed: number; readonly published: number }[] = []
      const subjects = odd.map(token => `${here}.${token}`)
      for (const [subscribed, subject] of subjects.entries())
        await other!.bus.subscribe(subject, ([published]) => got.push({ subscribed, published: published! }))
      for (const [published, subject] of subjects.entries()) await one!.bus.publish(subject, Uint8Array.of(published))
      await arrived(one!, other!)
      expect(got).toEqual(subjects.map((_, index) => ({ subscribed: index, published: index })))
    })

    it('tells handlers of patterns the subject as it was published', async () => {
      const [one, other] = await participants(2)
      const got: string[] = []
      const subjects = odd.map(token => `${here}.${token}`)
      await other!.bus.subscribe(`${here}.>`, (_, subject) => got.push(subject))
      for (const subject of subjects) await one!.bus.publish(subject, octetsOf('x'))
      await until(() => got.length === subjects.length)
      expect(got).toEqual(subjects)
    })

    it('returns nothing to the publisher', async () => {
      const [one, other] = await participants(2)
      const got: string[] = []
      await one!.bus.subscribe(`${here}.>`, octets => got.push(`one: ${text(octets)}`))
      await other!.bus.subscribe(`${here}.a`, octets => {
        got.push(`other: ${text(octets)}`)
        void other!.bus.publish(`${here}.b`, octetsOf('answer'))
      })
      await one!.bus.publish(`${here}.a`, octetsOf('question'))
      await until(() => got.length === 2)
      await arrived(other!, one!)
      expect(got).toEqual(['other: question', 'one: answer'])
    })

    it('calls each subscription once, also where several of one participant fit', async () => {
      const [one, other] = await participants(2)
      const got: string[] = []
      for (const pattern of ['a', '*', '>', 'a', '>']) {
        await other!.bus.subscribe(`${here}.${pattern}`, octets => got.push(`${pattern} ${text(octets)}`))
      }
      await one!.bus.publish(`${here}.a`, octetsOf('1'))
      await one!.bus.publish(`${here}.a`, octetsOf('2'))
      await arrived(one!, other!)
      expect(got.sort()).toEqual(['* 1', '* 2', '> 1', '> 1', '> 2', '> 2', 'a 1', 'a 1', 'a 2', 'a 2'])
    })

    it('misses nothing from when the subscription is confirmed, however often one is made', async () => {
      const [one, other] = await participants(2)
      for (let round = 0; round < 20; round++) {
        const got: string[] = []
        const subscription = await other!.bus.subscribe(`${here}.a`, octets => got.push(text(octets)))
        await one!.bus.publish(`${here}.a`, octetsOf(`${round}`))
        await until(() => got.length > 0)
        expect(got).toEqual([`${round}`])
        subscription.unsubscribe()
        await other!.caughtUp()
      }
    })

    it('calls no handler after it was unsubscribed, and the others go on', async () => {
      const [one, other] = await participants(2)
      const got: string[] = []
      const left = await other!.bus.subscribe(`${here}.a`, octets => got.push(`left ${text(octets)}`))
      await other!.bus.subscribe(`${here}.a`, octets => got.push(`stayed ${text(octets)}`))
      await one!.bus.publish(`${here}.a`, octetsOf('1'))
      await arrived(one!, other!)
      left.unsubscribe()
      left.unsubscribe()
      await other!.caughtUp()
      await one!.bus.publish(`${here}.a`, octetsOf('2'))
      await arrived(one!, other!)
      expect(got.sort()).toEqual(['left 1', 'stayed 1', 'stayed 2'])
    })

    it('has a pattern again after all of its subscriptions had ended, also before they were confirmed', async () => {
      const [one, other] = await participants(2)
      const got: string[] = []
      const first = other!.bus.subscribe(`${here}.a`, octets => got.push(`first ${text(octets)}`))
      const second = other!.bus.subscribe(`${here}.a`, octets => got.push(`second ${text(octets)}`))
      for (const subscription of await Promise.all([first, second])) subscription.unsubscribe()
      await other!.bus.subscribe(`${here}.a`, octets => got.push(`third ${text(octets)}`))
      await one!.bus.publish(`${here}.a`, octetsOf('x'))
      await arrived(one!, other!)
      expect(got).toEqual(['third x'])
    })

    it('goes on after a handler has thrown', async () => {
      const [one, other] = await participants(2)
      const got: string[] = []
      await other!.bus.subscribe(`${here}.a`, () => {
        throw new Error('of a handler')
      })
      await other!.bus.subscribe(`${here}.a`, octets => got.push(text(octets)))
      for (const each of ['1', '2']) await one!.bus.publish(`${here}.a`, octetsOf(each))
      await arrived(one!, other!)
      expect(got).toEqual(['1', '2'])
    })

    it('keeps the order of a publisher, whatever is published by whom, and passes each message on once', async () => {
      const all = await participants(3)
      await fc.assert(
        fc.asyncProperty(plans, async ({ patterns, publishes }) => {
          const place = `${here}.plan${own++}`
          const got = all.map(() => patterns.map(() => [] as string[]))
          const subscriptions = await Promise.all(
            all.flatMap(({ bus }, at) =>
              patterns.map((pattern, which) => bus.subscribe(`${place}.${pattern}`, octets => got[at]![which]!.push(text(octets)))),
            ),
          )
          await Promise.all(
            publishes.map(({ by, subject }, number) => all[by]!.bus.publish(`${place}.${subject}`, octetsOf(`${by} ${subject} ${number}`))),
          )
          for (const from of all) for (const to of all) if (from !== to) await arrived(from, to)
          for (const [at] of all.entries()) {
            for (const [which, pattern] of patterns.entries()) {
              for (const [from] of all.entries()) {
                const wanted = publishes
                  .map(({ by, subject }, number) => ({ by, subject, number }))
                  .filter(({ by, subject }) => by === from && from !== at && fits(subject, pattern))
                  .map(({ by, subject, number }) => `${by} ${subject} ${number}`)
                expect(got[at]![which]!.filter(each => each.startsWith(`${from} `))).toEqual(wanted)
              }
            }
          }
          for (const subscription of subscriptions) subscription.unsubscribe()
          for (const each of all) await each.caughtUp()
        }),
        { numRuns: 15 },
      )
    })

    it('has channels count their members at all participants, and tell who does not answer', async () => {
      const [one, other, third] = await participants(3)
      const describe = (member: object): unknown => names.get(member)
      const names = new Map<object, string>()
      const channels = [one!, other!, third!].map(({ bus }) => channelOf(bus, `${here}.a`, { describe }))
      const members: Conversation[] = []
      for (const [at, count] of [2, 0, 3].entries()) for (let i = 0; i < count; i++) members.push(await channels[at]!.join())
      const stranger = channelOf(other!.bus, `${here}.b`)
      members.push(await stranger.join())
      for (const { channel } of channels) {
        const { processes, silent, isComplete } = await counted(channel, 5)
        expect({ sizes: processes.map(({ size }) => size).sort(), silent, isComplete }).toEqual({
          sizes: [2, 3],
          silent: [],
          isComplete: true,
        })
      }
      await other!.bus.publish('=processes', octetsOf(JSON.stringify({ here: 'fedcba9876543210' })))
      await arrived(other!, one!)
      const { size, silent, isComplete } = await counted(channels[0]!.channel, 5)
      expect({ size, silent, isComplete }).toEqual({ size: 5, silent: ['fedcba9876543210'], isComplete: false })
      for (const ws of members) await ws.close()
    })

    it('has channels tell each other of those who join and leave, in order, with what is said about them', async () => {
      const [one, other] = await participants(2)
      const got: unknown[] = []
      let last = 0
      const watching = channelOf(one!.bus, `${here}.a`, { onPresence: ({ kind, member, size }) => got.push(`${kind} ${member} ${size}`) })
      const told = channelOf(other!.bus, `${here}.a`, { describe: () => `user ${++last}` })
      const watcher = await watching.join()
      const members = [await told.join(), await told.join()]
      for (const ws of members) told.channel.leave(ws)
      await until(() => got.length === 4)
      await arrived(other!, one!)
      expect(got).toEqual(['join user 1 1', 'join user 2 2', 'leave user 1 1', 'leave user 2 0'])
      for (const ws of [watcher, ...members]) await ws.close()
    })

    it('refuses wrong subjects, patterns, octets and handlers as misuse', async () => {
      const [one] = await participants(1)
      const { bus } = one!
      const handler = (): void => undefined
      for (const attempt of [
        () => bus.publish('a.*', octetsOf('x')),
        () => bus.publish('a.>', octetsOf('x')),
        () => bus.publish(5 as never, octetsOf('x')),
        () => bus.publish('a'.repeat(8193), octetsOf('x')),
        () => bus.publish('a', 'text' as never),
        () => bus.publish('a', undefined as never),
        () => bus.subscribe('a.>.b', handler),
        () => bus.subscribe('>.', handler),
        () => bus.subscribe(undefined as never, handler),
        () => bus.subscribe('a', undefined as never),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ name: 'ApiMisuse' })
      }
    })
  })
}

/** A channel of one participant, with connections that a test makes. */
function channelOf(bus: Bus, name: string, options: ChannelOptions = {}): { readonly channel: Channel; join(): Promise<Conversation> } {
  const channel = new Channel({ bus, name, ...options })
  return {
    channel,
    join: async () => {
      const { ws } = await talk(server => server.closed)
      await channel.join(ws).joined
      return ws
    },
  }
}

/** Counts until a number of members is found: a process may not have begun to answer when it is asked for the first time. */
async function counted(channel: Channel, size: number): Promise<Census> {
  for (;;) {
    const census = await channel.census({ deadline: 0.1 })
    if (census.size === size) return census
  }
}

/** Subscriptions that every participant makes, and messages that some of them publish. */
const plans = fc.record({
  patterns: fc.array(fc.constantFrom('a', 'b', 'a.b', '*', '*.b', 'a.*', '>', 'a.>'), { minLength: 1, maxLength: 4 }),
  publishes: fc.array(fc.record({ by: fc.integer({ min: 0, max: 2 }), subject: fc.constantFrom('a', 'b', 'a.b', 'a.c', 'a.b.c') }), {
    maxLength: 30,
  }),
})

/** Tokens that some implementation might take for something else. */
const odd: readonly string[] = [
  '',
  ' ',
  'a b',
  'a*',
  '>a',
  '**',
  '=',
  '=2A',
  '_=',
  '\t\r\n',
  '\0',
  '\\',
  '"',
  'ä',
  'Ä',
  '日本',
  '🎈',
  '\ud800',
  '\ud801',
  'x'.repeat(3000),
]

function octetsOf(words: string): Uint8Array {
  return new TextEncoder().encode(words)
}

function text(octets: Uint8Array): string {
  return new TextDecoder().decode(octets)
}
