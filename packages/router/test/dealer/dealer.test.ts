import { type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { payload, TestRealm } from '../fixtures/test-realm.ts'

const { CALL, ERROR, INVOCATION, REGISTER, REGISTERED, RESULT, UNREGISTER, UNREGISTERED, YIELD, CANCEL, INTERRUPT } = MessageType

describe('a call', () => {
  it('goes to the callee, and its result to the caller', () => {
    const { callee, caller, registration } = pair()
    expect(caller.call('com.add', [2, 3])).toEqual([])
    expect(callee.received()).toEqual([[INVOCATION, 1, registration, {}, payload(2, 3)]])
    expect(callee.say([YIELD, 1, {}, payload(5)])).toEqual([])
    expect(caller.received()).toEqual([[RESULT, 1, {}, payload(5)]])
  })

  it('counts the invocations of each callee from 1', () => {
    const { callee, caller } = pair()
    caller.call('com.add')
    caller.call('com.add')
    expect(callee.received().map(message => message[1])).toEqual([1, 2])
  })

  it('passes on the error of the callee with its arguments', () => {
    const { callee, caller } = pair()
    caller.call('com.add')
    callee.say([ERROR, INVOCATION, 1, {}, 'com.error.no', { args: ['x'], kwargs: { left: 0 } }])
    expect(caller.received()).toEqual([[ERROR, CALL, 1, {}, 'com.error.no', { args: ['x'], kwargs: { left: 0 } }]])
  })

  it('of a procedure that nobody serves is answered with no_such_procedure', () => {
    expect(errorOf(new TestRealm().join().call('com.nobody'))).toBe('wamp.error.no_such_procedure')
  })

  it('to a pattern tells the callee the procedure', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join(), realm.join()]
    callee.register('com.user', { match: 'prefix' })
    callee.register('com..save', { match: 'wildcard' })
    caller.call('com.user.1')
    caller.call('com.app.save')
    expect(callee.received().map(message => message[3])).toEqual([{ procedure: 'com.user.1' }, { procedure: 'com.app.save' }])
  })

  it('tells the callee who calls where the caller, the callee or the permission wants it', () => {
    const { realm, callee, caller } = pair()
    const facts = { caller: caller.id, caller_authid: caller.session.authid, caller_authrole: 'user' }
    caller.call('com.add', [], { disclose_me: true })
    expect(callee.received()[0]?.[3]).toEqual(facts)
    realm.join()
    callee.register('com.told', { disclose_caller: true })
    caller.call('com.told')
    expect(callee.received()[0]?.[3]).toEqual(facts)
    const told = new TestRealm({ access: { mayDo: () => ({ allow: true, disclose: true }) } })
    const [other, third] = [told.join(), told.join()]
    other.register('com.add')
    third.call('com.add')
    expect(other.received()[0]?.[3]).toMatchObject({ caller: third.id })
  })

  it('does not tell the callee what a caller says about itself', () => {
    const { callee, caller } = pair()
    caller.call('com.add', [], {
      caller: 1,
      caller_authid: 'root',
      forward_for: [{ session: 1, authid: 'root', authrole: 'root' }],
      x_else: 1,
    })
    expect(callee.received()[0]?.[3]).toEqual({})
  })

  it('of a link to another router tells the original caller', () => {
    const realm = new TestRealm()
    const [callee, link] = [realm.join(), realm.join({ isLink: true })]
    callee.register('com.add')
    const forwarded = {
      caller: 7,
      caller_authid: 'joe',
      caller_authrole: 'user',
      forward_for: [{ session: 7, authid: 'joe', authrole: 'user' }],
    }
    link.call('com.add', [], forwarded)
    expect(callee.received()[0]?.[3]).toEqual(forwarded)
  })

  it('is refused where the session has as many calls in progress as it may', () => {
    const { caller } = pair({ maxPendingCalls: 1 })
    caller.call('com.add')
    expect(errorOf(caller.call('com.add'))).toBe('wamp.error.unavailable')
  })

  it('carries the attributes of payload passthru mode both ways, and no other', () => {
    const { callee, caller } = pair()
    const attributes = { ppt_scheme: 'x_app', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm', ppt_keyid: 'k' }
    caller.call('com.add', [new Uint8Array(1)], { ...attributes, _mine: 1 })
    expect(callee.received()[0]?.[3]).toEqual(attributes)
    callee.say([YIELD, 1, attributes, payload(new Uint8Array(2))])
    expect(caller.received()[0]).toEqual([RESULT, 1, attributes, payload(new Uint8Array(2))])
  })

  it('with payload passthru mode to a callee without it is answered with feature_not_supported', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join({ roles: { callee: {} } }), realm.join()]
    callee.register('com.add')
    expect(errorOf(caller.call('com.add', [], { ppt_scheme: 'x_app' }))).toBe('wamp.error.feature_not_supported')
    expect(callee.received()).toEqual([])
  })
})

