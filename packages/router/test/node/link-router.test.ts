import { type Client, type EventDetails, type InvocationDetails, result, ticket, WampError } from '@autobahn-ts/wamp'
import { CborSerializer } from '@autobahn-ts/wamp/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import type { LinkRules } from '../../src/links/link-rules.ts'
import type { RouterLink } from '../../src/links/router-link.ts'
import { createRouter } from '../../src/node/create-router.ts'
import { type LinkRouterOptions, linkRouter } from '../../src/node/link-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import { localClient } from '../../src/node/local-client.ts'
import { fullAccess } from '../../src/realm/access.ts'
import type { RealmOptions, Router } from '../../src/router/router.ts'

const names = { uri: 'com.example.', match: 'prefix' } as const
const both: LinkRules = { events: [names], calls: [names] }

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

it('linkRouter says what is wrong about what it is given', async () => {
  const router = createRouter()
  for (const [given, options, message] of [
    [undefined, { realm: 'realm1' }, 'linkRouter needs a router of createRouter, and not undefined'],
    [router, undefined, 'the options of linkRouter must be an object'],
    [router, { realm: 'realm1', events: [undefined] }, 'the options of events of a link must be an object'],
    [router, { realm: 'realm1' }, 'a link needs a rule in events or in calls'],
  ] as const)
    await expect(linkRouter(given as never, 'ws://127.0.0.1:1', options as never)).rejects.toThrow(message)
})

describe('a link between two routers', () => {
  it('forwards events both ways, in their order', async () => {
    const [a, b] = await pair(both)
    const [atA, atB] = [await listener(a.client, 'com.example.'), await listener(b.client, 'com.example.')]
    for (let n = 0; n < 200; n++) a.client.publish('com.example.n', [n], { from: 'a' })
    await expect.poll(() => atB.events.length).toBe(200)
    expect(atB.events.map(({ args: [n], topic }) => [n, topic])).toEqual(Array.from({ length: 200 }, (_, n) => [n, 'com.example.n']))
    b.client.publish('com.example.back', ['x', 1], { from: 'b' })
    await expect.poll(() => atA.events.length).toBe(1)
    expect(atA.events[0]).toMatchObject({ args: ['x', 1], kwargs: { from: 'b' } })
    expect([a.link.isUp, a.link.counters]).toEqual([true, expect.objectContaining({ sent: 200, received: 1, dropped: 0, callsSent: 0 })])
  })

  it('forwards calls both ways, with results, errors and progressive results', async () => {
    const [a, b] = await pair(both)
    await b.client.register('com.example.add', ({ args: [x, y] }) => result([(x as number) + (y as number)], { at: 'b' }))
    await a.client.register('com.example.fails', () => {
      throw new WampError('com.example.no_stock', ['x1'], { left: 0 })
    })
    await b.client.register('com.example.count', async function* ({ args: [to] }) {
      for (let n = 1; n <= (to as number); n++) yield n
      return 'done'
    })
    expect(await a.client.callResult('com.example.add', [2, 3])).toMatchObject({ args: [5], kwargs: { at: 'b' } })
    await expect(b.client.call('com.example.fails')).rejects.toMatchObject({
      uri: 'com.example.no_stock',
      args: ['x1'],
      kwargs: { left: 0 },
    })
    const counting = a.client.stream('com.example.count', [3])
    const seen: unknown[] = []
    for await (const n of counting) seen.push(n)
    expect([seen, await counting.result]).toEqual([[1, 2, 3], 'done'])
    // a call that is answered with an error was forwarded all the same
    expect(a.link.counters).toMatchObject({ callsSent: 2, callsReceived: 1, callsRefused: 0 })
  })

  it('forwards calls in several parts', async () => {
    const [a, b] = await pair(both)
    await b.client.register('com.example.sum', async ({ args: [first], chunks }) => {
      let sum = first as number
      for await (const chunk of chunks) sum += chunk as number
      return sum
    })
    expect(await a.client.call('com.example.sum', [1], {}, { chunks: [2, 3, 4] })).toBe(10)
  })

  it('hands on that a caller has cancelled, and what the callee says to it', async () => {
    const [a, b] = await pair(both)
    let begin = (): void => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    await b.client.register('com.example.hangs', ({ signal }) => {
      begin()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new WampError('com.example.stopped')))
      })
    })
    const abort = new AbortController()
    const call = a.client.call('com.example.hangs', [], {}, { signal: abort.signal, cancelMode: 'kill' })
    await begun
    abort.abort()
    await expect(call).rejects.toMatchObject({ uri: 'com.example.stopped' })
  })

  it('answers a call that neither side has', async () => {
    const [a, b] = await pair(both)
    await expect(a.client.call('com.example.nothing')).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
    await expect(b.client.call('com.example.nothing')).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
  })

  it('prefers procedures of the own side', async () => {
    const [a, b] = await pair(both)
    await a.client.register('com.example.where', () => 'a')
    await b.client.register('com.example.where', () => 'b')
    expect(await Promise.all([a.client.call('com.example.where'), b.client.call('com.example.where')])).toEqual(['a', 'b'])
  })

  it('forwards in the directions that its rules have, and nothing else', async () => {
    const rules: LinkRules = {
      events: [
        { uri: 'com.example.out', direction: 'out' },
        { uri: 'com.example.in', direction: 'in' },
        { uri: 'com..wild', match: 'wildcard' },
      ],
      calls: [{ uri: 'com.example.there', direction: 'out' }],
    }
    const [a, b] = await pair(rules)
    const [atA, atB] = [await listener(a.other, 'com.'), await listener(b.other, 'com.')]
    for (const { client } of [a, b]) for (const name of ['example.out', 'example.in', 'a.wild', 'other']) client.publish(`com.${name}`)
    await expect.poll(() => [atA.events.length, atB.events.length]).toEqual([6, 6])
    expect(atA.topics).toEqual(['com.a.wild', 'com.a.wild', 'com.example.in', 'com.example.in', 'com.example.out', 'com.other'])
    expect(atB.topics).toEqual(['com.a.wild', 'com.a.wild', 'com.example.in', 'com.example.out', 'com.example.out', 'com.other'])
    await b.client.register('com.example.there', () => 'there')
    await a.client.register('com.example.here', () => 'here')
    expect(await a.client.call('com.example.there')).toBe('there')
    await expect(b.client.call('com.example.here')).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
  })
})

