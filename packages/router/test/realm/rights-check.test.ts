import { type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import type { Access, Verdict } from '../../src/realm/access.ts'
import type { Session } from '../../src/realm/session.ts'
import { TestRealm } from '../fixtures/test-realm.ts'

const { CALL, ERROR, EVENT, GOODBYE, INTERRUPT, RESULT, UNREGISTERED, UNSUBSCRIBED, YIELD } = MessageType

const staying = () => undefined

describe('a check of rights after the rules have changed', () => {
  it('takes subscriptions and registrations that are not allowed any more, and tells their sessions and the realm', async () => {
    const { realm, deny } = world()
    const [one, watcher] = [realm.join(), realm.join()]
    const [kept, gone] = [one.subscribe('com.kept'), one.subscribe('com.gone.', { match: 'prefix' })]
    const [served, lost] = [one.register('com.served'), one.register('com.lost')]
    watcher.subscribe('wamp.subscription.', { match: 'prefix' })
    watcher.subscribe('wamp.registration.', { match: 'prefix' })
    deny('subscribe com.gone.', 'register com.lost')
    expect(await realm.realm.checkRights(staying)).toEqual({ sessions: 0, subscriptions: 1, registrations: 1, calls: 0 })
    const reason = 'wamp.error.not_authorized'
    expect(one.received()).toEqual([
      [UNSUBSCRIBED, 0, { subscription: gone, reason }],
      [UNREGISTERED, 0, { registration: lost, reason }],
    ])
    expect(topicsOf(watcher.received())).toEqual([
      'wamp.subscription.on_unsubscribe',
      'wamp.subscription.on_delete',
      'wamp.registration.on_unregister',
      'wamp.registration.on_delete',
    ])
    expect([realm.realm.broker.subscription(kept), realm.realm.dealer.registration(served)]).not.toContain(undefined)
    expect([realm.realm.broker.subscription(gone), realm.realm.dealer.registration(lost)]).toEqual([undefined, undefined])
    one.publish('com.gone.a')
    expect(one.received()).toEqual([])
  })

  it('ends a trace whose watcher may not trace any more, and those alone', async () => {
    const { realm, deny } = world()
    const [watcher, operator, traced] = [realm.join(), realm.join({ authrole: 'operator' }), realm.join()]
    for (const each of [watcher, operator]) each.call('wamp.session.trace', [traced.id], { receive_progress: true })
    deny('user call wamp.session.trace')
    expect(await realm.realm.checkRights(staying)).toMatchObject({ calls: 1 })
    const text = 'the session may not call wamp.session.trace any more'
    expect(watcher.received()).toMatchObject([[ERROR, CALL, 1, {}, 'wamp.error.not_authorized', { args: [text] }]])
    expect(realm.realm.traces.size).toBe(1)
    traced.publish('com.a')
    expect(watcher.received()).toEqual([])
    expect(operator.received().map(([type]) => type)).toEqual([RESULT])
  })

  it('ends calls with progressive results and calls in several parts, and leaves a call that has one answer', async () => {
    const { realm, deny } = world()
    const [callee, caller] = [realm.join(), realm.join()]
    callee.register('com.slow')
    caller.call('com.slow', [1])
    caller.call('com.slow', [2], { receive_progress: true })
    caller.call('com.slow', [3], { progress: true })
    const [first, ...lasting] = callee.received().map(message => message[1] as number)
    deny('call com.slow')
    expect(await realm.realm.checkRights(staying)).toMatchObject({ calls: 2 })
    expect(caller.received().map(message => message.slice(0, 5))).toEqual([
      [ERROR, CALL, 2, {}, 'wamp.error.not_authorized'],
      [ERROR, CALL, 3, {}, 'wamp.error.not_authorized'],
    ])
    expect(callee.received()).toEqual(lasting.map(id => [INTERRUPT, id, { mode: 'killnowait', reason: 'wamp.error.not_authorized' }]))
    callee.say([YIELD, first!, {}])
    expect(caller.received()).toEqual([[RESULT, 1, {}, undefined]])
    // a part that was on its way is thrown away
    expect(caller.say([CALL, 3, { progress: true }, 'com.slow'])).toEqual([])
  })

  it('ends sessions that may not stay by GOODBYE, and looks no further at them', async () => {
    const { realm, deny } = world()
    const [gone, other] = [realm.join({ authid: 'gone' }), realm.join()]
    gone.subscribe('com.a')
    other.subscribe('wamp.session.on_leave')
    deny('subscribe com.a')
    const why = ({ authid }: Session) => (authid === 'gone' ? 'the user is gone' : undefined)
    expect(await realm.realm.checkRights(why)).toEqual({ sessions: 1, subscriptions: 0, registrations: 0, calls: 0 })
    expect(gone.received()).toEqual([[GOODBYE, { message: 'the user is gone' }, 'wamp.close.killed']])
    expect(realm.realm.sessions.has(gone.id)).toBe(false)
    expect(topicsOf(other.received())).toHaveLength(1)
  })

  it('asks one after the other where an answer has to be awaited, and takes away only what is denied', async () => {
    let asked = 0
    const answers: ((verdict: Verdict) => void)[] = []
    const { realm, awaitAnswers } = world(() => {
      asked++
      return new Promise<Verdict>(resolve => answers.push(resolve))
    })
    const one = realm.join()
    const [first, second] = [one.subscribe('com.a'), one.subscribe('com.b')]
    awaitAnswers()
    const check = realm.realm.checkRights(staying)
    await ticks()
    expect(asked).toBe(1)
    answers[0]!({ allow: false, disclose: false })
    await ticks()
    expect(asked).toBe(2)
    answers[1]!({ allow: true, disclose: false })
    expect(await check).toMatchObject({ subscriptions: 1 })
    expect([realm.realm.broker.subscription(first), realm.realm.broker.subscription(second)?.uri]).toEqual([undefined, 'com.b'])
  })

  it('takes nothing away where a permission cannot be checked, and says so once', async () => {
    const { realm, awaitAnswers } = world(() => Promise.reject(new Error('the authorizer is away')))
    const one = realm.join()
    one.subscribe('com.a')
    one.subscribe('com.b')
    awaitAnswers()
    expect(await realm.realm.checkRights(staying)).toMatchObject({ subscriptions: 0 })
    expect(realm.errors.map(({ message }) => message)).toEqual(['the authorizer is away'])
    expect(realm.realm.broker.subscriptionCount).toBe(2)
  })

  it('ends where the rules change again, and the next one looks at everything', async () => {
    const answers: ((verdict: Verdict) => void)[] = []
    const { realm, awaitAnswers, deny } = world(() => new Promise<Verdict>(resolve => answers.push(resolve)))
    realm.join().subscribe('com.a')
    awaitAnswers()
    const first = realm.realm.checkRights(staying)
    await ticks()
    deny('subscribe com.a')
    const second = realm.realm.checkRights(staying)
    answers[0]!({ allow: false, disclose: false })
    expect([await first, await second]).toMatchObject([{ subscriptions: 0 }, { subscriptions: 1 }])
  })

  it('lets others have their turns between its parts', async () => {
    const { realm, deny } = world()
    for (let n = 0; n < 500; n++) realm.join().subscribe('com.a')
    deny('subscribe com.a')
    let isOver = false
    const check = realm.realm.checkRights(staying).then(taken => {
      isOver = true
      return taken
    })
    await ticks()
    const left = realm.realm.broker.find('exact', 'com.a')?.subscribers.size ?? 0
    expect([isOver, left > 0 && left < 500]).toEqual([false, true])
    await realm.clock.settle()
    expect(await check).toMatchObject({ subscriptions: 500 })
  })
})

/** A realm in which everything is allowed but what is denied, as `subscribe com.a` or `role subscribe com.a`, or what `answer` says once it is awaited. */
function world(answer?: () => Promise<Verdict>) {
  const denied = new Set<string>()
  let isAwaited = false
  const access: Access = {
    mayDo: ({ authrole }, action, uri) => {
      if (denied.has(`${action} ${uri}`) || denied.has(`${authrole} ${action} ${uri}`)) return { allow: false, disclose: false }
      return isAwaited && answer !== undefined ? answer() : { allow: true, disclose: false }
    },
  }
  return {
    realm: new TestRealm({ access }),
    deny: (...rights: string[]) => {
      for (const right of rights) denied.add(right)
    },
    awaitAnswers: () => {
      isAwaited = true
    },
  }
}

function topicsOf(messages: readonly Message[]): unknown[] {
  return messages.filter(message => message[0] === EVENT).map(message => (message[3] as { readonly topic?: string }).topic ?? message[3])
}

/** Lets all promises that are settled go on. */
async function ticks(): Promise<void> {
  for (let n = 0; n < 2000; n++) await undefined
}