describe('registering', () => {
  it('is answered with an id, which UNREGISTER takes', () => {
    const realm = new TestRealm()
    const callee = realm.join()
    const [answer] = callee.say([REGISTER, 1, {}, 'com.add'])
    expect(answer).toEqual([REGISTERED, 1, expect.any(Number)])
    expect(callee.say([UNREGISTER, 2, answer![2] as number])).toEqual([[UNREGISTERED, 2]])
    expect(errorOf(realm.join().call('com.add'))).toBe('wamp.error.no_such_procedure')
    expect(callee.say([UNREGISTER, 3, answer![2] as number])).toEqual([
      [ERROR, UNREGISTER, 3, {}, 'wamp.error.no_such_registration', undefined],
    ])
  })

  it('of a procedure that another session serves alone is refused', () => {
    const { realm, callee } = pair()
    expect(errorOf(realm.join().say([REGISTER, 1, {}, 'com.add']))).toBe('wamp.error.procedure_already_exists')
    expect(errorOf(callee.say([REGISTER, 9, {}, 'com.add']))).toBe('wamp.error.procedure_already_exists')
    expect(errorOf(realm.join().say([REGISTER, 1, { invoke: 'first' }, 'com.add']))).toBe('wamp.error.procedure_already_exists')
  })

  it('with another policy than the first callee is refused, and so is the same session twice', () => {
    const realm = new TestRealm()
    const callee = realm.join()
    callee.register('com.add', { invoke: 'random' })
    expect(errorOf(realm.join().say([REGISTER, 1, { invoke: 'first' }, 'com.add']))).toBe(
      'wamp.error.procedure_exists_with_different_invocation_policy',
    )
    expect(errorOf(callee.say([REGISTER, 9, { invoke: 'random' }, 'com.add']))).toBe('wamp.error.procedure_already_exists')
  })

  it('of one URI with different ways to match gives different registrations', () => {
    const realm = new TestRealm()
    const callee = realm.join()
    const ids = (['exact', 'prefix', 'wildcard'] as const).map(match => callee.register('com.add', { match }))
    expect(new Set(ids).size).toBe(3)
  })

  it('is bounded, also in the number of patterns', () => {
    const callee = new TestRealm({ maxRegistrations: 3, maxPatterns: 1 }).join()
    callee.register('a', { match: 'prefix' })
    expect(errorOf(callee.say([REGISTER, 5, { match: 'prefix' }, 'b']))).toBe('wamp.error.unavailable')
    callee.register('c')
    callee.register('d')
    expect(errorOf(callee.say([REGISTER, 6, {}, 'e']))).toBe('wamp.error.unavailable')
  })

  it('by force takes a registration over from its callee, which is told', () => {
    const { realm, callee, caller, registration } = pair()
    const heir = realm.join()
    const taken = heir.register('com.add', { force_reregister: true })
    expect(taken).not.toBe(registration)
    expect(callee.received()).toEqual([[UNREGISTERED, 0, { registration, reason: 'another session has taken it over' }]])
    caller.call('com.add')
    expect(heir.received()).toHaveLength(1)
  })

  it('by force is refused before anything is taken, where the session has as many registrations as it may', () => {
    const realm = new TestRealm({ maxRegistrations: 1 })
    const [owner, heir] = [realm.join({ authid: 'service' }), realm.join({ authid: 'service' })]
    const id = owner.register('com.add')
    const own = heir.register('com.own')
    expect(errorOf(heir.say([REGISTER, 2, { force_reregister: true }, 'com.add']))).toBe('wamp.error.unavailable')
    expect(owner.received()).toEqual([])
    expect(owner.say([UNREGISTER, 2, id])).toEqual([[UNREGISTERED, 2]])
    expect(heir.register('com.own', { force_reregister: true })).not.toBe(own)
  })

  it('by force needs a permission, or the same authid', () => {
    const access = { mayDo: () => ({ allow: true, disclose: false }) }
    const realm = new TestRealm({ access })
    realm.join({ authid: 'service' }).register('com.add')
    expect(errorOf(realm.join().say([REGISTER, 1, { force_reregister: true }, 'com.add']))).toBe('wamp.error.procedure_already_exists')
    expect(realm.join({ authid: 'service' }).register('com.add', { force_reregister: true })).toEqual(expect.any(Number))
  })
})

