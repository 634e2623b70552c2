import { type AnnouncedRoles, type Dict, type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { payload, type TestClient, TestRealm, type TestRealmOptions } from '../fixtures/test-realm.ts'

const { CALL, CANCEL, ERROR, INTERRUPT, INVOCATION, RESULT, YIELD } = MessageType

describe('cancelling', () => {
  it('by killnowait interrupts the callee, and answers at once', () => {
    const { callee, caller } = calling()
    expect(caller.say([CANCEL, 1, { mode: 'killnowait' }])).toEqual([canceled])
    expect(callee.received()).toEqual([[INTERRUPT, 1, { mode: 'killnowait' }]])
    expectNothing(caller, callee.say([YIELD, 1, {}]))
  })

  it('is by killnowait where the caller does not say how', () => {
    const { callee, caller } = calling()
    expect(caller.say([CANCEL, 1, {}])).toEqual([canceled])
    expect(callee.received()).toEqual([[INTERRUPT, 1, { mode: 'killnowait' }]])
  })

  it('by skip does not tell the callee', () => {
    const { callee, caller } = calling()
    expect(caller.say([CANCEL, 1, { mode: 'skip' }])).toEqual([canceled])
    expectNothing(caller, callee.say([YIELD, 1, {}]))
  })

  it('by kill waits for the answer of the callee, which may be a result', () => {
    const { callee, caller } = calling()
    expect(caller.say([CANCEL, 1, { mode: 'kill' }], [CANCEL, 1, { mode: 'kill' }])).toEqual([])
    expect(callee.received()).toEqual([[INTERRUPT, 1, { mode: 'kill' }]])
    callee.say([YIELD, 1, {}, payload('anyway')])
    expect(caller.received()).toEqual([[RESULT, 1, {}, payload('anyway')]])
  })

  it.each(['kill', 'killnowait'] as const)('by %s is skip where the callee has not announced call_canceling', mode => {
    const { callee, caller } = calling({}, {}, { callee: {} })
    expect(caller.say([CANCEL, 1, { mode }])).toEqual([canceled])
    expectNothing(caller, callee.say([YIELD, 1, {}]))
  })
})

describe('a timeout', () => {
  it('interrupts the callee, and answers with timeout', () => {
    const { realm, callee, caller } = calling({ timeout: 1000 })
    realm.clock.advance(999)
    expect(caller.received()).toEqual([])
    realm.clock.advance(1)
    expect(caller.received()).toEqual([[ERROR, CALL, 1, {}, 'wamp.error.timeout', payload('no answer within 1000 ms')]])
    expect(callee.received()).toEqual([[INTERRUPT, 1, { mode: 'killnowait', reason: 'wamp.error.timeout' }]])
    expectNothing(caller, callee.say([YIELD, 1, {}]))
  })

  it('is counted from the last progressive result', () => {
    const { realm, callee, caller } = calling({ timeout: 1000, receive_progress: true })
    realm.clock.advance(900)
    callee.say([YIELD, 1, { progress: true }])
    realm.clock.advance(900)
    expect(caller.received().map(message => message[0])).toEqual([RESULT])
    realm.clock.advance(100)
    expect(caller.received().map(message => message[4])).toEqual(['wamp.error.timeout'])
  })

  it('is forgotten once the call is over, and leaves no timer once nobody is there', () => {
    const { realm, callee, caller } = calling({ timeout: 1000 })
    callee.say([YIELD, 1, {}])
    caller.received()
    caller.call('com.do', [], { timeout: 1000 })
    expect(realm.clock.pending).toBe(1)
    callee.say([YIELD, 2, {}])
    realm.clock.advance(500)
    expect(caller.received()).toHaveLength(1)
    for (const client of [callee, caller]) client.transport.abort('gone')
    realm.clock.flush()
    expect(realm.clock.pending).toBe(0)
  })

  it('is the affair of the callee where it has announced and registered so', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join(), realm.join()]
    callee.register('com.slow', { forward_timeout: true })
    caller.call('com.slow', [], { timeout: 1000 })
    expect(callee.received()[0]?.[3]).toEqual({ timeout: 1000 })
    expect(realm.clock.pending).toBe(0)
  })

  it('may be longer than a timer', () => {
    const { realm, caller } = calling({ timeout: 2 ** 32 })
    realm.clock.advance(2 ** 31)
    expect(caller.received()).toEqual([])
    realm.clock.advance(2 ** 31)
    expect(caller.received().map(message => message[4])).toEqual(['wamp.error.timeout'])
  })
})

