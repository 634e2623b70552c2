import { connectOver } from '@autobahn-ts/wamp'
import { memoryTransports } from '@autobahn-ts/wamp/protocol'
import { nodeRuntime } from '@autobahn-ts/websocket'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import type { LinkRules } from '../../src/links/link-rules.ts'
import { RouterLink } from '../../src/links/router-link.ts'
import { createRouter } from '../../src/node/create-router.ts'
import { localClient } from '../../src/node/local-client.ts'

it('a link has two clients, counts what it forwards, and closes both with either', async () => {
  const [a, b] = [createRouter(), createRouter()]
  const [here, there] = [await localClient(a, { realm: 'realm1' }), await localClient(b, { realm: 'realm1' })]
  const link = await RouterLink.open(here, there, { events: [{ uri: 'com.example.t' }] })
  const [atA, atB] = [await localClient(a, { realm: 'realm1' }), await localClient(b, { realm: 'realm1' })]
  const got: unknown[] = []
  await atA.subscribe('com.example.t', ({ args: [n] }) => void got.push(n))
  atB.publish('com.example.t', [1])
  atB.publish('com.example.t', [2])
  await expect.poll(() => got).toEqual([1, 2])
  expect([link.isUp, link.counters]).toEqual([true, { sent: 0, received: 2, dropped: 0, callsSent: 0, callsReceived: 0, callsRefused: 0 }])
  await there.close()
  await link.closed
  expect([link.isUp, here.isJoined]).toEqual([false, false])
  await Promise.all([a.close(), b.close()])
})

it('a link that cannot be made closes its clients', async () => {
  const router = createRouter()
  const [here, there] = [await localClient(router, { realm: 'realm1' }), await localClient(router, { realm: 'realm1' })]
  await expect(RouterLink.open(here, there, {})).rejects.toThrow('a link needs a rule')
  expect([here.isJoined, there.isJoined]).toEqual([false, false])
  await router.close()
})

it.each<[string, LinkRules]>([
  ['SUBSCRIBE', { events: [{ uri: 'com.example.t' }] }],
  ['REGISTER', { calls: [{ uri: 'com.example.add' }] }],
])('a link is given up where a router does not answer %s in time, and leaves both', async (_, rules) => {
  const silent = createRouter({ realms: { realm1: { access: { mayDo: () => new Promise(() => {}) } } } })
  const other = createRouter()
  const dial = () => {
    const [client, end] = memoryTransports(nodeRuntime.clock)
    silent.accept(end)
    return client
  }
  const there = await connectOver(dial, { realm: 'realm1', requestTimeout: 0, leaveTimeout: 20 })
  const here = await localClient(other, { realm: 'realm1' })
  const clock = new FakeClock()
  const opening = expect(RouterLink.open(here, there.untyped, rules, { clock, timeout: 30_000 })).rejects.toMatchObject({
    uri: 'wamp.error.timeout',
    args: ['the rules of the link were not confirmed within 30000 ms'],
  })
  await expect.poll(() => clock.pending).toBe(1)
  clock.advance(30_000)
  await opening
  expect([here.isJoined, there.isJoined, clock.pending]).toEqual([false, false, 0])
  await Promise.all([silent.close(), other.close()])
})
