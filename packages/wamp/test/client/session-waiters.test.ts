import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { SessionWaiters } from '../../src/client/session-waiters.ts'
import { joined } from '../fixtures/router-script.ts'

it('SessionWaiters settles each request once, and keeps no timer', async () => {
  const clock = new FakeClock()
  const waiters = new SessionWaiters(clock)
  const { session } = await joined()
  const control = new AbortController()
  const all = Promise.allSettled([
    waiters.wait('a', 100, undefined),
    waiters.wait('b', 500, control.signal),
    waiters.wait('c', 500, undefined),
    waiters.wait('d', 500, AbortSignal.abort('before')),
  ])
  clock.advance(100)
  control.abort('enough')
  waiters.joined(session)
  waiters.over()
  const [a, b, c, d] = await all
  expect(a).toMatchObject({ reason: { message: 'a was not sent: there was no session within 100 ms', mayHaveRun: false } })
  expect(b).toMatchObject({ reason: 'enough' })
  expect(c).toMatchObject({ value: session })
  expect(d).toMatchObject({ reason: 'before' })
  expect(clock.pending).toBe(0)
})

it('SessionWaiters rejects what waits when there will be no session', async () => {
  const waiters = new SessionWaiters(new FakeClock())
  const waiting = waiters.wait('the call of a', 100, undefined)
  waiters.over()
  await expect(waiting).rejects.toMatchObject({ name: 'ConnectionClosed', message: 'the call of a was not sent: the client is closed' })
})