describe('shared registrations', () => {
  it.each([
    ['roundrobin', [0, 1, 2, 0]],
    ['first', [0, 0, 0, 0]],
    ['last', [2, 2, 2, 2]],
  ] as const)('choose by policy: %s asks %j', (invoke, order) => {
    const { callees, caller } = shared(invoke)
    const asked = order.map(() => {
      caller.call('com.add')
      return callees.findIndex(callee => callee.received().length > 0)
    })
    expect(asked).toEqual(order)
  })

  it('choose any by the policy random', () => {
    const { callees, caller } = shared('random')
    for (let n = 0; n < 10; n++) caller.call('com.add')
    expect(callees.flatMap(callee => callee.received())).toHaveLength(10)
  })

  it('keep the turn of roundrobin when a callee leaves', () => {
    const { callees, caller } = shared('roundrobin')
    caller.call('com.add')
    callees[0]!.transport.abort('gone')
    callees[0]!.received()
    caller.call('com.add')
    expect(callees[1]!.received()).toHaveLength(1)
    caller.call('com.add')
    expect(callees[2]!.received()).toHaveLength(1)
  })

  it('pass a call on where the callee answers unavailable, by their policy', () => {
    const { callees, caller } = shared('first')
    caller.call('com.add', [1])
    callees[0]!.say([ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable'])
    expect(callees[1]!.received()[0]).toMatchObject({ 0: INVOCATION, 4: payload(1) })
    callees[1]!.say([ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable'])
    callees[2]!.say([YIELD, 1, {}, payload('done')])
    expect(caller.received()).toEqual([[RESULT, 1, {}, payload('done')]])
  })

  it('pass a call on with its arguments also to a callee that has registered since', () => {
    const realm = new TestRealm()
    const [first, second, caller] = [realm.join(), realm.join(), realm.join()]
    first.register('com.add', { invoke: 'roundrobin' })
    caller.call('com.add', [1])
    second.register('com.add', { invoke: 'roundrobin' })
    first.say([ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable'])
    expect(second.received().map(message => message[4])).toEqual([payload(1)])
  })

  it('answer no_available_callee once all have refused', () => {
    const { callees, caller } = shared('last')
    caller.call('com.add')
    for (const callee of callees.toReversed()) callee.say([ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable'])
    expect(errorOf(caller.received())).toBe('wamp.error.no_available_callee')
  })

  it('with a single callee pass its refusal on', () => {
    const { callee, caller } = pair()
    caller.call('com.add')
    callee.say([ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable', payload('later')])
    expect(caller.received()).toEqual([[ERROR, CALL, 1, {}, 'wamp.error.unavailable', payload('later')]])
  })

  it('do not pass a call on that has given progressive results', () => {
    const { callees, caller } = shared('first')
    caller.call('com.add', [], { receive_progress: true })
    callees[0]!.say([YIELD, 1, { progress: true }, payload(1)], [ERROR, INVOCATION, 1, {}, 'wamp.error.unavailable'])
    expect(caller.received().map(message => message[0])).toEqual([RESULT, ERROR])
    expect(callees[1]!.received()).toEqual([])
  })

  it('ask another callee while one works on as many calls as it takes', () => {
    const realm = new TestRealm()
    const callees = [realm.join(), realm.join()]
    for (const callee of callees) callee.register('com.add', { invoke: 'first', concurrency: 1 })
    const caller = realm.join()
    caller.call('com.add')
    caller.call('com.add')
    expect(callees.map(callee => callee.received().length)).toEqual([1, 1])
    expect(errorOf(caller.call('com.add'))).toBe('wamp.error.no_available_callee')
    callees[1]!.say([YIELD, 1, {}])
    expect(caller.call('com.add')).toEqual([[RESULT, 2, {}, undefined]])
    expect(callees[1]!.received()).toHaveLength(1)
  })
})

describe('the end of a callee', () => {
  it('answers its calls with canceled', () => {
    const { callee, caller } = pair()
    caller.call('com.add')
    callee.received()
    callee.transport.abort('gone')
    expect(errorOf(caller.received())).toBe('wamp.error.canceled')
    expect(errorOf(caller.call('com.add'))).toBe('wamp.error.no_such_procedure')
  })
})

describe('the end of a caller', () => {
  it('interrupts its calls, and throws their answers away', () => {
    const { callee, caller } = pair()
    caller.call('com.add')
    callee.received()
    caller.transport.abort('gone')
    expect(callee.received()).toEqual([[INTERRUPT, 1, { mode: 'killnowait' }]])
    expect(callee.say([YIELD, 1, {}])).toEqual([])
    expect(callee.isClosed).toBe(false)
  })

  it('does not interrupt a callee that has not announced call_canceling', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join({ roles: { callee: {} } }), realm.join()]
    callee.register('com.add')
    caller.call('com.add')
    callee.received()
    caller.transport.abort('gone')
    expect(callee.received()).toEqual([])
  })
})

describe('CANCEL', () => {
  it('of a call that is over or never was does nothing', () => {
    const { caller } = pair()
    expect(caller.say([CANCEL, 77, {}])).toEqual([])
    expect(caller.isClosed).toBe(false)
  })
})

function pair(limits: ConstructorParameters<typeof TestRealm>[0] = {}) {
  const realm = new TestRealm(limits)
  const [callee, caller] = [realm.join(), realm.join()]
  return { realm, callee, caller, registration: callee.register('com.add') }
}

function shared(invoke: string) {
  const realm = new TestRealm()
  const callees = [realm.join(), realm.join(), realm.join()]
  for (const callee of callees) callee.register('com.add', { invoke })
  return { callees, caller: realm.join() }
}

function errorOf(messages: readonly Message[]): unknown {
  return messages.find(([type]) => type === ERROR)?.[4]
}
