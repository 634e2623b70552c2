import {
  craSignature,
  type Goodbye,
  type HelloDetails,
  type Message,
  type MessageTransport,
  MessageType,
  memoryTransports,
  ProtocolViolation,
  type TransportDetails,
} from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/auth/auth-options.ts'
import { Guesses } from '../../src/auth/guesses.ts'
import type { Method, Principal } from '../../src/auth/method.ts'
import { methodsOf } from '../../src/auth/methods.ts'
import { Joining, type JoinWorld } from '../../src/join/joining.ts'
import type { Newcomer, RealmDoor, ResumeClaim } from '../../src/join/realm-door.ts'
import { authWorld } from '../fixtures/join-requests.ts'

const roles = { publisher: {}, subscriber: {}, caller: {}, callee: {} }
const goodbye: Goodbye = [MessageType.GOODBYE, {}, 'wamp.close.close_realm']

/** A realm that greets newcomers and notes what else they send. */
class Door implements RealmDoor {
  readonly methods: ReadonlyMap<string, Method>
  readonly newcomers: Newcomer[] = []
  readonly received: Message[] = []
  readonly claims: ResumeClaim[] = []
  /** The number of messages that its one session, with the id 5 and the token `right`, has sent. */
  sent = 3
  isFull = false

  constructor(auth: AuthOptions) {
    this.methods = methodsOf(auth, authWorld())
  }

  refusal() {
    return this.isFull ? { reason: 'wamp.error.unavailable', message: 'the realm is full' } : undefined
  }

  resumable(claim: ResumeClaim) {
    this.claims.push(claim)
    if (claim.session !== 5 || claim.token !== 'right') return undefined
    const principal = { authid: 'joe', authrole: 'user' }
    return { principal, resume: (transport: MessageTransport, received: number) => this.#resume(transport, received) }
  }

  #resume(transport: MessageTransport, received: number) {
    if (received > this.sent) return undefined
    transport.send([MessageType.WELCOME, 5, { roles: { broker: {} }, resumed: true }])
    return this.#listener()
  }

  admit(newcomer: Newcomer) {
    this.newcomers.push(newcomer)
    const { session, principal, authmethod, transport } = newcomer
    transport.send([MessageType.WELCOME, session, { roles: { broker: {} }, authid: principal.authid, authmethod }])
    return this.#listener()
  }

  #listener() {
    return {
      onMessage: (message: Message) => void this.received.push(message),
      onViolation: () => {},
      onWritable: () => {},
      onClosed: () => {},
    }
  }
}

function arrival(auth: AuthOptions, world: Partial<JoinWorld> = {}, details: Partial<TransportDetails> = {}, local?: Principal) {
  const clock = new FakeClock()
  const [client, router] = memoryTransports(clock, { details: [{}, { peer: '10.0.0.1:1234', ...details }] })
  const door = new Door(auth)
  const errors: Error[] = []
  let sessions = 100
  const joining = new Joining(
    router,
    {
      clock,
      guesses: new Guesses(clock),
      joinTimeout: 10_000,
      door: realm => (realm === 'realm1' ? door : undefined),
      newSessionId: () => ++sessions,
      beforeJoin: () => undefined,
      onError: error => errors.push(error),
      ...world,
    },
    local,
  )
  router.open(joining)
  const received: Message[] = []
  let isClosed = false
  client.open({
    onMessage: message => void received.push(message),
    onViolation: () => {},
    onWritable: () => {},
    onClosed: () => {
      isClosed = true
    },
  })
  return {
    door,
    errors,
    clock,
    joining,
    received,
    client,
    get isClosed() {
      return isClosed
    },
    async send(message: Message) {
      client.send(message)
      await clock.settle()
      return received.at(-1)
    },
    hello(details: Partial<HelloDetails> = {}, realm = 'realm1') {
      return this.send([MessageType.HELLO, realm, { roles, ...details }])
    },
  }
}

const anonymous: AuthOptions = { anonymous: { role: 'guest' } }
const ticket: AuthOptions = { ticket: { users: { joe: { ticket: 'secret', role: 'user' } } } }

