import { expect, it } from 'vitest'
import { Subscriber } from '../../src/broker/subscriber.ts'
import { Subscription } from '../../src/broker/subscription.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

it('a subscriber counts its patterns', () => {
  const subscriber = new Subscriber(new TestRealm().join().session)
  const [exact, prefix] = [new Subscription(1, 'exact', 'a', 0), new Subscription(2, 'prefix', 'a', 0)]
  subscriber.add(exact)
  subscriber.add(prefix)
  expect([subscriber.subscriptions.size, subscriber.patterns]).toEqual([2, 1])
  subscriber.delete(prefix)
  subscriber.delete(prefix)
  subscriber.delete(exact)
  expect([subscriber.subscriptions.size, subscriber.patterns]).toEqual([0, 0])
})
