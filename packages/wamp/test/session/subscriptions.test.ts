import { describe, expect, it } from 'vitest'
import { MessageType } from '../../src/messages/message-type.ts'
import type { TopicSubscription, WampEvent } from '../../src/session/subscriptions.ts'
import type { ScriptedRouter } from '../../src/testing/scripted-router.ts'
import { joined } from '../fixtures/router-script.ts'

const { SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED, EVENT, ERROR } = MessageType

describe('subscribing', () => {
  it('sends SUBSCRIBE with the options, and hands on events', async () => {
    const { session, router } = await joined()
    const seen: WampEvent[] = []
    const subscribing = session.subscribe('com.example', { match: 'prefix' }, event => seen.push(event))
    expect(router.sent).toEqual([[SUBSCRIBE, 1, { match: 'prefix' }, 'com.example']])
    router.says([SUBSCRIBED, 1, 44])
    expect(await subscribing).toMatchObject({ id: 44, topic: 'com.example' })
    router.says(
      [EVENT, 44, 5, { topic: 'com.example.tick', publisher: 3 }, { args: [1], kwargs: { a: 2 } }],
      [EVENT, 44, 6, {}],
      [EVENT, 45, 7, {}],
    )
    expect(seen).toEqual([
      { topic: 'com.example.tick', args: [1], kwargs: { a: 2 }, details: { topic: 'com.example.tick', publisher: 3 }, publication: 5 },
      { topic: 'com.example', args: [], kwargs: {}, details: {}, publication: 6 },
    ])
  })

  it('rejects with the error of the router', async () => {
    const { session, router } = await joined()
    const subscribing = session.subscribe('com.example', {}, () => {})
    router.says([ERROR, SUBSCRIBE, 1, {}, 'wamp.error.not_authorized'])
    await expect(subscribing).rejects.toMatchObject({ uri: 'wamp.error.not_authorized' })
  })

  it('rejects what cannot be sent', async () => {
    const { session, router } = await joined()
    router.maxSendSize = 20
    await expect(session.subscribe('com.example.topic.that.is.long', {}, () => {})).rejects.toMatchObject({ name: 'MessageTooLarge' })
    expect(session.inProgress).toBe(0)
  })

  it('ends a subscription that is confirmed too late', async () => {
    const { session, router, clock } = await joined({ requestTimeout: 1000 })
    const subscribing = session.subscribe('com.example', {}, () => {})
    subscribing.catch(() => undefined)
    await clock.settle(1000)
    await expect(subscribing).rejects.toMatchObject({ uri: 'wamp.error.timeout' })
    router.takeSent()
    router.says([SUBSCRIBED, 1, 44])
    expect(router.sent).toEqual([[UNSUBSCRIBE, 2, 44]])
  })
})

describe('several handlers of one topic', () => {
  it('share a subscription, which ends with the last of them', async () => {
    const { session, router } = await joined()
    const seen: string[] = []
    const first = session.subscribe('com.example', {}, () => seen.push('first'))
    router.says([SUBSCRIBED, 1, 44])
    const second = session.subscribe('com.example', {}, () => seen.push('second'))
    router.says([SUBSCRIBED, 2, 44], [EVENT, 44, 5, {}])
    router.takeSent()
    await session.unsubscribe(await first)
    await session.unsubscribe(await first)
    router.says([EVENT, 44, 6, {}])
    expect(router.sent).toEqual([])
    expect(seen).toEqual(['first', 'second', 'second'])
    const ending = session.unsubscribe(await second)
    expect(router.sent).toEqual([[UNSUBSCRIBE, 3, 44]])
    router.says([EVENT, 44, 7, {}], [UNSUBSCRIBED, 3])
    await ending
    expect(seen).toHaveLength(3)
  })

  it('all get an event during which one of them leaves', async () => {
    const { session, router } = await joined()
    const seen: string[] = []
    const subscriptions: TopicSubscription[] = []
    for (const name of ['a', 'b', 'c']) {
      const subscribing = session.subscribe('com.example', {}, () => {
        seen.push(name)
        void session.unsubscribe(subscriptions[0]!)
      })
      router.says([SUBSCRIBED, router.sent.length, 44])
      subscriptions.push(await subscribing)
    }
    router.says([EVENT, 44, 5, {}], [EVENT, 44, 6, {}])
    expect(seen).toEqual(['a', 'b', 'c', 'b', 'c'])
  })

  it('get no event after they have ended, also where an earlier handler of the same event ends them', async () => {
    const { session, router } = await joined()
    const seen: string[] = []
    const subscriptions: TopicSubscription[] = []
    for (const name of ['a', 'b']) {
      const subscribing = session.subscribe('com.example', {}, () => {
        seen.push(name)
        void session.unsubscribe(subscriptions[1]!)
      })
      router.says([SUBSCRIBED, router.sent.length, 44])
      subscriptions.push(await subscribing)
    }
    router.says([EVENT, 44, 5, {}], [EVENT, 44, 6, {}])
    expect(seen).toEqual(['a', 'a'])
  })

  it('do not end a subscription that is just being made for another', async () => {
    const { session, router } = await joined()
    const first = await subscribed(
      router,
      session.subscribe('com.example', {}, () => {}),
    )
    const second = session.subscribe('com.example', {}, () => {})
    router.takeSent()
    await session.unsubscribe(first)
    expect(router.sent).toEqual([])
    router.says([SUBSCRIBED, 2, 44])
    void session.unsubscribe(await second)
    expect(router.sent).toEqual([[UNSUBSCRIBE, 3, 44]])
  })

  it('end the subscription where the one that was being made has failed', async () => {
    const { session, router } = await joined()
    const first = await subscribed(
      router,
      session.subscribe('com.example', {}, () => {}),
    )
    const second = session.subscribe('com.example', {}, () => {})
    await session.unsubscribe(first)
    router.takeSent()
    router.says([ERROR, SUBSCRIBE, 2, {}, 'wamp.error.not_authorized'])
    await expect(second).rejects.toThrow('not_authorized')
    expect(router.sent).toEqual([[UNSUBSCRIBE, 3, 44]])
  })
})

describe('a revocation', () => {
  it('ends the subscription for all its handlers', async () => {
    const { session, router } = await joined()
    const reasons: unknown[] = []
    const subscribing = session.subscribe(
      'com.example',
      {},
      () => {},
      reason => reasons.push(reason),
    )
    const subscription = await subscribed(router, subscribing)
    router.says(
      [UNSUBSCRIBED, 0, { subscription: 43 }],
      [UNSUBSCRIBED, 0],
      [UNSUBSCRIBED, 0, { subscription: 44, reason: 'no longer allowed' }],
    )
    expect(reasons).toEqual(['no longer allowed'])
    router.takeSent()
    await session.unsubscribe(subscription)
    expect(router.sent).toEqual([])
  })
})

async function subscribed(router: ScriptedRouter, subscribing: Promise<TopicSubscription>): Promise<TopicSubscription> {
  router.says([SUBSCRIBED, 1, 44])
  return subscribing
}