describe('a client', () => {
  it('joins without a name where the realm takes that', async () => {
    const arrived = arrival(anonymous)
    expect(await arrived.hello()).toEqual([MessageType.WELCOME, 101, expect.objectContaining({ authmethod: 'anonymous' })])
    expect(arrived.door.newcomers[0]?.principal.authrole).toBe('guest')
    await arrived.send(goodbye)
    expect(arrived.door.received).toEqual([goodbye])
  })

  it('joins by the right answer to a challenge', async () => {
    const arrived = arrival(ticket)
    expect(await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })).toEqual([MessageType.CHALLENGE, 'ticket', {}])
    expect(await arrived.send([MessageType.AUTHENTICATE, 'secret', {}])).toMatchObject([MessageType.WELCOME, 101, { authid: 'joe' }])
  })

  it('is turned away with a wrong answer, and its transport is closed', async () => {
    const arrived = arrival(ticket)
    await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
    expect(await arrived.send([MessageType.AUTHENTICATE, 'guess', {}])).toMatchObject([
      MessageType.ABORT,
      {},
      'wamp.error.authentication_failed',
    ])
    expect(arrived.isClosed).toBe(true)
    expect(arrived.door.newcomers).toEqual([])
  })

  it('hears the same of a name that does not exist as of a wrong answer', async () => {
    const answers = []
    for (const authid of ['joe', 'jim']) {
      const arrived = arrival(ticket)
      await arrived.hello({ authid, authmethods: ['ticket'] })
      await arrived.send([MessageType.AUTHENTICATE, 'guess', {}])
      answers.push(arrived.received)
    }
    expect(answers[0]).toEqual(answers[1])
  })

  it('is asked by the first of its methods that the realm has and that applies', async () => {
    const both = { ...ticket, ...anonymous, tls: { users: {} } }
    const arrived = arrival(both)
    expect((await arrived.hello({ authid: 'joe', authmethods: ['cryptosign', 'tls', 'ticket', 'anonymous'] }))?.[0]).toBe(
      MessageType.CHALLENGE,
    )
    await arrived.send([MessageType.AUTHENTICATE, 'guess', {}])
    expect(arrived.received.map(message => message[0])).toEqual([MessageType.CHALLENGE, MessageType.ABORT])
  })

  it('is told which methods there are, where it offers none of them', async () => {
    const arrived = arrival(ticket)
    expect(await arrived.hello()).toEqual([
      MessageType.ABORT,
      { message: 'the methods of the realm are: ticket' },
      'wamp.error.no_matching_auth_method',
    ])
    expect(arrived.isClosed).toBe(true)
  })

  it('is told that there is no such realm', async () => {
    expect(await arrival(anonymous).hello({}, 'other')).toMatchObject([MessageType.ABORT, {}, 'wamp.error.no_such_realm'])
  })

  it('cannot have a role that is not its own', async () => {
    expect(await arrival(anonymous).hello({ authrole: 'admin' })).toMatchObject([MessageType.ABORT, {}, 'wamp.error.no_such_role'])
    expect(await arrival(anonymous).hello({ authrole: 'guest' })).toMatchObject([MessageType.WELCOME, 101, {}])
  })

  it('is turned away by a realm that is full', async () => {
    const arrived = arrival(anonymous)
    arrived.door.isFull = true
    expect(await arrived.hello()).toEqual([MessageType.ABORT, { message: 'the realm is full' }, 'wamp.error.unavailable'])
  })
})

