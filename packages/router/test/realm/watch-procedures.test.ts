import { type Message, MessageType, type Payload } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { applicationAccess } from '../../src/realm/access.ts'
import { type TestClient, TestRealm } from '../fixtures/test-realm.ts'

const { CALL, CANCEL, ERROR, EVENT, GOODBYE, INVOCATION, PUBLISH, RESULT, YIELD } = MessageType

describe('wamp.session.get_traffic', () => {
  it('has the counters of the realm', () => {
    const realm = new TestRealm({ outboxMessages: 1 })
    const [one, slow] = [realm.join(), realm.join({}, { highWaterMark: 0 })]
    slow.subscribe('com.tick')
    slow.transport.stall()
    for (let n = 0; n < 4; n++) one.publish('com.tick')
    expect(one.ask('wamp.session.get_traffic')).toEqual({
      sessions: 2,
      subscriptions: 1,
      registrations: 0,
      received: { SUBSCRIBE: 1, PUBLISH: 4, CALL: 1 },
      sent: { WELCOME: 2, SUBSCRIBED: 1, EVENT: 2 },
      dropped: {
        event_outbox_full: 2,
        event_too_large: 0,
        event_too_many_matches: 0,
        call_outbox_full: 0,
        call_too_large: 0,
        session_outbox_full: 0,
      },
      held_publishers: 0,
      outbox: { octets: 256, messages: 1, highest_octets: 256 },
    })
  })
})

