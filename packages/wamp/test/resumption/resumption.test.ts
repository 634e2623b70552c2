import { type MemoryRouter, memoryRouter } from '@autobahn-ts/router/testing'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/client-options.ts'
import type { Detachment, ResumedSession } from '../../src/resumption/resuming-dial.ts'
import { type ResumptionOptions, resumption } from '../../src/resumption/resumption.ts'
import { joined } from '../../src/testing/joined.ts'
import type { MemoryTransport } from '../../src/transports/memory-transport.ts'

describe('resumption', () => {
  it('refuses options that it does not have', () => {
    expect(() => resumption({ octet: 5 } as ResumptionOptions)).toThrow('octets')
    expect(() => resumption({ octets: 0 })).toThrow('a whole number from 1 on')
  })

  it('is not offered by a router by default, and a client that has it joins all the same', async () => {
    const { clock, join, link } = world({ offers: false })
    const client = await join()
    expect(client.session!.details.resumable).toBeUndefined()
    const { id } = client.session!
    link.cut()
    await clock.settle(3000)
    expect(client.session!.id).not.toBe(id)
    await settled(clock, client.close())
  })

  it('is not offered to a client that does not ask for it', async () => {
    const { clock, router, stable } = world()
    const client = await stable()
    expect(client.session!.details).not.toHaveProperty('resume-token')
    await settled(clock, client.close())
    expect(router.realms.get('realm1')!.sessions.size).toBe(0)
  })
})