describe('every message that may not come', () => {
  const messages: Message[] = [
    [MessageType.WELCOME, 1, { roles: {} }],
    [MessageType.CHALLENGE, 'ticket', {}],
    [MessageType.AUTHENTICATE, 'secret', {}],
    goodbye,
    [MessageType.ERROR, MessageType.CALL, 1, {}, 'com.error'],
    [MessageType.PUBLISH, 1, {}, 'com.topic'],
    [MessageType.SUBSCRIBE, 1, {}, 'com.topic'],
    [MessageType.UNSUBSCRIBE, 1, 1],
    [MessageType.CALL, 1, {}, 'com.procedure'],
    [MessageType.CANCEL, 1, {}],
    [MessageType.REGISTER, 1, {}, 'com.procedure'],
    [MessageType.UNREGISTER, 1, 1],
    [MessageType.YIELD, 1, {}],
    [MessageType.EVENT, 1, 1, {}],
    [MessageType.RESULT, 1, {}],
  ]

  for (const message of messages) {
    it(`before HELLO ends the try: ${Object.entries(MessageType).find(([, code]) => code === message[0])?.[0]}`, async () => {
      const arrived = arrival({ ...anonymous, ...ticket })
      expect(await arrived.send(message)).toMatchObject([MessageType.ABORT, {}, 'wamp.error.protocol_violation'])
      expect(arrived.isClosed).toBe(true)
      expect(arrived.errors).toEqual([])
    })
  }

  for (const message of [
    [MessageType.HELLO, 'realm1', { roles }] as const,
    ...messages.filter(([code]) => code !== MessageType.AUTHENTICATE),
  ]) {
    it(`after CHALLENGE ends the try: ${Object.entries(MessageType).find(([, code]) => code === message[0])?.[0]}`, async () => {
      const arrived = arrival(ticket)
      await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
      expect(await arrived.send(message)).toMatchObject([MessageType.ABORT, {}, 'wamp.error.protocol_violation'])
      expect(arrived.isClosed).toBe(true)
    })
  }

  it('ends the try while the router decides: a second HELLO', async () => {
    let decide: (() => void) | undefined
    const find = () => new Promise<undefined>(resolve => (decide = () => resolve(undefined)))
    const arrived = arrival({ wampcra: { find } })
    await arrived.hello({ authid: 'joe', authmethods: ['wampcra'] })
    expect(await arrived.hello({ authid: 'joe', authmethods: ['wampcra'] })).toMatchObject([
      MessageType.ABORT,
      {},
      'wamp.error.protocol_violation',
    ])
    decide?.()
    await arrived.clock.settle()
    expect(arrived.received.length).toBe(1)
  })

  it('is named with what it violates, where octets are not a message', async () => {
    const arrived = arrival(anonymous)
    arrived.joining.onViolation(new ProtocolViolation('HELLO.Realm must be a URI'))
    await arrived.clock.settle()
    expect(arrived.received).toEqual([[MessageType.ABORT, { message: 'HELLO.Realm must be a URI' }, 'wamp.error.protocol_violation']])
  })

  it('is not ABORT: the client gives up, and is not answered', async () => {
    const arrived = arrival(ticket)
    await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
    await arrived.send([MessageType.ABORT, {}, 'wamp.error.cannot_authenticate'])
    expect(arrived.received.length).toBe(1)
    expect(arrived.isClosed).toBe(true)
  })
})

describe('the deadline of joining', () => {
  it('ends a transport on which nothing comes', async () => {
    const arrived = arrival(anonymous)
    await arrived.clock.settle(10_000)
    expect(arrived.received).toMatchObject([[MessageType.ABORT, {}, 'wamp.error.timeout']])
    expect(arrived.isClosed).toBe(true)
  })

  it('ends one whose client does not answer the challenge', async () => {
    const arrived = arrival(ticket)
    await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
    await arrived.clock.settle(10_000)
    expect(arrived.received.at(-1)).toMatchObject([MessageType.ABORT, {}, 'wamp.error.timeout'])
  })

  it('does not concern a session', async () => {
    const arrived = arrival(anonymous)
    await arrived.hello()
    await arrived.clock.settle(60_000)
    expect(arrived.isClosed).toBe(false)
    expect(arrived.received.length).toBe(1)
  })
})

describe('a challenge', () => {
  it('cannot be answered with what was right for another one', async () => {
    const users = { users: { joe: { secret: 's', role: 'user' } } }
    const first = arrival({ wampcra: users })
    const challenge = await first.hello({ authid: 'joe', authmethods: ['wampcra'] })
    const signature = await craSignature('s', challenge?.[2] as never)
    expect(await first.send([MessageType.AUTHENTICATE, signature, {}])).toMatchObject([MessageType.WELCOME, 101, {}])
    const second = arrival({ wampcra: users }, { newSessionId: () => 999 })
    await second.hello({ authid: 'joe', authmethods: ['wampcra'] })
    expect(await second.send([MessageType.AUTHENTICATE, signature, {}])).toMatchObject([
      MessageType.ABORT,
      {},
      'wamp.error.authentication_failed',
    ])
  })
})