describe('wamp.session.trace', () => {
  it('shows what a session sends and gets, from then on', () => {
    const { watcher, one, two } = watched()
    two.register('com.add')
    one.publish('com.before')
    watcher.received()
    const request = begin(watcher, one)
    one.call('com.add', [2, 3])
    const [invocation] = two.received()
    two.say([YIELD, invocation?.[1] as number, {}, { args: [5], kwargs: {} }])
    one.subscribe('com.tick')
    two.publish('com.tick')
    expect(shown(watcher, request)).toEqual([
      'received CALL 2 {} com.add',
      'sent RESULT 2 {}',
      'received SUBSCRIBE 3 {} com.tick',
      expect.stringMatching(/^sent SUBSCRIBED 3 \d+$/),
      expect.stringMatching(/^sent EVENT \d+ \d+ \{\}$/),
    ])
  })

  it('shows the invocations of a callee, and events as they were encoded for many', () => {
    const { watcher, one, two } = watched()
    one.register('com.add')
    for (const client of [one, two]) client.subscribe('com.tick')
    const request = begin(watcher, one)
    two.call('com.add', ['secret of two'])
    two.publish('com.tick')
    const lines = shown(watcher, request)
    expect(lines.map(line => line.split(' ').slice(0, 2).join(' '))).toEqual(['sent INVOCATION', 'sent EVENT'])
    expect(lines.join()).not.toContain('secret of two')
    expect([INVOCATION, EVENT]).toEqual(one.received().map(([type]) => type))
  })

  it('shows payloads where they are asked for', () => {
    const { watcher, one } = watched()
    begin(watcher, one, { payload: 100 })
    one.publish('com.tick', [1, 'two'])
    expect(entries(watcher)).toMatchObject([{ type: 'PUBLISH', payload: { args: [1, 'two'], kwargs: {} } }])
  })

  it('stops by CANCEL, and costs the session nothing afterwards', () => {
    const { watcher, one, realm } = watched()
    const request = begin(watcher, one)
    expect(watcher.say([CANCEL, request, {}])).toEqual([[ERROR, CALL, request, {}, 'wamp.error.canceled', undefined]])
    one.publish('com.tick')
    expect([watcher.received(), realm.realm.traces.size]).toEqual([[], 0])
  })

  it('stops when the session ends, with its GOODBYE as the last message', () => {
    const { watcher, one, realm } = watched()
    const request = begin(watcher, one)
    one.session.dismiss('com.enough')
    const results = watcher.received()
    expect(results.map(message => (message[3] as Payload).args[0])).toMatchObject([
      { direction: 'sent', message: [GOODBYE, {}, 'com.enough'] },
      { messages: 1, dropped: 0 },
    ])
    expect(results.at(-1)?.slice(0, 3)).toEqual([RESULT, request, {}])
    expect(realm.realm.traces.size).toBe(0)
  })

  it('stops when the watcher leaves, or its transport is lost', () => {
    const { watcher, one, realm } = watched()
    begin(watcher, one)
    const other = realm.join()
    begin(other, one)
    expect(realm.realm.traces.size).toBe(2)
    watcher.say([GOODBYE, {}, 'wamp.close.close_realm'])
    other.transport.abort('gone')
    realm.clock.flush()
    expect(realm.realm.traces.size).toBe(0)
    one.publish('com.tick')
  })

  it('may be of two sessions that trace each other, and of one by several', () => {
    const { watcher, one, two } = watched()
    begin(one, two)
    begin(two, one)
    const request = begin(watcher, one)
    one.received()
    two.received()
    one.publish('com.tick')
    expect(entries(two)).toMatchObject([{ type: 'PUBLISH' }])
    expect(entries(one)).toEqual([])
    expect(shown(watcher, request)).toHaveLength(1)
  })

  it('is refused without progressive results, of the own session, of one that is not there, and with wrong arguments', () => {
    const { watcher, one } = watched()
    const error = (args: readonly unknown[], kwargs = {}, options: object = { receive_progress: true }) =>
      watcher.call('wamp.session.trace', args, options as never, kwargs).map(message => message[4])
    expect(error([one.id], {}, {})).toEqual(['wamp.error.invalid_argument'])
    expect(error([watcher.id])).toEqual(['wamp.error.no_such_session'])
    expect(error([1])).toEqual(['wamp.error.no_such_session'])
    expect(error(['x'])).toEqual(['wamp.error.invalid_argument'])
    expect(error([one.id], { payload: -1 })).toEqual(['wamp.error.invalid_argument'])
    expect(error([one.id], { rate: 0 })).toEqual(['wamp.error.invalid_argument'])
    for (let n = 0; n < 16; n++) begin(watcher, one)
    expect(error([one.id])).toEqual(['wamp.error.unavailable'])
  })

  it('needs a permission, as kill does', () => {
    const realm = new TestRealm({ access: applicationAccess })
    const [one, two] = [realm.join(), realm.join()]
    for (const procedure of ['wamp.session.trace', 'wamp.session.get_traffic', 'wamp.session.kill'])
      expect(one.ask(procedure, [two.id])).toBe('wamp.error.not_authorized')
  })

  it('slows no other session, however much the session sends', () => {
    const { watcher, one, realm } = watched({ outboxMessages: 10 })
    const slow = realm.join({}, { highWaterMark: 0 })
    begin(slow, one)
    slow.transport.stall()
    const request = begin(watcher, one, { rate: 10_000 })
    for (let n = 1; n <= 500; n++) {
      one.transport.send([PUBLISH, one.next(), {}, 'com.tick'])
      if (n % 100 === 0) realm.clock.flush()
    }
    expect(shown(watcher, request)).toHaveLength(500)
    expect(slow.session.outbox.messages).toBeLessThanOrEqual(10)
    expect(slow.session.isOpen).toBe(true)
  })
})

function watched(options: ConstructorParameters<typeof TestRealm>[0] = {}) {
  const realm = new TestRealm(options)
  return { realm, watcher: realm.join(), one: realm.join(), two: realm.join() }
}

/** Begins a trace, and returns its request. */
function begin(watcher: TestClient, traced: TestClient, kwargs: Readonly<Record<string, unknown>> = {}): number {
  const answers = watcher.call('wamp.session.trace', [traced.id], { receive_progress: true }, kwargs)
  expect(answers.filter(([type]) => type === ERROR)).toEqual([])
  return watcher.next() - 1
}

function entries(watcher: TestClient): unknown[] {
  return entriesOf(watcher.received())
}

function entriesOf(
  messages: readonly Message[],
): { readonly direction: string; readonly type: string; readonly message: readonly unknown[] }[] {
  return messages.filter(([type]) => type === RESULT).map(message => (message[3] as Payload).args[0] as never)
}

function shown(watcher: TestClient, request: number): string[] {
  const mine = watcher.received().filter(message => message[0] === RESULT && message[1] === request)
  return entriesOf(mine).map(({ direction, type, message }) =>
    [direction, type, ...message.slice(1).map(each => (typeof each === 'string' ? each : JSON.stringify(each)))].join(' '),
  )
}