describe('a client that loses its transport', () => {
  it('keeps its session, and tells when it was lost and when it goes on', async () => {
    const { clock, join, link, losses, resumed, events } = world()
    const client = await join()
    const { id, details } = client.session!
    expect(details).toMatchObject({ resumable: true, resumed: false })
    link.cut()
    await clock.settle()
    expect(losses).toEqual([{ message: 'cut', keptFor: 60_000 }])
    expect(client.isJoined).toBe(true)
    await clock.settle(1000)
    expect(resumed).toMatchObject([{ id, tries: 1, details: { resumed: true, resumable: true } }])
    expect(client.session!.id).toBe(id)
    expect(events.lost).toEqual([])
    expect(events.joined).toHaveLength(1)
  })

  it('gets the events and the answers of the time without one, in order, once', async () => {
    const { clock, join, stable, link } = world()
    const [client, other] = [await join(), await stable()]
    const seen: unknown[] = []
    await settled(
      clock,
      client.subscribe('com.example.tick', ({ args: [n] }) => seen.push(n)),
    )
    await settled(clock, other.serve({ 'com.example.echo': (n: number) => n }))
    other.publish('com.example.tick', [1])
    link.cut()
    const answer = client.call('com.example.echo', [7])
    other.publish('com.example.tick', [2])
    await clock.settle(1000)
    other.publish('com.example.tick', [3])
    await clock.settle()
    expect(seen).toEqual([1, 2, 3])
    expect(await answer).toBe(7)
  })

  it('answers the calls that came meanwhile', async () => {
    const { clock, join, stable, link } = world()
    const [client, other] = [await join(), await stable()]
    let calls = 0
    await settled(clock, client.serve({ 'com.example.count': () => ++calls }))
    link.cut()
    await clock.settle()
    const answers = Promise.all([other.call('com.example.count'), other.call('com.example.count')])
    await clock.settle(1000)
    expect(await answers).toEqual([1, 2])
  })

  it('begins a new session where the router has not been there for too long, and its calls reject', async () => {
    const { clock, join, link, events } = world()
    const client = await join()
    const { id } = client.session!
    link.isDown = true
    link.cut()
    const call = client.call('com.example.echo', [7])
    call.catch(() => undefined)
    await clock.settle(59_000)
    expect(client.session!.id).toBe(id)
    await clock.settle(10_000)
    expect(client.isJoined).toBe(false)
    await expect(call).rejects.toMatchObject({ mayHaveRun: true, message: expect.stringContaining('could not be resumed within 60 s') })
    link.isDown = false
    await clock.settle(60_000)
    expect(client.session!.id).not.toBe(id)
    expect(events.lost.length).toBeGreaterThan(0)
  })

  it('begins a new session, with everything restored, where it has missed more than is kept', async () => {
    const { clock, join, stable, link, router, events } = world({ offers: { messages: 3 } })
    const [client, other] = [await join(), await stable()]
    const seen: unknown[] = []
    await settled(
      clock,
      client.subscribe('com.example.tick', ({ args: [n] }) => seen.push(n)),
    )
    await settled(clock, client.serve({ 'com.example.echo': (n: number) => n }))
    link.isDown = true
    link.cut()
    await clock.settle()
    for (let n = 0; n < 4; n++) other.publish('com.example.tick', [n])
    await clock.settle()
    // it cannot be resumed, so nothing is kept for it any more
    expect(router.realms.get('realm1')!.sessions.size).toBe(1)
    link.isDown = false
    await clock.settle(60_000)
    other.publish('com.example.tick', [9])
    await clock.settle()
    expect(seen).toEqual([9])
    expect(await settled(clock, other.call('com.example.echo', [5]))).toBe(5)
    expect(events.lost).toMatchObject([{ message: expect.stringContaining('wamp.error.no_such_session') }])
  })

  it('begins a new session where its own messages are more than it keeps', async () => {
    const { clock, join, link, events } = world({ client: { messages: 3 } })
    const client = await join()
    link.isDown = true
    link.cut()
    await clock.settle()
    for (let n = 0; n < 4; n++) client.publish('com.example.tick', [n])
    await clock.settle()
    expect(events.lost).toMatchObject([{ message: 'more has happened while there was no transport than is kept' }])
  })

  it('tries at once when it is told that the network is back', async () => {
    const { clock, join, link, resumed } = world()
    const client = await join()
    link.isDown = true
    link.cut()
    await clock.settle(20_000)
    link.isDown = false
    client.retryNow()
    await clock.settle()
    expect(resumed).toHaveLength(1)
  })

  it('is closed for good while it has no transport, and does not dial again', async () => {
    const { clock, join, link } = world()
    const client = await join()
    link.isDown = true
    link.cut()
    await clock.settle()
    const { dials } = link
    await settled(clock, client.close())
    await clock.settle(120_000)
    expect(link.dials).toBe(dials)
    expect(clock.pending).toBe(0)
  })

  it('goes on where its heartbeat finds that the router is silent', async () => {
    const { clock, join, link, resumed, events } = world()
    const client = await join({ heartbeat: 30_000 })
    const { id } = client.session!
    link.stallClient()
    await clock.settle(91_000)
    expect(resumed).toHaveLength(1)
    expect(client.session!.id).toBe(id)
    expect(events.lost).toEqual([])
  })

  it('has a callback that throws, which is reported and stops nothing', async () => {
    const errors: unknown[] = []
    const { clock, join, link } = world({ client: { onResumed: () => Promise.reject(new Error('mine')) } })
    const client = await join({ onError: (error, { uri }) => errors.push([uri, (error as Error).message]) })
    link.cut()
    await clock.settle(1000)
    expect(errors).toEqual([['onResumed', 'mine']])
    expect(client.isJoined).toBe(true)
  })
})

type Step =
  | { readonly kind: 'event' | 'call' | 'invoke' | 'publish' | 'progress' }
  | { readonly kind: 'stallClient' | 'stallRouter' | 'cut' | 'cutByRouter' }
  | { readonly kind: 'settle'; readonly time: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Step>(...(['event', 'call', 'invoke', 'publish', 'progress'] as const).map(kind => ({ kind }))) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(...(['stallClient', 'stallRouter', 'cut', 'cutByRouter'] as const).map(kind => ({ kind }))),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), time: fc.constantFrom(0, 50, 150, 400) }) },
)

