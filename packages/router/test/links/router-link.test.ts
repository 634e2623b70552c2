import { expect, it } from 'vitest'
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
  expect([link.isUp, link.counters]).toEqual([true, { sent: 0, received: 2, dropped: 0 }])
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
