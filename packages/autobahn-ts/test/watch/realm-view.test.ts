import { createRouter, localClient, type Router } from '@autobahn-ts/router'
import { afterEach, describe, expect, it } from 'vitest'
import { RealmSource } from '../../src/watch/realm-source.ts'
import { RealmView } from '../../src/watch/realm-view.ts'

const routers: Router[] = []
afterEach(async () => void (await Promise.all(routers.splice(0).map(router => router.close()))))

describe('a view of a realm', () => {
  it('has who and what is there, and follows what changes', async () => {
    const { join, view, watcher } = await viewed()
    const first = await join('first')
    await first.subscribe('com.a', () => {})
    await first.register('com.add', () => 1)
    await view.load()
    await view.refresh(0)
    expect(view.sessions.facts.map(({ authid }) => authid).toSorted()).toEqual(['first', 'watcher'])
    expect(view.topics.facts).toMatchObject([{ uri: 'com.a', match: 'exact', count: 1 }])
    expect(view.procedures.facts).toMatchObject([{ uri: 'com.add', match: 'exact', count: 1 }])
    const second = await join('second')
    await second.subscribe('com.a', () => {})
    await second.subscribe('com.b', () => {}, { match: 'prefix' })
    await first.close()
    await watcher.call('wamp.session.count')
    await view.refresh(1000)
    expect(view.sessions.facts.map(({ authid }) => authid).toSorted()).toEqual(['second', 'watcher'])
    expect(view.topics.facts).toMatchObject([
      { uri: 'com.a', count: 1 },
      { uri: 'com.b', match: 'prefix', count: 1 },
    ])
    expect(view.procedures.facts).toEqual([])
    expect(view.changes[0]?.topic).toBe('wamp.session.on_leave')
    expect([view.missing, view.traffic?.sessions]).toEqual([[], 2])
    expect(view.change).toMatchObject({ seconds: 1, received: { SUBSCRIBE: 2 } })
  })

  it('asks about sessions again in turns, and about names where something has happened', async () => {
    const asked: number[] = []
    const names: number[] = []
    const source = {
      traffic: async () => undefined,
      session: async (session: number) => {
        asked.push(session)
        return { session }
      },
      name: async (_: string, id: number) => {
        names.push(id)
        return { uri: `com.${id}`, match: 'exact', count: 1 }
      },
      sessions: async () => Array.from({ length: 60 }, (_, n) => n + 1),
      names: async (kind: string) => (kind === 'subscription' ? [1, 2] : []),
    }
    const view = new RealmView(source as unknown as RealmSource)
    await view.load()
    await view.refresh(0)
    expect([asked.length, names]).toEqual([60, [1, 2]])
    for (let n = 1; n <= 3; n++) await view.refresh(n * 1000)
    expect(asked.slice(60).toSorted((one, other) => one - other)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
    view.happened({ topic: 'wamp.subscription.on_subscribe', args: [7, 2] }, 0)
    await view.refresh(4000)
    expect(names).toEqual([1, 2, 2])
  })

  it('knows a bounded number of each kind, how many there are besides, and asks about others once there is room', async () => {
    const { join, view, watcher } = await viewed()
    const client = await join('many')
    const subscriptions = []
    for (let n = 0; n < 250; n++) subscriptions.push(await client.subscribe(`com.${n}`, () => {}))
    await view.load()
    await view.refresh(0)
    expect(view.topics.facts.length + view.topics.others).toBeLessThanOrEqual(250 + 10)
    expect(view.topics.facts.length).toBeLessThanOrEqual(200)
    expect(view.topics.others).toBeGreaterThanOrEqual(50)
    for (const subscription of subscriptions.slice(0, 240)) await subscription.unsubscribe()
    await watcher.call('wamp.session.count')
    for (let n = 1; n < 3; n++) await view.refresh(n * 1000)
    expect(view.topics.facts.map(({ uri }) => uri)).toEqual(Array.from({ length: 10 }, (_, n) => `com.${240 + n}`))
    expect(view.changes.length).toBe(50)
  })
})

describe('the source of a view', () => {
  it('knows what its role may not ask or hear, and asks it once', async () => {
    const permissions = [
      { uri: 'wamp.session.list', allow: { call: true } },
      { uri: 'wamp.session.on_join', allow: { subscribe: true } },
    ]
    const { source, requests } = await restricted(permissions)
    await source.listen(() => {})
    expect(await source.sessions()).toHaveLength(1)
    expect([await source.traffic(), await source.session(1), await source.names('subscription')]).toEqual([undefined, undefined, []])
    expect(source.hasAnswered).toBe(true)
    expect(source.missing).toContain('wamp.session.get_traffic')
    expect(source.missing).toContain('wamp.registration.on_create')
    expect(source.missing).not.toContain('wamp.session.on_join')
    const before = requests()
    expect(await source.traffic()).toBeUndefined()
    expect(requests()).toBe(before)
  })

  it('knows where it may see nothing at all', async () => {
    const { source } = await restricted([])
    await source.listen(() => {})
    expect([await source.sessions(), source.hasAnswered]).toEqual([[], false])
  })
})

async function viewed() {
  const router = createRouter()
  routers.push(router)
  const join = (authid: string) => localClient(router, { realm: 'realm1', authid })
  const watcher = await join('watcher')
  const source = new RealmSource(watcher.untyped)
  const view = new RealmView(source)
  await source.listen(event => view.happened(event, 0))
  return { join, watcher, view }
}

/** A source whose session has the permissions of a role, over memory. */
async function restricted(permissions: readonly { readonly uri: string; readonly allow: object }[]) {
  const router = createRouter({ realms: { realm1: { auth: { anonymous: { role: 'guest' } }, roles: { guest: permissions } } } })
  routers.push(router)
  const { connectOver } = await import('@autobahn-ts/wamp')
  const { memoryTransports } = await import('@autobahn-ts/wamp/protocol')
  const { nodeRuntime } = await import('@autobahn-ts/websocket')
  const dial = () => {
    const [client, end] = memoryTransports(nodeRuntime.clock)
    router.accept(end)
    return client
  }
  const client = await connectOver(dial, { realm: 'realm1', reconnect: false })
  const realm = router.realms.get('realm1')
  return { source: new RealmSource(client.untyped), requests: () => realm?.traffic.receivedByName.CALL }
}
