import { describe, expect, it } from 'vitest'
import { ticket } from '../../src/auth/ticket.ts'
import { lateParts } from '../../src/client/late-parts.ts'
import type { Message } from '../../src/messages/message.ts'
import { type MessageName, MessageType } from '../../src/messages/message-type.ts'
import type { ScriptedRouter } from '../../src/testing/scripted-router.ts'
import { beginning, joined, type Scene } from '../fixtures/router-script.ts'

type State = 'joining' | 'answering' | 'challenged' | 'verifying' | 'joined' | 'leaving' | 'closed'
type Outcome = 'goes on' | 'opens' | 'ends' | 'aborts' | 'is ignored'

/** The effect of each message in each state, WAMP §5.3 and §6: `aborts` is ABORT with `wamp.error.protocol_violation`. */
const table: { readonly [name in MessageName]: { readonly [state in Exclude<State, 'leaving' | 'closed'>]: Outcome } } = {
  HELLO: everywhere('aborts'),
  WELCOME: { ...everywhere('aborts'), joining: 'opens', challenged: 'opens' },
  ABORT: everywhere('ends'),
  CHALLENGE: { ...everywhere('aborts'), joining: 'goes on', challenged: 'goes on' },
  AUTHENTICATE: everywhere('aborts'),
  GOODBYE: { ...everywhere('aborts'), joined: 'ends' },
  ERROR: everywhere('aborts'),
  PUBLISH: everywhere('aborts'),
  PUBLISHED: everywhere('aborts'),
  SUBSCRIBE: everywhere('aborts'),
  SUBSCRIBED: everywhere('aborts'),
  UNSUBSCRIBE: everywhere('aborts'),
  UNSUBSCRIBED: everywhere('aborts'),
  EVENT: { ...everywhere('aborts'), joined: 'is ignored' },
  CALL: everywhere('aborts'),
  CANCEL: everywhere('aborts'),
  RESULT: everywhere('aborts'),
  REGISTER: everywhere('aborts'),
  REGISTERED: everywhere('aborts'),
  UNREGISTER: everywhere('aborts'),
  UNREGISTERED: everywhere('aborts'),
  INVOCATION: { ...everywhere('aborts'), joined: 'goes on' },
  INTERRUPT: { ...everywhere('aborts'), joined: 'is ignored' },
  YIELD: everywhere('aborts'),
}

const messages: { readonly [name in MessageName]: Message } = {
  HELLO: [MessageType.HELLO, 'realm1', { roles: { caller: {} } }],
  WELCOME: [MessageType.WELCOME, 9, { roles: { dealer: {} } }],
  ABORT: [MessageType.ABORT, {}, 'wamp.error.not_authorized'],
  CHALLENGE: [MessageType.CHALLENGE, 'twice', {}],
  AUTHENTICATE: [MessageType.AUTHENTICATE, 'secret', {}],
  GOODBYE: [MessageType.GOODBYE, {}, 'wamp.close.system_shutdown'],
  ERROR: [MessageType.ERROR, MessageType.CALL, 77, {}, 'wamp.error.canceled'],
  PUBLISH: [MessageType.PUBLISH, 1, {}, 'com.example'],
  PUBLISHED: [MessageType.PUBLISHED, 77, 78],
  SUBSCRIBE: [MessageType.SUBSCRIBE, 1, {}, 'com.example'],
  SUBSCRIBED: [MessageType.SUBSCRIBED, 77, 78],
  UNSUBSCRIBE: [MessageType.UNSUBSCRIBE, 1, 2],
  UNSUBSCRIBED: [MessageType.UNSUBSCRIBED, 77],
  EVENT: [MessageType.EVENT, 77, 78, {}],
  CALL: [MessageType.CALL, 1, {}, 'com.example'],
  CANCEL: [MessageType.CANCEL, 1, {}],
  RESULT: [MessageType.RESULT, 77, {}],
  REGISTER: [MessageType.REGISTER, 1, {}, 'com.example'],
  REGISTERED: [MessageType.REGISTERED, 77, 78],
  UNREGISTER: [MessageType.UNREGISTER, 1, 2],
  UNREGISTERED: [MessageType.UNREGISTERED, 77],
  INVOCATION: [MessageType.INVOCATION, 77, 78, {}],
  INTERRUPT: [MessageType.INTERRUPT, 77, {}],
  YIELD: [MessageType.YIELD, 1, {}],
}