describe('progressive results', () => {
  it('arrive before the result, where the caller has asked for them', () => {
    const { callee, caller } = calling({ receive_progress: true })
    callee.say([YIELD, 1, { progress: true }, payload(1)], [YIELD, 1, { progress: true }], [YIELD, 1, {}, payload('end')])
    expect(caller.received()).toEqual([
      [RESULT, 1, { progress: true }, payload(1)],
      [RESULT, 1, { progress: true }, undefined],
      [RESULT, 1, {}, payload('end')],
    ])
  })

  it('are left out where the caller has not asked for them', () => {
    const { callee, caller } = calling()
    callee.say([YIELD, 1, { progress: true }, payload(1)], [YIELD, 1, {}, payload('end')])
    expect(caller.received()).toEqual([[RESULT, 1, {}, payload('end')]])
  })

  it('are asked of a callee that has announced them', () => {
    expect(calling({ receive_progress: true }).invocation[3]).toEqual({ receive_progress: true })
    expect(calling({ receive_progress: true }, {}, { callee: {} }).invocation[3]).toEqual({})
  })

  it('keep the attributes of their payload', () => {
    const { callee, caller } = calling({ receive_progress: true, ppt_scheme: 'x_app' })
    callee.say([YIELD, 1, { progress: true, ppt_scheme: 'x_app' }, payload(1)])
    expect(caller.received()).toEqual([[RESULT, 1, { progress: true, ppt_scheme: 'x_app' }, payload(1)]])
  })

  it('end a call whose caller does not read them, and that call alone', () => {
    const realm = new TestRealm({ outboxMessages: 3 })
    const callee = realm.join()
    const caller = realm.join({}, { highWaterMark: 256 })
    callee.register('com.many')
    caller.call('com.many', [], { receive_progress: true })
    caller.call('com.many')
    callee.received()
    caller.transport.stall()
    for (let n = 0; n < 10; n++) callee.say([YIELD, 1, { progress: true }, payload(n)])
    callee.say([YIELD, 2, {}, payload('other')])
    caller.transport.flow()
    const received = caller.received()
    expect(received.at(-1)).toEqual([RESULT, 2, {}, payload('other')])
    expect(received.filter(([type]) => type === ERROR)).toEqual([
      [ERROR, CALL, 1, {}, 'wamp.error.canceled', payload('the caller does not read its progressive results fast enough')],
    ])
    expect(callee.received()).toEqual([])
    expect(received.filter(message => message[0] === RESULT && message[1] === 1).map(message => message[3])).toEqual(
      [0, 1, 2, 3, 4].map(n => payload(n)),
    )
  })

  it('that are ended for this reason interrupt the callee', () => {
    const realm = new TestRealm({ outboxMessages: 1 })
    const callee = realm.join()
    const caller = realm.join({}, { highWaterMark: 0 })
    callee.register('com.many')
    caller.call('com.many', [], { receive_progress: true })
    callee.received()
    caller.transport.stall()
    const messages = [1, 2, 3].flatMap(n => callee.say([YIELD, 1, { progress: true }, payload(n)]))
    expect(messages).toEqual([[INTERRUPT, 1, { mode: 'killnowait' }]])
  })
})

