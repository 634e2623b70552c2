import { expect, it } from 'vitest'
import { Line } from '../../src/client/line.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { joined } from '../fixtures/router-script.ts'

it('Line leaves its session with the reason of the client', async () => {
  const { session, router } = await joined()
  const line = new Line(session, () => ({ reason: 'wamp.close.normal', message: 'bye' }))
  expect(line.isOpen).toBe(true)
  line.sendClose()
  expect(router.sent).toEqual([[MessageType.GOODBYE, { message: 'bye' }, 'wamp.close.normal']])
  expect(line.isOpen).toBe(false)
})

it('Line says why its session has ended', async () => {
  const { session, router } = await joined()
  router.says([MessageType.GOODBYE, {}, 'wamp.close.killed'])
  expect(await new Line(session, () => ({})).closed).toMatchObject({
    code: 1006,
    reason: 'the router has closed the session (wamp.close.killed)',
    cause: { name: 'ConnectionClosed', reason: 'wamp.close.killed', retryAfter: 0 },
  })
})

it('Line says how long the router asks to wait', async () => {
  const { session, router } = await joined()
  router.says([MessageType.GOODBYE, { _retry_after: 1200 }, 'wamp.close.system_shutdown'])
  expect(await new Line(session, () => ({})).closed).toMatchObject({ cause: { retryAfter: 1200 } })
})