const names = Object.keys(messages) as MessageName[]

describe('every message at every state', () => {
  for (const state of ['joining', 'answering', 'challenged', 'verifying', 'joined'] as const) {
    it.each(names)(`${state}: %s`, async name => {
      const { router, clock, opening, errors } = await at(state)
      router.takeSent()
      router.says(messages[name])
      await clock.settle()
      expect(outcomeOf(router, state, await stateAfter(opening))).toBe(table[name][state])
      expect(errors).toEqual([])
    })
  }

  it.each(names)('leaving: %s', async name => {
    const { session, router, clock } = await joined()
    const left = session.leave()
    router.takeSent()
    router.says(messages[name])
    expect(router.sent).toEqual([])
    expect(router.isClosed).toBe(name === 'GOODBYE' || name === 'ABORT')
    await clock.settle(5000)
    expect(router.isClosed).toBe(true)
    await left
  })

  it.each(names)('closed: %s', async name => {
    const { session, router, errors } = await joined()
    router.says([MessageType.GOODBYE, {}, 'wamp.close.killed'])
    await session.closed
    router.takeSent()
    router.isClosed = false
    router.says(messages[name])
    expect(router.sent).toEqual([])
    expect(errors).toEqual([])
  })

  it.each(['joining', 'answering', 'challenged', 'verifying', 'joined'] as const)('%s: octets that are not a message', async state => {
    const { router, clock, opening } = await at(state)
    router.takeSent()
    router.violates('EVENT.Subscription must be an id')
    await clock.settle()
    expect(outcomeOf(router, state, await stateAfter(opening))).toBe('aborts')
    expect(router.sent[0]?.[1]).toEqual({ message: 'EVENT.Subscription must be an id' })
  })

  it.each(['joining', 'answering', 'challenged', 'verifying', 'joined'] as const)(
    '%s: the loss of the transport settles everything',
    async state => {
      const { router, clock, opening } = await at(state)
      router.loses('the cable was cut')
      await clock.settle()
      expect(await stateAfter(opening)).toBe('closed')
      if (state !== 'joined') await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed', mayHaveRun: false, message: /cable/ })
    },
  )
})

describe('opening a session', () => {
  it('says which realm, which roles and which features', async () => {
    const { router, clock } = beginning({ realm: 'com.example.realm', agent: 'one' })
    await clock.settle()
    const [type, realm, details] = router.sent[0] as readonly [
      number,
      string,
      { roles: Record<string, { features: object }>; agent: string },
    ]
    expect([type, realm, details.agent]).toEqual([1, 'com.example.realm', 'one'])
    expect(Object.keys(details.roles).sort()).toEqual(['callee', 'caller', 'publisher', 'subscriber'])
    expect(details).not.toHaveProperty('authmethods')
  })

  it('rejects with the reason of ABORT, its details and its payload', async () => {
    const { router, clock, opening } = beginning()
    await clock.settle()
    router.says([MessageType.ABORT, { message: 'no such realm here' }, 'wamp.error.no_such_realm', { args: [1], kwargs: { a: 2 } }])
    await expect(opening).rejects.toMatchObject({
      name: 'JoinRefused',
      uri: 'wamp.error.no_such_realm',
      args: [1],
      kwargs: { a: 2 },
      message: 'the router refused the session: no such realm here (wamp.error.no_such_realm)',
    })
    expect(router.isClosed).toBe(true)
  })

  it('gives up where the router says nothing', async () => {
    const { router, clock, opening } = beginning({ joinTimeout: 3000 })
    await clock.settle(2999)
    expect(router.isClosed).toBe(false)
    await clock.settle(1)
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed', mayHaveRun: false, message: /within 3000 ms/ })
    expect(router.isClosed).toBe(true)
  })

  it('has the id and the details of WELCOME', async () => {
    const { session } = await joined({ welcome: { roles: { dealer: {} }, authid: 'joe', authrole: 'user' } })
    expect(session.id).toBe(7)
    expect(session.details).toMatchObject({ authid: 'joe', authrole: 'user' })
    expect(session.router.isRole('broker')).toBe(false)
  })
})