describe('who an event or a call comes from', () => {
  it('is told on the other side, where it was told to the link', async () => {
    const [a, b] = await pair(both)
    const atB = await listener(b.client, 'com.example.')
    a.client.publish('com.example.t', [1], {}, { discloseMe: true })
    a.client.publish('com.example.t', [2])
    await expect.poll(() => atB.events.length).toBe(2)
    const [{ details: told }, { details: untold }] = atB.events as unknown as [{ details: EventDetails }, { details: EventDetails }]
    expect(told).toMatchObject({ publisher: a.client.session?.id, publisher_authid: 'local', publisher_authrole: 'local' })
    expect(told.forward_for?.map(({ authrole }) => authrole)).toEqual(['local', 'link'])
    expect(untold).toMatchObject({ publisher_authid: 'link', publisher_authrole: 'link' })
    expect(untold.publisher).not.toBe(a.client.session?.id)

    const callers: InvocationDetails[] = []
    await b.client.register('com.example.who', ({ details }) => void callers.push(details))
    await a.client.call('com.example.who', [], {}, { discloseMe: true })
    await a.client.call('com.example.who')
    expect(callers[0]).toMatchObject({ caller: a.client.session?.id, caller_authid: 'local', caller_authrole: 'local' })
    expect(callers[1]).toMatchObject({ caller_authid: 'link', caller_authrole: 'link' })
  })

  it('is the link itself for a router that does not know it as one', async () => {
    const [a, b] = [await site(), await site({ access: fullAccess })]
    await linked(a, b, both)
    const atB = await listener(b.client, 'com.example.')
    a.client.publish('com.example.t', [1], {}, { discloseMe: true })
    await expect.poll(() => atB.events.length).toBe(1)
    expect(atB.events[0]?.details).toEqual({ topic: 'com.example.t' })
  })
})

describe('links in a ring', () => {
  it('bring each event once to each router', async () => {
    const sites = await ring(1)
    const heard = await Promise.all(sites.map(({ other }) => listener(other, 'com.example.')))
    for (const [n, { client }] of sites.entries()) client.publish('com.example.n', [n])
    for (const { client } of sites) client.publish('com.example.last')
    await expect.poll(() => heard.map(({ events }) => events.length)).toEqual([6, 6, 6])
    for (const { events } of heard) expect(events.flatMap(({ args }) => args).toSorted()).toEqual([0, 1, 2])
  })

  it('end what would go round for ever, however many hops are allowed', async () => {
    const sites = await ring(20)
    const heard = await Promise.all(sites.map(({ other }) => listener(other, 'com.example.')))
    sites[0]?.client.publish('com.example.n')
    await expect(sites[0]?.client.call('com.example.nothing')).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
    // both ways round: each router gets it from both sides, and the first one its own from both
    await expect.poll(() => heard.map(({ events }) => events.length)).toEqual([3, 2, 2])
    // the answer of a call that follows on the same links shows that nothing more is on its way
    await expect(sites[1]?.client.call('com.example.nothing')).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
    expect(heard.map(({ events }) => events.length)).toEqual([3, 2, 2])
  })

  it('do not double events where two links join the same routers', async () => {
    const [a, b] = [await site(), await site()]
    await linked(a, b, { events: [{ ...names, direction: 'out' }] })
    await linked(b, a, { events: [names] }, { authid: 'other' })
    const atA = await listener(a.other, 'com.example.')
    b.client.publish('com.example.n', [1])
    a.client.publish('com.example.n', [2])
    await expect.poll(() => atA.events.map(({ args }) => args[0]).toSorted()).toEqual([1, 2])
    b.client.publish('com.example.n', [3])
    await expect.poll(() => atA.events.map(({ args }) => args[0]).toSorted()).toEqual([1, 2, 3])
  })
})

