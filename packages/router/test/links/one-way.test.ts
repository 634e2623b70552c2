import { connectOver, type UntypedClient } from '@autobahn-ts/wamp'
import { passthru } from '@autobahn-ts/wamp/passthru'
import { type MemoryTransport, type Message, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { nodeRuntime } from '@autobahn-ts/websocket'
import { expect, it } from 'vitest'
import { OneWay } from '../../src/links/one-way.ts'
import { createRouter } from '../../src/node/create-router.ts'
import { dialLocally, localClient } from '../../src/node/local-client.ts'
import type { Router } from '../../src/router/router.ts'

it('drops and counts events while the other router does not take them, and refuses calls', async () => {
  const { from, to, way, client, routerEnd } = await made()
  await way.open([{ uri: 'com.example.t' }], [{ uri: 'com.example.add' }])
  const got: unknown[] = []
  const far = await localClient(to, { realm: 'realm1' })
  await far.subscribe('com.example.t', ({ args: [n] }) => void got.push(n))
  await far.register('com.example.add', ({ args: [a, b] }) => (a as number) + (b as number))

  // two messages, and there is no room for another one
  routerEnd().stall()
  for (const n of [1, 2, 3, 4]) client.publish('com.example.t', [n])
  await expect.poll(() => [way.forwarded, way.dropped]).toEqual([2, 2])
  await expect(client.call('com.example.add', [2, 3])).rejects.toMatchObject({ uri: 'wamp.error.unavailable' })

  routerEnd().flow()
  await expect.poll(() => got).toEqual([1, 2])
  expect(await client.call('com.example.add', [2, 3])).toBe(5)
  client.publish('com.example.t', [5])
  await expect.poll(() => got).toEqual([1, 2, 5])
  expect([way.called, way.refused]).toEqual([1, 1])
  await Promise.all([from.close(), to.close()])
})

it('refuses calls beyond those that may be in progress', async () => {
  const { from, to, way, client } = await made({ maxCalls: 1 })
  await way.open([], [{ uri: 'com.example.hangs' }])
  const far = await localClient(to, { realm: 'realm1' })
  await far.register('com.example.hangs', () => new Promise(() => {}))
  const first = client.call('com.example.hangs')
  const failed = expect(first).rejects.toThrow()
  await expect(client.call('com.example.hangs')).rejects.toMatchObject({ uri: 'wamp.error.unavailable' })
  expect([way.called, way.refused]).toEqual([1, 1])
  await Promise.all([from.close(), to.close()])
  await failed
})

it('forwards nothing that is sealed, and no names of routers', async () => {
  const { from, to, way } = await made()
  await way.open([{ uri: '', match: 'prefix' }], [{ uri: 'com.example.add' }])
  const sealing = { scheme: 'x_test', encode: () => ({ octets: new Uint8Array([1]) }), decode: () => ({}) }
  const client = await connectOver(() => dial(from)[0], { realm: 'realm1', passthru: passthru([sealing]), reconnect: false })
  client.publish('com.example.t', [1], {}, { passthru: 'x_test' })
  await expect.poll(() => [way.forwarded, way.dropped]).toEqual([0, 1])
  await expect(client.call('com.example.add', [2, 3], {}, { passthru: 'x_test' })).rejects.toMatchObject({
    uri: 'wamp.error.feature_not_supported',
  })
  client.publish('com.example.t', [2])
  await expect.poll(() => [way.forwarded, way.dropped]).toEqual([1, 1])
  await Promise.all([from.close(), to.close()])
})

it.each([
  ['exact', 'com.example.t'],
  ['prefix', 'com.example.'],
  ['wildcard', 'com..t'],
] as const)('forwards nothing that a router names without a rule for it: %s', async (match, uri) => {
  const to = createRouter()
  const { near, invent, answers } = await inventiveRouter()
  const far = await localClient(to, { realm: 'realm1' })
  const got: string[] = []
  await far.subscribe('', ({ topic }) => void got.push(topic), { match: 'prefix' })
  await far.register('com.internal.reset', () => got.push('com.internal.reset'))
  await far.register('com.example.t', () => got.push('call'))
  const way = new OneWay(near, await localClient(to, { realm: 'realm1' }), { maxHops: 1, isOwn: () => false })
  await way.open([{ uri, match }], [{ uri, match }])
  for (const topic of ['com.internal.alarm', 'com.example.t']) invent([36, 1, 7, { topic }])
  await expect.poll(() => got).toEqual(['com.example.t'])
  for (const [n, procedure] of ['com.internal.reset', 'com.example.t'].entries()) invent([68, n + 1, 2, { procedure }])
  await expect.poll(answers).toEqual([
    [8, 68, 1, {}, 'wamp.error.no_such_procedure'],
    [70, 2, {}],
  ])
  expect([got, way.forwarded]).toEqual([['com.example.t', 'call'], 1])
  await Promise.all([near.close(), to.close()])
})

/** A client of a router that confirms a subscription and a registration, and says what the test wants. */
async function inventiveRouter() {
  const [near, end] = memoryTransports(nodeRuntime.clock)
  const answers: unknown[][] = []
  const replies: Readonly<Record<number, (request: number) => readonly unknown[]>> = {
    1: () => [2, 1, { roles: { broker: {}, dealer: {} } }],
    32: request => [33, request, 1],
    64: request => [65, request, 2],
    6: () => [6, {}, 'wamp.close.goodbye_and_out'],
  }
  const invent = (message: readonly unknown[]): void => end.send(message as unknown as Message)
  end.open({
    onMessage: message => {
      const [type, request] = message as unknown as [number, number]
      if (replies[type] !== undefined) invent(replies[type](request))
      else answers.push(type === 8 ? message.slice(0, 5) : message.slice(0, 3))
    },
    onViolation() {},
    onWritable() {},
    onClosed() {},
  })
  return { near: await connectOver(() => near, { realm: 'realm1', reconnect: false }), invent, answers: () => answers }
}

interface Made {
  readonly from: Router
  readonly to: Router
  readonly way: OneWay
  /** A client at the router that messages come from. */
  readonly client: UntypedClient
  /** The end of the link's transport at the router that messages go to. */
  routerEnd(): MemoryTransport
}

async function made(options: { maxCalls?: number } = {}): Promise<Made> {
  const [from, to] = [createRouter(), createRouter()]
  let end: MemoryTransport | undefined
  const far = await connectOver(
    () => {
      const [near, other] = dial(to)
      end = other
      return near
    },
    { realm: 'realm1', reconnect: false, ...options },
  )
  const near = await connectOver(() => dialLocally(from, { authid: 'link', authrole: 'link' }), {
    realm: 'realm1',
    reconnect: false,
    onError: () => {},
  })
  const way = new OneWay(near, far, { maxHops: 1, isOwn: () => false })
  const client = await localClient(from, { realm: 'realm1' })
  return { from, to, way, client, routerEnd: () => end! }
}

function dial(router: Router): [MemoryTransport, MemoryTransport] {
  const ends = memoryTransports(nodeRuntime.clock, { highWaterMark: 400 })
  router.accept(ends[1])
  return [...ends]
}
