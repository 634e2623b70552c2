import { expect, it } from 'vitest'
import { Heartbeat } from '../../src/client/heartbeat.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { joined } from '../fixtures/router-script.ts'

const { CALL, PUBLISH, EVENT, RESULT } = MessageType

it('Heartbeat asks nothing of a router that speaks', async () => {
  const { session, router, clock } = await joined()
  new Heartbeat(session, clock, 1000)
  for (let n = 0; n < 5; n++) {
    router.says([EVENT, 5, 5, {}])
    await clock.settle(1000)
  }
  expect(router.sent).toEqual([])
})

it('Heartbeat asks a broker without a dealer by a publication', async () => {
  const { session, router, clock } = await joined({ welcome: { roles: { broker: {} } } })
  const heartbeat = new Heartbeat(session, clock, 1000)
  await clock.settle(2000)
  expect(router.sent.map(([type]) => type)).toEqual([PUBLISH])
  heartbeat.stop()
})

it('Heartbeat asks also where as many calls are in progress as may, and takes the place of none', async () => {
  const { session, router, clock } = await joined({ maxCalls: 1 })
  const heartbeat = new Heartbeat(session, clock, 1000)
  const slow = session.call('com.example.slow', undefined)
  for (let n = 0; n < 5; n++) {
    await clock.settle(1000)
    for (const [type, id] of router.takeSent().slice(-1)) if (type === CALL && id !== 1) router.says([RESULT, id, {}])
  }
  expect(session.isOpen).toBe(true)
  router.says([RESULT, 1, {}])
  await slow
  await clock.settle(2000)
  expect(router.sent).toHaveLength(1)
  session.call('com.example.add', undefined).catch(() => undefined)
  await expect(session.call('com.example.add', undefined)).rejects.toThrow('1 calls are in progress')
  heartbeat.stop()
})

it('Heartbeat drops a silent session after two intervals, and no other', async () => {
  const { session, router, clock } = await joined()
  new Heartbeat(session, clock, 1000)
  await clock.settle(2999)
  expect(router.sent.map(([type]) => type)).toEqual([CALL])
  expect(router.isClosed).toBe(false)
  await clock.settle(1)
  expect(await session.closed).toMatchObject({ message: 'the router gave no sign of life for 2000 ms' })
  await clock.settle(5000)
  expect(clock.pending).toBe(0)
})