describe('cuts at any moment', () => {
  it('change nothing in what applications see: no event twice or missing, all calls settle', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
        const { clock, join, stable, link, events } = world()
        const [client, other] = [await join(), await stable()]
        const seen = { client: [] as unknown[], other: [] as unknown[], invocations: [] as unknown[], progress: [] as unknown[] }
        await settled(
          clock,
          Promise.all([
            client.subscribe('com.example.down', ({ args: [n] }) => seen.client.push(n)),
            other.subscribe('com.example.up', ({ args: [n] }) => seen.other.push(n)),
            client.serve({
              'com.example.mine': (n: number) => {
                seen.invocations.push(n)
                return n
              },
            }),
            other.serve({ 'com.example.echo': (n: number) => n }),
            other.register<[n: number]>('com.example.twice', async function* ({ args: [n] }) {
              yield [n, 1]
              yield [n, 2]
              return n
            }),
          ]),
        )
        const wanted = { client: [] as unknown[], other: [] as unknown[], invocations: [] as unknown[], progress: [] as unknown[] }
        const answers: [wanted: number, Promise<unknown>][] = []
        for (const [n, one] of steps.entries()) {
          switch (one.kind) {
            case 'event':
              wanted.client.push(n)
              other.publish('com.example.down', [n])
              break
            case 'publish':
              wanted.other.push(n)
              client.publish('com.example.up', [n])
              break
            case 'call':
              answers.push([n, client.call('com.example.echo', [n])])
              break
            case 'invoke':
              wanted.invocations.push(n)
              answers.push([n, other.call('com.example.mine', [n])])
              break
            case 'progress': {
              wanted.progress.push([n, 1], [n, 2])
              const onProgress = (value: unknown): number => seen.progress.push(value)
              answers.push([n, client.call('com.example.twice', [n], {}, { onProgress })])
              break
            }
            case 'settle':
              await clock.settle(one.time)
              break
            case 'cut':
              link.cut()
              break
            default:
              link[one.kind]()
          }
        }
        for (const [, answer] of answers) answer.catch(() => undefined)
        // a transport that hangs is found by its silence, as the pings of real ones do
        link.cut()
        await clock.settle(30_000)
        expect(await Promise.all(answers.map(([, answer]) => answer))).toEqual(answers.map(([n]) => n))
        expect({ ...seen, progress: [...seen.progress].sort(byFirst) }).toEqual({ ...wanted, progress: [...wanted.progress].sort(byFirst) })
        expect(events.lost).toEqual([])
        await settled(clock, Promise.all([client.close(), other.close()]))
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})

function byFirst(one: unknown, other: unknown): number {
  const [[a, b], [c, d]] = [one as number[], other as number[]]
  return a! - c! || b! - d!
}

interface WorldOptions {
  readonly offers?: boolean | { readonly messages?: number }
  readonly client?: ResumptionOptions
}

/** A router, and clients whose transports a test loses. */
function world({ offers = true, client: given = {} }: WorldOptions = {}) {
  const clock = new FakeClock()
  const { router }: MemoryRouter = memoryRouter({ clock, realms: { realm1: { resumption: offers } } })
  const link = new Link(router)
  const losses: Detachment[] = []
  const resumed: ResumedSession[] = []
  const events = { lost: [] as unknown[], joined: [] as unknown[] }
  const join = (options: Partial<ClientOptions> = {}): Promise<Client> =>
    joined({
      router: link,
      clock,
      onDial: transport => link.dialled(transport as MemoryTransport),
      resumption: resumption({
        onDetached: loss => void losses.push(loss),
        onResumed: session => void resumed.push(session),
        ...given,
      }),
      onLost: loss => void events.lost.push(loss),
      onJoin: session => void events.joined.push(session),
      ...options,
    })
  const stable = (): Promise<Client> => joined({ router, clock })
  return { clock, router, link, losses, resumed, events, join, stable }
}

/** The network between a client and a router in memory. */
class Link {
  isDown = false
  dials = 0
  readonly #router: MemoryRouter['router']
  #client: MemoryTransport | undefined
  #end: MemoryTransport | undefined

  constructor(router: MemoryRouter['router']) {
    this.#router = router
  }

  accept(end: Parameters<MemoryRouter['router']['accept']>[0]): void {
    this.dials++
    if (this.isDown) return end.abort('there is no network')
    this.#end = end as MemoryTransport
    this.#router.accept(end)
  }

  dialled(client: MemoryTransport): void {
    this.#client = client
  }

  /** Loses what is on its way in both directions. */
  cut(): void {
    this.#client?.abort('cut')
  }

  cutByRouter(): void {
    this.#end?.abort('cut')
  }

  stallClient(): void {
    this.#client?.stall()
  }

  stallRouter(): void {
    this.#end?.stall()
  }
}

/** Lets everything happen that needs no time, and returns the outcome. */
async function settled<Value>(clock: FakeClock, promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined)
  await clock.settle()
  return promise
}