it('a chain of links carries events and calls as far as maxHops says', async () => {
  const [a, b, c] = [await site(), await site(), await site()]
  await linked(a, b, both, { maxHops: 2 })
  await linked(b, c, { events: [names], calls: [{ uri: 'com.example.c.', match: 'prefix', direction: 'out' }] }, { maxHops: 2 })
  const [atA, atC] = [await listener(a.client, 'com.example.'), await listener(c.client, 'com.example.')]
  a.client.publish('com.example.n', [1], {}, { discloseMe: true })
  c.client.publish('com.example.n', [2])
  await expect.poll(() => [atA.events.length, atC.events.length]).toEqual([1, 1])
  const { publisher, forward_for } = atC.events[0]!.details as EventDetails
  expect([publisher, forward_for?.map(({ authrole }) => authrole)]).toEqual([a.client.session?.id, ['local', 'link', 'link']])
  await c.client.register('com.example.c.add', ({ args: [x, y] }) => (x as number) + (y as number))
  expect(await a.client.call('com.example.c.add', [2, 3])).toBe(5)
})

describe('a link that is down', () => {
  it('drops and counts events, refuses calls, and comes back with everything', async () => {
    const [a, b] = [await site(), await site()]
    const reconnect = { initialDelay: 0.01, maxDelay: 0.02 }
    const link = await linked(a, b, both, { connect: { reconnect, onError: () => {} } })
    await b.client.register('com.example.add', ({ args: [x, y] }) => (x as number) + (y as number))
    await b.close()
    await expect.poll(() => link.isUp).toBe(false)
    a.client.publish('com.example.lost')
    await expect(a.client.call('com.example.add', [2, 3])).rejects.toMatchObject({ uri: 'wamp.error.unavailable' })
    expect(link.counters).toMatchObject({ sent: 0, dropped: 1 })

    const again = await listening(b.router, Number(new URL(b.url).port))
    closing.push(again.close)
    await expect.poll(() => link.isUp).toBe(true)
    const [atA, atB] = [await listener(a.client, 'com.example.'), await listener(b.client, 'com.example.')]
    expect(await a.client.call('com.example.add', [2, 3])).toBe(5)
    a.client.publish('com.example.n', [1])
    b.client.publish('com.example.n', [2])
    await expect.poll(() => [atA.events.length, atB.events.length]).toEqual([1, 1])
  })

  it('answers the calls that were in progress', async () => {
    const [a, b] = [await site(), await site()]
    await linked(a, b, both, { connect: { onError: () => {} } })
    let begin = (): void => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    await b.client.register('com.example.hangs', () => {
      begin()
      return new Promise(() => {})
    })
    const calling = a.client.call('com.example.hangs')
    const failed = expect(calling).rejects.toMatchObject({ uri: 'wamp.error.canceled' })
    await begun
    await b.close()
    await failed
  })

  it('ends where its realm is removed, and leaves the other router', async () => {
    const [a, b] = await pair(both)
    a.router.removeRealm('realm1')
    await a.link.closed
    await expect.poll(() => b.router.realms.get('realm1')?.sessions.size).toBe(2)
  })
})