describe('a call in several parts', () => {
  it('goes to one callee under one invocation', () => {
    const { callee, caller, invocation, registration } = calling({ progress: true })
    expect(invocation).toEqual([INVOCATION, 1, registration, { progress: true }, payload()])
    caller.say([CALL, 1, { progress: true }, 'com.do', payload(2)], [CALL, 1, {}, 'com.do', payload(3)])
    expect(callee.received()).toEqual([
      [INVOCATION, 1, registration, { progress: true }, payload(2)],
      [INVOCATION, 1, registration, {}, payload(3)],
    ])
    callee.say([YIELD, 1, {}, payload('all')])
    expect(caller.received()).toEqual([[RESULT, 1, {}, payload('all')]])
  })

  it('to a callee that has not announced it is answered with feature_not_supported', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join({ roles: { callee: {} } }), realm.join()]
    callee.register('com.do')
    expect(caller.call('com.do', [], { progress: true }).map(message => message[4])).toEqual(['wamp.error.feature_not_supported'])
    // the other parts of the call were under way
    expect(caller.say([CALL, 1, { progress: true }, 'com.do'], [CALL, 1, {}, 'com.do'])).toEqual([])
    expect(callee.received()).toEqual([])
  })

  it('throws away the parts that come after its end', () => {
    const { callee, caller } = calling({ progress: true })
    callee.say([ERROR, INVOCATION, 1, {}, 'com.error.enough'])
    expect(caller.received()).toHaveLength(1)
    expectNothing(callee, caller.say([CALL, 1, { progress: true }, 'com.do'], [CALL, 1, {}, 'com.do']))
    expect(caller.isClosed).toBe(false)
  })

  it('forgets its end after the last part, and after a minute', () => {
    const { realm, callee, caller } = calling({ progress: true })
    callee.say([ERROR, INVOCATION, 1, {}, 'com.error.enough'])
    caller.say([CALL, 1, {}, 'com.do'])
    caller.say([CALL, 1, { progress: true }, 'com.do'])
    expect(callee.received()).toHaveLength(1)
    callee.say([ERROR, INVOCATION, 2, {}, 'com.error.enough'])
    realm.clock.advance(60_000)
    caller.say([CALL, 1, {}, 'com.do'])
    expect(callee.received()).toHaveLength(1)
  })

  it('does not go on where the caller has sent the last part', () => {
    const { caller } = calling()
    const answers = caller.say([CALL, 1, {}, 'com.do'])
    expect(answers[0]?.slice(2)).toEqual(['wamp.error.protocol_violation'])
    expect(caller.isClosed).toBe(true)
  })
})

describe('messages that are too large', () => {
  it('for the callee answer the call with payload_size_exceeded', () => {
    const realm = new TestRealm()
    const callee = realm.join({}, { maxMessageSize: 1000 })
    const caller = realm.join()
    callee.register('com.do')
    callee.session.offer = () => 'tooLarge'
    expect(caller.call('com.do').map(message => message[4])).toEqual(['wamp.error.payload_size_exceeded'])
  })
})

describe('a payload that cannot be encoded', () => {
  it('ends the session that has sent it, and no other', () => {
    const realm = new TestRealm()
    const [callee, caller] = [realm.join(), realm.join()]
    callee.register('com.do')
    const { offer } = callee.session
    callee.session.offer = () => {
      throw new TypeError('not a value of WAMP')
    }
    expect(() => caller.session.onMessage([CALL, 1, { timeout: 1000 }, 'com.do', payload()])).toThrow('not a value of WAMP')
    callee.session.offer = offer
    caller.transport.abort('gone')
    realm.clock.flush()
    expect([...realm.realm.sessions.keys()]).toEqual([callee.id])
    expect(realm.clock.pending).toBe(0)
    expect(callee.received()).toEqual([])
  })
})

const canceled: Message = [ERROR, CALL, 1, {}, 'wamp.error.canceled', undefined]

/** Makes a call that its callee has got. */
function calling(options: Dict = {}, limits: TestRealmOptions = {}, roles?: AnnouncedRoles) {
  const realm = new TestRealm(limits)
  const callee = realm.join(roles === undefined ? {} : { roles })
  const caller = realm.join()
  const registration = callee.register('com.do')
  expect(caller.call('com.do', [], options)).toEqual([])
  const invocation = callee.received()[0]!
  return { realm, callee, caller, registration, invocation }
}

function expectNothing(client: TestClient, received: readonly Message[]): void {
  expect(received).toEqual([])
  expect(client.received()).toEqual([])
}