describe('who guesses', () => {
  it('waits longer and longer, and hears nothing meanwhile', async () => {
    const guesses = new Guesses(new FakeClock())
    for (let i = 0; i < 5; i++) guesses.failed('10.0.0.1', 'realm1 joe')
    const arrived = arrival(ticket, { guesses })
    await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
    await arrived.send([MessageType.AUTHENTICATE, 'secret', {}])
    await arrived.clock.settle(999)
    expect(arrived.received.length).toBe(1)
    await arrived.clock.settle(1)
    expect(arrived.received.at(-1)?.[0]).toBe(MessageType.WELCOME)
  })

  it('is not looked at where too many guesses wait already', async () => {
    const guesses = new Guesses(new FakeClock())
    for (let i = 0; i < 20; i++) guesses.failed('10.0.0.1', 'realm1 joe')
    guesses.take('10.0.0.1', 'realm1 joe')
    guesses.take('10.0.0.1', 'realm1 joe')
    const arrived = arrival(ticket, { guesses })
    await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
    expect(await arrived.send([MessageType.AUTHENTICATE, 'secret', {}])).toMatchObject([
      MessageType.ABORT,
      { message: 'there were too many tries' },
      'wamp.error.authentication_failed',
    ])
  })

  it('is waited for by others only as long as a client may take to join, where an authenticator never answers', async () => {
    const guesses = new Guesses(new FakeClock())
    const answers: (() => void)[] = []
    const hanging = { ticket: { check: () => new Promise<undefined>(resolve => answers.push(() => resolve(undefined))) } }
    const three = [1, 2, 3].map(() => arrival(hanging, { guesses }))
    for (const arrived of three) {
      await arrived.hello({ authid: 'joe', authmethods: ['ticket'] })
      await arrived.send([MessageType.AUTHENTICATE, 'guess', {}])
    }
    const other = arrival(ticket, { guesses })
    await other.hello({ authid: 'joe', authmethods: ['ticket'] })
    await other.send([MessageType.AUTHENTICATE, 'secret', {}])
    expect(other.received.length).toBe(1)
    await three[0]!.clock.settle(10_000)
    await other.clock.settle()
    expect(other.received.at(-1)?.[0]).toBe(MessageType.WELCOME)
    // an answer that comes after that counts all the same
    for (const answer of answers) answer()
    await three[0]!.clock.settle()
    expect(guesses.size).toBe(2)
  })

  it('is known by its address without the port', async () => {
    const guesses = new Guesses(new FakeClock())
    for (const port of [1, 2, 3, 4]) {
      const arrived = arrival(ticket, { guesses }, { peer: `10.0.0.1:${port}` })
      await arrived.hello({ authid: `name ${port}`, authmethods: ['ticket'] })
      await arrived.send([MessageType.AUTHENTICATE, 'guess', {}])
    }
    expect(guesses.take('10.0.0.1', 'somebody')).toBe(500)
  })
})

describe('a client that resumes its session', () => {
  const claim = { authid: 'joe', 'resume-session': 5, 'resume-token': 'right', _received: 2 }

  it('goes on with its token, and without another proof', async () => {
    const arrived = arrival(ticket, {}, { certificate: 'ab' })
    expect(await arrived.hello(claim)).toMatchObject([MessageType.WELCOME, 5, { resumed: true }])
    expect(arrived.door.claims[0]).toEqual({ session: 5, token: 'right', authid: 'joe', certificate: 'ab' })
    await arrived.send(goodbye)
    expect(arrived.door.received).toEqual([goodbye])
    expect(arrived.door.newcomers).toEqual([])
  })

  it.each([
    ['another token', { 'resume-token': 'wrong' }],
    ['no token', { 'resume-token': undefined }],
    ['the id of a session that is not there', { 'resume-session': 6 }],
    ['more messages received than were sent', { _received: 4 }],
    ['a number of messages that is a text', { _received: '2' }],
    ['no number of messages', { _received: undefined }],
  ])('is refused with %s, and learns nothing of the reason', async (_, wrong) => {
    const details = Object.fromEntries(Object.entries({ ...claim, ...wrong }).filter(([, value]) => value !== undefined))
    const arrived = arrival(ticket)
    expect(await arrived.hello(details)).toEqual([
      MessageType.ABORT,
      { message: 'there is no session that this client can resume' },
      'wamp.error.no_such_session',
    ])
    expect(arrived.isClosed).toBe(true)
  })

  it('is asked about as any client that joins, and may be refused', async () => {
    const asked: unknown[] = []
    const beforeJoin: JoinWorld['beforeJoin'] = ({ session, authrole }, { authid }) => {
      asked.push([session, authrole, authid])
      return { reason: 'com.example.banned', message: 'not today' }
    }
    const arrived = arrival(ticket, { beforeJoin })
    expect(await arrived.hello(claim)).toEqual([MessageType.ABORT, { message: 'not today' }, 'com.example.banned'])
    expect(asked).toEqual([[5, 'user', 'joe']])
  })
})

