import { FakeClock } from '@autobahn-ts/websocket/testing'
import { expect, it } from 'vitest'
import { AllKept, Kept } from '../../src/client/kept.ts'
import { KeptRegistration, KeptSubscription, RegistrationSet } from '../../src/client/registration.ts'

it('handles of registrations and subscriptions end what they stand for', async () => {
  const ended: string[] = []
  const all = new AllKept(new FakeClock(), 1000, () => {})
  const kept = (uri: string): Kept => {
    const one = new Kept('registration', uri, all, { make: () => new Promise(() => {}), ended: () => ended.push(uri) })
    all.add(one, undefined)
    return one
  }
  const registration = new KeptRegistration(kept('a'))
  const subscription = new KeptSubscription(kept('b'), { dropped: 3 })
  expect(registration).toMatchObject({ uri: 'a', id: undefined, isActive: false })
  expect(subscription).toMatchObject({ topic: 'b', id: undefined, isActive: false, dropped: 3 })
  await registration.unregister()
  await subscription[Symbol.asyncDispose]()
  const set = new RegistrationSet([new KeptRegistration(kept('c')), new KeptRegistration(kept('d'))])
  await set[Symbol.asyncDispose]()
  await new KeptSubscription(kept('e'), { dropped: 0 }).unsubscribe()
  await new KeptRegistration(kept('f'))[Symbol.asyncDispose]()
  expect(ended).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})
