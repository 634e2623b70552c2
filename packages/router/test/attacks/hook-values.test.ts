import { type MemoryTransport, type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { RealmOptions, RouterOptions } from '../../src/router/router.ts'
import { memoryRouter } from '../../src/testing/memory-router.ts'

const { ABORT, AUTHENTICATE, CALL, CHALLENGE, ERROR, EVENT, HELLO, PUBLISH, PUBLISHED, SUBSCRIBE, SUBSCRIBED, WELCOME } = MessageType

/** Values that an application returns by mistake, in JavaScript or from a database. None of them says who a client is or what it may do. */
const mistakes: Readonly<Record<string, unknown>> = {
  false: false,
  true: true,
  zero: 0,
  'an empty string': '',
  'a word': 'no',
  'an empty object': {},
  'an empty list': [],
  'a list': ['joe', 'user'],
  'an error': new Error('no'),
  'a function': () => undefined,
  'an object with a misspelt key': { rolle: 'user', authRole: 'user', alow: true },
}
/** Answers of functions that find users, for a user that does not exist. */
const nobody: Readonly<Record<string, unknown>> = { undefined: undefined, null: null }

/** Users without a secret, or with one that is empty. Whoever sends nothing must not be taken for them. */
const withoutSecret = { role: 'user', ticket: '', secret: '', storedKey: '', serverKey: '', salt: '', authorizedKeys: [], fingerprint: '' }

describe('a client that sends an empty proof', () => {
  for (const method of ['ticket', 'wampcra', 'wamp-scram'] as const) {
    for (const [name, value] of Object.entries({
      ...nobody,
      ...mistakes,
      'a user without a secret': { role: 'user' },
      'a user whose secret is empty': withoutSecret,
    })) {
      for (const isPromise of [false, true]) {
        it(`is not let in by ${method}, where find returns ${name}${isPromise ? ' as a promise' : ''}`, async () => {
          const find = () => (isPromise ? Promise.resolve(value) : value)
          const client = await arrival({ auth: { [method === 'wamp-scram' ? 'scram' : method]: { find } } as never }, method)
          expect(client.received.at(-1)?.[0]).toBe(ABORT)
        })
      }
    }
  }

  for (const [name, value] of Object.entries({
    ...nobody,
    ...mistakes,
    'a user without a name': { role: 'user' },
    'a user without a role': { authid: 'joe' },
  })) {
    it(`is not let in by a function that checks tickets, where it returns ${name}`, async () => {
      const client = await arrival({ auth: { ticket: { check: () => value } } as never }, 'ticket')
      expect(client.received.at(-1)?.slice(2)).toEqual(['wamp.error.authentication_failed'])
    })
  }
})

describe('a client that beforeJoin is asked about', () => {
  for (const [name, value] of Object.entries({
    ...mistakes,
    'a refusal without a reason': { message: 'no' },
    'a principal without a name': { authrole: 'user' },
    'a principal without a role': { authid: 'joe' },
  })) {
    for (const isPromise of [false, true]) {
      it(`is not let in where that returns ${name}${isPromise ? ' as a promise' : ''}`, async () => {
        const errors: Error[] = []
        const beforeJoin = () => (isPromise ? Promise.resolve(value) : value) as never
        const client = await arrival({}, 'anonymous', { beforeJoin, onError: error => errors.push(error) })
        expect(client.received.map(([type]) => type)).toEqual([ABORT])
        expect(errors).toHaveLength(1)
      })
    }
  }

  for (const [name, value] of Object.entries(nobody)) {
    it(`is let in as it has proved itself where that returns ${name}`, async () => {
      const client = await arrival({}, 'anonymous', { beforeJoin: () => value as never })
      expect(client.received.map(([type]) => type)).toEqual([WELCOME])
    })
  }
})

describe('a session that access is asked about', () => {
  const verdicts = {
    ...nobody,
    ...mistakes,
    'an allow of 1': { allow: 1, disclose: false },
    "an allow of 'false'": { allow: 'false', disclose: false },
    'a disclose that is a word': { allow: true, disclose: 'no' },
  }
  for (const [name, value] of Object.entries(verdicts)) {
    for (const isPromise of [false, true]) {
      it(`may do nothing where that returns ${name}${isPromise ? ' as a promise' : ''}`, async () => {
        const mayDo = () => (isPromise ? Promise.resolve(value) : value) as never
        const errors: Error[] = []
        const client = await arrival({ access: { mayDo } }, 'anonymous', { onError: error => errors.push(error) })
        client.transport.send([CALL, 1, {}, 'com.a'])
        client.transport.send([SUBSCRIBE, 2, {}, 'com.a'])
        client.transport.send([PUBLISH, 3, { acknowledge: true }, 'com.a'])
        await client.clock.settle()
        expect(client.received.slice(1).map(message => [message[0], message[4]])).toEqual(
          Array.from({ length: 3 }, () => [ERROR, 'wamp.error.authorization_failed']),
        )
        expect(errors).toHaveLength(3)
      })
    }
  }

  const { true: _, false: __, ...unclear } = mistakes
  for (const [name, value] of Object.entries({
    ...nobody,
    ...unclear,
    'a promise of true': Promise.resolve(true),
    'a promise that rejects': undefined,
  })) {
    it(`gets no events of a pattern where mayReceive returns ${name}`, async () => {
      const allowed = { allow: true, disclose: false }
      const errors: Error[] = []
      const mayReceive = () => (name === 'a promise that rejects' ? Promise.reject(new Error('later')) : value) as never
      const access = { mayDo: () => allowed, mayReceive }
      const client = await arrival({ access }, 'anonymous', { onError: error => errors.push(error) })
      client.transport.send([SUBSCRIBE, 1, { match: 'prefix' }, 'com'])
      client.transport.send([PUBLISH, 2, { exclude_me: false, acknowledge: true, retain: true }, 'com.a'])
      client.transport.send([SUBSCRIBE, 3, { match: 'prefix', get_retained: true }, 'com.'])
      await client.clock.settle()
      expect(client.received.map(([type]) => type)).toEqual([WELCOME, SUBSCRIBED, PUBLISHED, SUBSCRIBED])
      expect(client.received.some(([type]) => type === EVENT)).toBe(false)
      expect(errors.length).toBeGreaterThan(0)
    })
  }
})

it('an onError that throws, or rejects, changes nothing for the client that it is told about', async () => {
  const print = console.error
  console.error = () => undefined
  try {
    for (const onError of [
      () => {
        throw new Error('second')
      },
      async () => {
        throw new Error('second')
      },
    ]) {
      const client = await arrival({}, 'anonymous', { onError, beforeJoin: () => false as never })
      expect(client.received.map(([type]) => type)).toEqual([ABORT])
    }
  } finally {
    console.error = print
  }
})

/** Sends HELLO, and an empty answer to the challenge. */
async function arrival(realm: RealmOptions, method: string, options: Partial<RouterOptions> = {}) {
  const clock = new FakeClock()
  const memory = memoryRouter({ clock, onError: () => undefined, ...options, realms: { realm1: realm } })
  const transport: MemoryTransport = memory.dial()
  const received: Message[] = []
  transport.open({ onMessage: message => void received.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
  const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} }
  transport.send([HELLO, 'realm1', { roles, authmethods: [method], authid: 'joe', authextra: { nonce: 'n'.repeat(22) } }])
  await clock.settle()
  if (received[0]?.[0] === CHALLENGE) {
    transport.send([AUTHENTICATE, '', { nonce: (received[0][2] as { nonce?: string }).nonce ?? '' }])
    await clock.settle()
  }
  return { clock, transport, received }
}