describe('guesses over IPv6', () => {
  it('from one network of 64 bits slow down each other', async () => {
    const guesses = new Guesses(new FakeClock())
    for (const peer of ['[2001:db8:1:2::1]:1', '[2001:db8:1:2:9::7]:2', '[2001:db8:1:2:3:4:5:6]:3', '[2001:db8:1:2::ff]:4']) {
      const arrived = arrival(ticket, { guesses }, { peer })
      await arrived.hello({ authid: `name of ${peer}`, authmethods: ['ticket'] })
      await arrived.send([MessageType.AUTHENTICATE, 'guess', {}])
    }
    expect(guesses.take('2001:db8:1:2', 'somebody')).toBe(500)
    expect(guesses.take('2001:db8:1:3', 'somebody')).toBe(0)
  })
})

describe('an authenticator that fails', () => {
  it('lets nobody in, is reported, and tells the client nothing of it', async () => {
    const find = () => {
      throw new Error('password of the database is wrong')
    }
    const arrived = arrival({ wampcra: { find } })
    const answer = await arrived.hello({ authid: 'joe', authmethods: ['wampcra'] })
    expect(answer).toMatchObject([MessageType.ABORT, {}, 'wamp.error.authentication_failed'])
    expect(JSON.stringify(answer)).not.toContain('database')
    expect(arrived.errors.map(error => error.message)).toEqual(['password of the database is wrong'])
  })

  it('is not waited for when the client is gone', async () => {
    const arrived = arrival({ wampcra: { find: () => new Promise(() => {}) } })
    await arrived.hello({ authid: 'joe', authmethods: ['wampcra'] })
    arrived.client.abort('gone')
    await arrived.clock.settle(60_000)
    expect([arrived.received, arrived.errors]).toEqual([[], []])
  })
})

describe('beforeJoin', () => {
  it('is asked last, and may give another name and role', async () => {
    const arrived = arrival(anonymous, { beforeJoin: (_, principal) => ({ ...principal, authid: 'ann', authrole: 'tester' }) })
    expect(await arrived.hello()).toMatchObject([MessageType.WELCOME, 101, { authid: 'ann' }])
    expect(arrived.door.newcomers[0]?.principal).toMatchObject({ authid: 'ann', authrole: 'tester' })
  })

  it('may refuse', async () => {
    const arrived = arrival(anonymous, { beforeJoin: async () => ({ reason: 'com.example.closed', message: 'come back tomorrow' }) })
    expect(await arrived.hello()).toEqual([MessageType.ABORT, { message: 'come back tomorrow' }, 'com.example.closed'])
  })

  it('lets nobody in when it throws', async () => {
    const arrived = arrival(anonymous, { beforeJoin: () => Promise.reject(new Error('no')) })
    expect(await arrived.hello()).toMatchObject([MessageType.ABORT, {}, 'wamp.error.authentication_failed'])
    expect(arrived.errors.length).toBe(1)
  })
})

describe('the application in the process of the router', () => {
  it('joins without proving anything, under the name and role that it gives itself', async () => {
    const arrived = arrival(
      ticket,
      { beforeJoin: () => ({ reason: 'no', message: 'not even now' }) },
      {},
      { authid: 'app', authrole: 'backend' },
    )
    expect(await arrived.hello({ authid: 'joe', authrole: 'user' })).toMatchObject([
      MessageType.WELCOME,
      101,
      { authid: 'app', authmethod: 'local' },
    ])
    expect(arrived.door.newcomers[0]).toMatchObject({ isLocal: true, principal: { authrole: 'backend' } })
  })

  it('is the only one that may', async () => {
    const arrived = arrival(ticket)
    expect(await arrived.hello({ authmethods: ['local'] })).toMatchObject([MessageType.ABORT, {}, 'wamp.error.no_matching_auth_method'])
  })
})
