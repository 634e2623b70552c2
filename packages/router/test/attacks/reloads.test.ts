import { type MemoryTransport, type Message, MessageType, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/auth/auth-options.ts'
import { fullAccess } from '../../src/realm/access.ts'
import { createCoreRouter } from '../../src/router/core-router.ts'
import type { RealmOptions, RevokedRights } from '../../src/router/router.ts'

const { ABORT, AUTHENTICATE, CHALLENGE, ERROR, EVENT, GOODBYE, HELLO, PUBLISH, SUBSCRIBE, UNSUBSCRIBED, WELCOME } = MessageType

const revocation = { features: { subscription_revocation: true, registration_revocation: true } }
const roles = { subscriber: revocation, publisher: {}, caller: {}, callee: revocation }
const joe = { ticket: 't', role: 'user' }
const jim = { ticket: 'u', role: 'user' }
const everything = { uri: '', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } } as const

describe('a user whose right was taken away by a reload', () => {
  it.each<[string, AuthOptions]>([
    ['is gone', { ticket: { users: { jim } } }],
    ['has another secret', { ticket: { users: { joe: { ...joe, ticket: 'new' }, jim } } }],
    ['has another role', { ticket: { users: { joe: { ...joe, role: 'guest' }, jim } } }],
    ['joins by another method', { wampcra: { users: { joe: { secret: 't', role: 'user' } } }, ticket: { users: { jim } } }],
  ])('loses its sessions where it %s; others keep theirs', async (_, auth) => {
    const { router, join, clock, revoked } = world({ auth: { ticket: { users: { joe, jim } } } })
    const [first, second] = [await join('joe', 't'), await join('jim', 'u')]
    router.updateRealm('realm1', { auth })
    await clock.settle()
    expect(first.got).toEqual([[GOODBYE, { message: 'the user is gone, or has another credential or role' }, 'wamp.close.killed']])
    expect(second.got).toEqual([])
    expect(revoked).toEqual([{ realm: 'realm1', sessions: 1, subscriptions: 0, registrations: 0, calls: 0 }])
    await clock.settle(10_000)
    expect([...router.realms.get('realm1')!.sessions.values()].map(({ authid }) => authid)).toEqual(['jim'])
  })

  it('keeps its session where nothing about it has changed, or a function of the application finds users', async () => {
    for (const auth of [
      { ticket: { users: { joe: { role: 'user', ticket: 't', extra: { seat: 4 } } } } },
      { ticket: { check: () => undefined } },
    ]) {
      const { router, join, clock, revoked } = world({ auth: { ticket: { users: { joe } } } })
      const client = await join('joe', 't')
      router.updateRealm('realm1', { auth })
      await clock.settle()
      expect([client.got, revoked]).toEqual([[], []])
    }
  })

  it('keeps an anonymous session, with what its role may do now', async () => {
    const { router, join, clock } = world({ auth: { anonymous: { role: 'guest' } }, roles: { guest: [everything] } })
    const client = await join()
    await client.say([SUBSCRIBE, 1, {}, 'com.a'])
    router.updateRealm('realm1', { auth: { ticket: { users: { joe } } }, roles: {} })
    await clock.settle()
    expect(client.got.slice(1)).toEqual([[UNSUBSCRIBED, 0, { subscription: 1, reason: 'wamp.error.not_authorized' }]])
    expect(router.realms.get('realm1')!.sessions.size).toBe(1)
  })

  it('cannot go on with a session that has lost its transport', async () => {
    const { router, join, open, clock } = world({ auth: { ticket: { users: { joe } } }, resumption: true })
    const victim = await join('joe', 't', { resumable: true, _received: 0 })
    const { id, token } = victim
    victim.transport.abort('lost')
    await clock.settle()
    expect(router.realms.get('realm1')!.sessions.size).toBe(1)
    router.updateRealm('realm1', { auth: { ticket: { users: { jim } } } })
    await clock.settle()
    expect(router.realms.get('realm1')!.sessions.size).toBe(0)
    const again = open()
    await again.say([HELLO, 'realm1', { roles, authid: 'joe', 'resume-session': id, 'resume-token': token, _received: 0 } as never])
    expect(again.got).toMatchObject([[ABORT, {}, 'wamp.error.no_such_session']])
    await clock.settle(10_000)
    expect(clock.pending).toBe(0)
  })

  it('does not join by an answer that it gives after the reload, to a challenge from before', async () => {
    const { router, open } = world({ auth: { ticket: { users: { joe } } } })
    const client = open()
    await client.say([HELLO, 'realm1', { roles, authid: 'joe', authmethods: ['ticket'] }])
    expect(client.got.map(([type]) => type)).toEqual([CHALLENGE])
    router.updateRealm('realm1', { auth: { ticket: { users: { jim } } } })
    await client.say([AUTHENTICATE, 't', {}])
    expect(client.got[1]).toEqual([
      ABORT,
      { message: 'the name or the answer to the challenge is wrong' },
      'wamp.error.authentication_failed',
    ])
  })

  it('gets nothing by a permission that was being asked for', async () => {
    const answers: (() => void)[] = []
    const slow = { mayDo: () => new Promise<{ allow: true; disclose: false }>(resolve => answers.push(() => resolve(allowed))) }
    const allowed = { allow: true, disclose: false } as const
    const { router, join, clock } = world({ auth: { anonymous: { role: 'guest' } }, access: slow })
    const client = await join()
    await client.say([SUBSCRIBE, 1, {}, 'com.a'])
    expect(answers).toHaveLength(1)
    router.updateRealm('realm1', { auth: { anonymous: { role: 'guest' } }, roles: {} })
    answers[0]!()
    await clock.settle()
    expect(client.got.map(message => message.slice(0, 5))).toEqual([[ERROR, SUBSCRIBE, 1, {}, 'wamp.error.not_authorized']])
  })
})

