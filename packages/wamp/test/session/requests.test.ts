import { describe, expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import { joined } from '../fixtures/router-script.ts'

const { PUBLISHED, SUBSCRIBED, REGISTERED, ERROR, PUBLISH, REGISTER, ABORT } = MessageType

describe('the answer to a request', () => {
  it.each([
    ['has an id that no request has', [PUBLISHED, 2, 9]],
    ['is that of another kind of request', [SUBSCRIBED, 1, 9]],
    ['is an ERROR of another kind of request', [ERROR, REGISTER, 1, {}, 'wamp.error.not_authorized']],
    ['is an ERROR of what is not a request', [ERROR, 70, 1, {}, 'wamp.error.not_authorized']],
  ] as const)('is a protocol violation where it %s', async (_, message) => {
    const { session, router } = await joined()
    const publishing = session.publishAcknowledged('com.example', undefined, {})
    router.takeSent()
    router.says(message)
    expect(router.sent).toMatchObject([[ABORT, {}, 'wamp.error.protocol_violation']])
    await expect(publishing).rejects.toMatchObject({ name: 'ConnectionClosed', mayHaveRun: true, reason: 'wamp.error.protocol_violation' })
  })

  it('comes once', async () => {
    const { session, router } = await joined()
    const publishing = session.publishAcknowledged('com.example', undefined, {})
    router.says([PUBLISHED, 1, 9])
    await publishing
    router.says([ERROR, PUBLISH, 1, {}, 'wamp.error.not_authorized'])
    expect(router.sent.at(-1)?.[0]).toBe(ABORT)
  })

  it('may come after its time, and is ignored then', async () => {
    const { session, router, clock } = await joined({ requestTimeout: 1000 })
    const publishing = session.publishAcknowledged('com.example', undefined, {})
    publishing.catch(() => undefined)
    await clock.settle(1000)
    await expect(publishing).rejects.toMatchObject({ uri: 'wamp.error.timeout' })
    router.says([PUBLISHED, 1, 9])
    expect(session.isOpen).toBe(true)
    expect(session.inProgress).toBe(0)
  })

  it('is waited for as long as the session lasts where the time is 0', async () => {
    const { session, router, clock } = await joined({ requestTimeout: 0 })
    const registering = session.register('com.example', {}, () => 1)
    expect(clock.pending).toBe(0)
    router.says([REGISTERED, 1, 9])
    await registering
  })
})