describe('linkRouter', () => {
  const auth = { ticket: { users: { 'site-a': { ticket: 'secret', role: 'peer' } } } }
  const roles = { peer: [{ uri: 'com.example.', match: 'prefix', allow: { publish: true, subscribe: true } }] } as const

  it('joins the other router by any method, transport and serializer', async () => {
    const [a, b] = [await site(), await site({ auth, roles, linkRoles: ['peer'] })]
    const how = { auth: ticket('site-a', 'secret'), serializers: [new CborSerializer()] }
    const link = await linkRouter(a.router, b.url.replace(/^ws/, 'rs'), { realm: 'realm1', events: [names], connect: how })
    closing.push(() => link.close())
    const atB = await listener(b.client, 'com.example.')
    a.client.publish('com.example.t', [new Uint8Array([1, 2])], {}, { discloseMe: true })
    await expect.poll(() => atB.events.length).toBe(1)
    expect(atB.events[0]).toMatchObject({ args: [new Uint8Array([1, 2])], details: { publisher: a.client.session?.id } })
  })

  it('links realms of different names', async () => {
    const a = await site()
    a.router.addRealm('other', { linkRoles: ['anonymous'] })
    const link = await linkRouter(a.router, a.url, { realm: 'realm1', remoteRealm: 'other', ...both })
    closing.push(() => link.close())
    const other = await localClient(a.router, { realm: 'other' })
    await other.register('com.example.there', () => 'other')
    expect(await a.client.call('com.example.there')).toBe('other')
  })

  it('rejects where the other router refuses it or one of its rules, and leaves both', async () => {
    const [a, b] = [await site(), await site({ auth, roles, linkRoles: ['peer'] })]
    const link = (secret: string, rules: LinkRules): Promise<RouterLink> =>
      linkRouter(a.router, b.url, { realm: 'realm1', ...rules, connect: { auth: ticket('site-a', secret) } })
    await expect(link('wrong', both)).rejects.toThrow()
    await expect(link('secret', both)).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
    const sessions = ({ router }: Site): number => router.realms.get('realm1')?.sessions.size ?? 0
    await expect.poll(() => [sessions(a), sessions(b)]).toEqual([2, 2])
  })

  it.each<[string, object, string]>([
    ['no rules', {}, 'a link needs a rule in events or in calls'],
    ['a name that does not exist', { ...both, evnts: [] }, 'there is no option evnts of linkRouter; did you mean events?'],
    ['a time that is not one', { ...both, openTimeout: -1 }, 'option openTimeout must be a number of milliseconds from 0'],
    ['a realm that is not a name', { ...both, realm: 5 }, 'option realm must be a string'],
  ])('is told of %s', async (_, options, message) => {
    const router = createRouter()
    await expect(linkRouter(router, 'ws://127.0.0.1:1', { realm: 'realm1', ...options })).rejects.toThrow(message)
  })
})

/** A router that listens, with two clients of its own. */
interface Site {
  readonly router: Router
  readonly url: string
  readonly client: Client
  readonly other: Client
  /** Ends the listener, and all connections that it has taken. */
  close(): Promise<unknown>
}

async function site(realm: RealmOptions = { access: fullAccess, linkRoles: ['anonymous'] }): Promise<Site> {
  const router = createRouter({ realms: { realm1: realm } })
  closing.push(() => router.close())
  const opened = await listening(router)
  closing.push(opened.close)
  const [client, other] = [await localClient(router, { realm: 'realm1' }), await localClient(router, { realm: 'realm1' })]
  return { router, client, other, ...opened }
}

async function listening(router: Router, port = 0): Promise<{ url: string; close: () => Promise<unknown> }> {
  const opened = await listen(router, { port, onError: () => {} })
  return { url: opened.url, close: () => opened.close({ timeout: 0.1 }) }
}

async function linked(from: Site, to: Site, rules: LinkRules, more: Partial<LinkRouterOptions> = {}): Promise<RouterLink> {
  const link = await linkRouter(from.router, to.url, { realm: 'realm1', ...rules, ...more })
  closing.push(() => link.close())
  return link
}

async function pair(rules: LinkRules): Promise<[Site & { link: RouterLink }, Site]> {
  const [a, b] = [await site(), await site()]
  return [{ ...a, link: await linked(a, b, rules) }, b]
}

/** Three routers, each with a link to the next one. */
async function ring(maxHops: number): Promise<readonly Site[]> {
  const sites = [await site(), await site(), await site()]
  for (const [n, from] of sites.entries()) {
    await linked(from, sites[(n + 1) % 3]!, { events: [names], calls: [{ ...names, direction: 'out' }] }, { maxHops })
  }
  return sites
}

interface Heard {
  readonly topic: string
  readonly args: readonly unknown[]
  readonly kwargs: object
  readonly details: object
}

async function listener(client: Client, topic: string): Promise<{ events: readonly Heard[]; topics: readonly string[] }> {
  const events: Heard[] = []
  await client.subscribe(topic, event => void events.push(event), { match: 'prefix' })
  return {
    events,
    get topics() {
      return events.map(event => event.topic).toSorted()
    },
  }
}