describe('a role that is a link, or whose payloads are trusted, until a reload', () => {
  it('says nothing about other sessions any more', async () => {
    const auth = { ticket: { users: { joe, jim: { ...jim, role: 'link' } } } }
    const { router, join, clock } = world({ auth, linkRoles: ['link'], access: fullAccess })
    const [link, other] = [await join('jim', 'u'), await join('joe', 't')]
    await other.say([SUBSCRIBE, 1, {}, 'com.a'])
    const forged = [PUBLISH, 1, { disclose_me: true, forward_for: [{ session: 7, authid: 'ann', authrole: 'admin' }] }, 'com.a'] as const
    await link.say(forged as never)
    router.updateRealm('realm1', { auth, access: fullAccess })
    await link.say([PUBLISH, 2, forged[2], 'com.a'] as never)
    await clock.settle()
    const publishers = other.got
      .filter(([type]) => type === EVENT)
      .map(message => (message[3] as { publisher_authid?: string }).publisher_authid)
    expect(publishers).toEqual(['ann', 'jim'])
  })

  it('begins a new session, whose payloads are checked', async () => {
    const auth = { ticket: { users: { joe, jim: { ...jim, role: 'service' } } } }
    const { router, join, clock } = world({ auth, trustedRoles: ['service'], access: fullAccess })
    const [service, other] = [await join('jim', 'u'), await join('joe', 't')]
    router.updateRealm('realm1', { auth, access: fullAccess })
    await clock.settle()
    expect(service.got).toEqual([[GOODBYE, { message: 'payloads of the role are checked from now on' }, 'wamp.close.killed']])
    expect(other.got).toEqual([])
  })
})

function world(realm: RealmOptions) {
  const clock = new FakeClock()
  const revoked: RevokedRights[] = []
  const router = createCoreRouter(
    { realms: { realm1: realm }, onRevoked: rights => void revoked.push(rights) },
    { clock, today: () => clock.now(), random: crypto },
  )
  const open = (): Client => {
    const [transport, end] = memoryTransports(clock)
    const got: Message[] = []
    transport.open({ onMessage: message => void got.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
    router.accept(end)
    const say = async (message: Message) => {
      transport.send(message)
      await clock.settle()
    }
    return { transport, got, say }
  }
  const join = async (authid?: string, secret?: string, details: object = {}) => {
    const client = open()
    const authmethods = [secret === undefined ? 'anonymous' : 'ticket']
    await client.say([HELLO, 'realm1', { roles, authmethods, ...(authid !== undefined && { authid }), ...details } as never])
    if (secret !== undefined) await client.say([AUTHENTICATE, secret, {}])
    const answer = client.got.at(-1)!
    expect(answer[0]).toBe(WELCOME)
    client.got.length = 0
    return Object.assign(client, { id: answer[1] as number, token: (answer[2] as { 'resume-token'?: string })['resume-token'] })
  }
  return { clock, router, open, join, revoked }
}

interface Client {
  readonly transport: MemoryTransport
  /** The messages that it has got. */
  readonly got: Message[]
  /** Sends a message, and lets everything arrive. */
  say(message: Message): Promise<void>
}