describe('the end of a session', () => {
  it('answers GOODBYE with GOODBYE, and closes', async () => {
    const { session, router } = await joined()
    router.says([MessageType.GOODBYE, { message: 'restart' }, 'wamp.close.system_shutdown'])
    expect(router.sent).toEqual([[MessageType.GOODBYE, {}, 'wamp.close.goodbye_and_out']])
    expect(await session.closed).toEqual({
      reason: 'wamp.close.system_shutdown',
      message: 'the router has closed the session: restart (wamp.close.system_shutdown)',
      wasClean: true,
    })
  })

  it('waits for the answer to its own GOODBYE', async () => {
    const { session, router, clock } = await joined()
    const left = session.leave('wamp.close.close_realm', 'enough')
    expect(router.sent).toEqual([[MessageType.GOODBYE, { message: 'enough' }, 'wamp.close.close_realm']])
    expect(router.isClosed).toBe(false)
    router.says([MessageType.GOODBYE, {}, 'wamp.close.goodbye_and_out'])
    expect(await left).toEqual({ reason: 'wamp.close.close_realm', message: 'enough', wasClean: true })
    expect(clock.pending).toBe(0)
  })

  it('does not wait for it for ever', async () => {
    const { session, router, clock } = await joined({ leaveTimeout: 5000 })
    const left = session.leave()
    await clock.settle(5000)
    expect(router.isClosed).toBe(true)
    expect(await left).toMatchObject({ wasClean: false })
  })

  it('gives up while the session is being opened', async () => {
    const { router, clock, opening } = await at('answering')
    await clock.settle()
    expect(router.isClosed).toBe(false)
    router.loses()
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })

  it('settles all that waits, and says what may have been done', async () => {
    const { session, router, clock } = await joined()
    const waiting = [
      session.call('com.example.add', undefined),
      session.register('com.example.mine', {}, () => 1),
      session.subscribe('com.example.topic', {}, () => {}),
      session.publishAcknowledged('com.example.topic', undefined, {}),
    ]
    router.loses('the cable was cut')
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.map(outcome => outcome.status === 'rejected' && outcome.reason)).toEqual(
      ['the call of com.example.add', 'REGISTER com.example.mine', 'SUBSCRIBE com.example.topic', 'PUBLISH com.example.topic'].map(what =>
        expect.objectContaining({
          name: 'ConnectionClosed',
          mayHaveRun: true,
          message: `${what} was in progress when the session ended: the cable was cut`,
        }),
      ),
    )
    expect(session.inProgress).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('refuses requests afterwards, and says that nothing was sent', async () => {
    const { session, router } = await joined()
    router.loses('the cable was cut')
    router.takeSent()
    await expect(session.call('com.example.add', undefined)).rejects.toMatchObject({
      mayHaveRun: false,
      message: /was not sent: the cable was cut/,
    })
    await expect(session.register('com.example.add', {}, () => 1)).rejects.toMatchObject({ mayHaveRun: false })
    await expect(session.subscribe('com.example.add', {}, () => {})).rejects.toMatchObject({ mayHaveRun: false })
    await expect(session.publishAcknowledged('com.example.add', undefined, {})).rejects.toMatchObject({ mayHaveRun: false })
    expect(session.publish('com.example.add', undefined, {})).toBe(false)
    expect(router.sent).toEqual([])
  })
})

describe('request ids', () => {
  it('count from 1, without a gap, over all kinds of requests', async () => {
    const { session, router } = await joined()
    session.publish('a', undefined, {})
    session.call('b', undefined).catch(() => undefined)
    session.subscribe('c', {}, () => {}).catch(() => undefined)
    session.register('d', {}, () => 1).catch(() => undefined)
    expect(router.sent.map(message => message[1])).toEqual([1, 2, 3, 4])
  })

  it('are not used up by a message that could not be sent', async () => {
    const { session, router } = await joined()
    router.maxSendSize = 100
    const large = { args: ['x'.repeat(100)], kwargs: {} }
    await expect(session.call('a', large)).rejects.toMatchObject({ name: 'MessageTooLarge' })
    expect(() => session.publish('a', large, {})).toThrow('larger than the 100')
    await expect(session.publishAcknowledged('a', large, {})).rejects.toMatchObject({ name: 'MessageTooLarge' })
    session.publish('a', undefined, {})
    expect(router.sent.map(message => message[1])).toEqual([1])
    expect(session.inProgress).toBe(0)
  })
})

describe('publications', () => {
  it('are sent without waiting, or resolve with their id', async () => {
    const { session, router } = await joined()
    expect(session.publish('com.example.topic', { args: [1], kwargs: {} }, { exclude_me: false })).toBe(true)
    const acknowledged = session.publishAcknowledged('com.example.topic', undefined, { retain: true })
    expect(router.sent).toEqual([
      [MessageType.PUBLISH, 1, { exclude_me: false }, 'com.example.topic', { args: [1], kwargs: {} }],
      [MessageType.PUBLISH, 2, { retain: true, acknowledge: true }, 'com.example.topic', undefined],
    ])
    router.says([MessageType.PUBLISHED, 2, 4711])
    expect(await acknowledged).toBe(4711)
  })

  it('may wait until the transport takes more', async () => {
    const { session, router } = await joined()
    expect(session.untilWritable()).toBeUndefined()
    router.isWritable = false
    const writable = session.untilWritable()
    expect(session.untilWritable()).toBe(writable)
    router.takesAgain()
    await writable
    router.isWritable = false
    const ended = session.untilWritable()
    router.loses()
    await ended
  })
})

function everywhere(outcome: Outcome): { readonly [state in Exclude<State, 'leaving' | 'closed'>]: Outcome } {
  return { joining: outcome, answering: outcome, challenged: outcome, verifying: outcome, joined: outcome }
}

/** Brings a session into a state, by a method that answers and verifies when the test lets it. */
async function at(state: State): Promise<Omit<Scene, 'session'> & { readonly opening: Promise<{ readonly state: string }> }> {
  const never = new Promise<never>(() => {})
  const attempt = {
    hello: {},
    answer: () => (state === 'answering' ? never : { signature: '' }),
    ...(state === 'verifying' && { verifyWelcome: () => never }),
  }
  const scene = beginning({ auth: [{ name: 'twice', begin: () => attempt }] })
  await scene.clock.settle()
  if (state === 'joining') return scene
  if (state === 'joined') scene.router.says([MessageType.WELCOME, 7, { roles: { dealer: {}, broker: {} } }])
  else scene.router.says([MessageType.CHALLENGE, 'twice', {}])
  await scene.clock.settle()
  if (state === 'verifying') scene.router.says([MessageType.WELCOME, 7, { roles: {} }])
  return scene
}

async function stateAfter(opening: Promise<{ readonly state: string }>): Promise<string> {
  const waits = Symbol('waits')
  const outcome = await Promise.race([opening, Promise.resolve().then(() => waits)]).catch(() => undefined)
  if (outcome === waits) return 'opening'
  return (outcome as { readonly state: string } | undefined)?.state ?? 'closed'
}

function outcomeOf(router: ScriptedRouter, before: State, after: string): Outcome {
  const [first] = router.sent
  if (first?.[0] === MessageType.ABORT && first[2] === 'wamp.error.protocol_violation' && router.isClosed) return 'aborts'
  if (router.isClosed) return 'ends'
  if (first !== undefined) return 'goes on'
  return after === before ? 'is ignored' : 'opens'
}

describe('a session whose callee comes with the first registration', () => {
  it('refuses calls and ignores INTERRUPT before that, and answers them then', async () => {
    const late: { loaded: typeof lateParts | undefined } = { loaded: undefined }
    const { router, session } = await joined({ late })
    router.says([MessageType.INVOCATION, 5, 6, {}], [MessageType.INTERRUPT, 5, {}])
    const payload = { args: ['there is no registration 6'], kwargs: {} }
    expect(router.takeSent()).toEqual([[MessageType.ERROR, MessageType.INVOCATION, 5, {}, 'wamp.error.unavailable', payload]])
    expect([session.isOpen, session.inProgress]).toEqual([true, 0])
    late.loaded = lateParts
    const registering = session.register('com.example.a', {}, () => 'a')
    expect(router.takeSent()).toEqual([[MessageType.REGISTER, 1, {}, 'com.example.a']])
    router.says([MessageType.REGISTERED, 1, 11])
    await registering
    router.says([MessageType.INVOCATION, 1, 11, {}])
    expect(router.takeSent()).toMatchObject([[MessageType.YIELD, 1, {}, { args: ['a'] }]])
  })
})

describe('giving the opening up by a signal', () => {
  it('ends it at once, also where the router says nothing', async () => {
    const control = new AbortController()
    const { router, opening } = beginning({ joinTimeout: 0 }, control.signal)
    expect(router.takeSent()).toHaveLength(1)
    control.abort()
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed' })
    expect(router.sent).toMatchObject([[MessageType.ABORT, {}, 'wamp.close.close_realm']])
    expect(router.isClosed).toBe(true)
  })

  it('says nothing where it is aborted before', async () => {
    const { router, opening } = beginning({}, AbortSignal.abort())
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed' })
    expect(router.sent).toEqual([])
    expect(router.isClosed).toBe(true)
  })

  it('does not concern a session that is open', async () => {
    const control = new AbortController()
    const { router, opening } = beginning({}, control.signal)
    router.says([MessageType.WELCOME, 7, { roles: { broker: {} } }])
    const session = await opening
    control.abort()
    expect(session.isOpen).toBe(true)
  })
})

describe('a last message that is too long for the router', () => {
  it('GOODBYE goes without the words of the application', async () => {
    const { session, router } = await joined()
    router.maxSendSize = 100
    void session.leave('com.example.reason', 'x'.repeat(1000))
    expect(router.sent).toEqual([[MessageType.GOODBYE, {}, 'wamp.close.close_realm']])
    expect(session.state).toBe('leaving')
  })

  it('ABORT goes without the words of the fault', async () => {
    const { session, router } = await joined()
    router.maxSendSize = 60
    router.violates('x'.repeat(1000))
    expect(router.sent).toEqual([[MessageType.ABORT, {}, 'wamp.error.protocol_violation']])
    expect(session.state).toBe('closed')
  })

  it('ends the session, also where nothing can be sent', async () => {
    const { session, router } = await joined()
    router.maxSendSize = 1
    router.violates('a fault')
    expect(router.sent).toEqual([])
    expect(session.state).toBe('closed')
    expect(router.isClosed).toBe(true)
  })

  it('of a challenge with a long name does not reach the event loop', async () => {
    const { router, opening, clock } = beginning({ auth: [ticket('joe', 'secret')] })
    await clock.settle()
    router.maxSendSize = 60
    router.says([MessageType.CHALLENGE, 'x'.repeat(100_000), {}])
    await expect(opening).rejects.toThrow(/^CHALLENGE for the method "x{100}", which was not offered$/)
    expect(router.sent.at(-1)).toEqual([MessageType.ABORT, {}, 'wamp.error.protocol_violation'])
  })
})
