import { connect } from '@autobahn-ts/wamp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRouter } from '../../src/node/create-router.ts'
import { listen } from '../../src/node/listening/listen.ts'
import type { RouterListener } from '../../src/node/listening/router-listener.ts'
import { RawSession } from '../fixtures/raw-session.ts'

const errors: Error[] = []
const router = createRouter({
  realms: { realm1: {}, realm2: { auth: { anonymous: { role: 'guest' }, ticket: { users: { joe: { ticket: 't', role: 'admin' } } } } } },
  onError: error => void errors.push(error),
})
let listener: RouterListener
let port = 0
beforeAll(async () => {
  listener = await listen(router, { port: 0, onError: error => void errors.push(error) })
  port = listener.port!
})
afterAll(() => listener.close({ timeout: 0 }))

const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} }
const violation = [3, {}, 'wamp.error.protocol_violation']

describe('a client that has not joined', () => {
  const probes: Readonly<Record<string, readonly (readonly unknown[] | string | Buffer)[]>> = {
    'PUBLISH before HELLO': [[16, 1, {}, 'com.a']],
    'CALL before HELLO': [[48, 1, {}, 'wamp.session.count']],
    'AUTHENTICATE that nobody has asked for': [[5, 'signature', {}]],
    'WELCOME, which routers send': [[2, 1, { roles: {} }]],
    'HELLO without details': [[1, 'realm1']],
    'a realm that is a number': [[1, 1, { roles }]],
    'text that is not JSON': ['HELLO'],
    'an empty message': [''],
    'octets that are not UTF-8': [Buffer.from([0x5b, 0x31, 0x2c, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
  }
  for (const [what, messages] of Object.entries(probes)) {
    it(`is sent away for ${what}`, async () => {
      const session = await RawSession.open(port)
      for (const message of messages) session.send(message)
      expect(await session.next(3)).toMatchObject(violation)
      await session.closed
    })
  }

  it('is sent away for a second HELLO, back to back or in a session', async () => {
    const session = await RawSession.open(port)
    session.send([1, 'realm1', { roles }])
    session.send([1, 'realm1', { roles }])
    expect(await session.next(3)).toMatchObject(violation)
    await session.closed
    const joined = await RawSession.join(port)
    joined.send([1, 'realm1', { roles }])
    expect(await joined.next(3)).toMatchObject(violation)
  })

  it('gets no role by __proto__ in HELLO, and changes no other object', async () => {
    const session = await RawSession.open(port)
    session.send(
      '[1,"realm2",{"roles":{"caller":{},"__proto__":{"callee":{}}},"__proto__":{"authrole":"admin"},"authextra":{"__proto__":{"isAdmin":true}}}]',
    )
    expect(await session.next(2)).toMatchObject([2, expect.any(Number), { authrole: 'guest' }])
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
    session.socket.destroy()
  })

  it('cannot take the name or the role of another by the weakest method', async () => {
    const named = await RawSession.open(port)
    named.send([1, 'realm2', { roles, authid: 'joe', authmethods: ['anonymous', 'ticket'] }])
    const welcome = (await named.next(2))!
    expect((welcome[2] as { authid: string }).authid).not.toBe('joe')
    named.socket.destroy()
    const ambitious = await RawSession.open(port)
    ambitious.send([1, 'realm2', { roles, authrole: 'admin', authmethods: ['anonymous'] }])
    expect(await ambitious.next(3)).toMatchObject([3, {}, 'wamp.error.no_such_role'])
    for (const realm of ['__proto__', 'constructor', '', '../realm2', 'realm1 ']) {
      const lost = await RawSession.open(port)
      lost.send([1, realm, { roles }])
      expect(await lost.next(3)).toMatchObject([3, {}, 'wamp.error.no_such_realm'])
    }
    for (const authid of ['__proto__', 'constructor', 'toString']) {
      const unknown = await RawSession.open(port)
      unknown.send([1, 'realm2', { roles, authid, authmethods: ['ticket'] }])
      expect(await unknown.next(4)).toMatchObject([4, 'ticket', {}])
      unknown.send([5, '', {}])
      unknown.socket.destroy()
    }
  })
})

describe('a session', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const fatal: Readonly<Record<string, string | Buffer | readonly unknown[]>> = {
    'arguments 200,000 lists deep': `[48,1,{},"com.a",${deep}]`,
    'options 200,000 dictionaries deep': `[48,1,${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)},"com.a"]`,
    'a million brackets that never close': '['.repeat(1_000_000),
    'a request id beyond 2^53': '[48,9007199254740993,{},"com.a"]',
    'a request id of 100,000 digits': `[48,${'9'.repeat(100_000)},{},"com.a"]`,
    'octets that are not UTF-8': Buffer.concat([Buffer.from('[48,1,{},"com.a",["'), Buffer.from([0xc3, 0x28]), Buffer.from('"]]')]),
    'a type that does not exist': [999, 1],
    'an empty list': [],
    'PUBLISH without anything': [16],
    'a list in place of options': [48, 1, [], 'com.a'],
    'a YIELD for a call that it never got': [70, 1, {}],
    'an ERROR for a call that it never got': [8, 68, 1, {}, 'com.error'],
    'an ERROR for a request of its own': [8, 48, 1, {}, 'com.error'],
    'EVENT, which routers send': [36, 1, 1, {}],
    'RESULT, which routers send': [50, 1, {}],
  }
  for (const [what, message] of Object.entries(fatal)) {
    it(`is ended by ${what}`, async () => {
      const session = await RawSession.join(port)
      session.send(message)
      expect(await session.next(3)).toMatchObject(violation)
      await session.closed
    })
  }

  const refused: Readonly<Record<string, readonly [message: readonly unknown[], error: string]>> = {
    'a topic with a space and #': [[32, 1, {}, 'a b#c'], 'wamp.error.invalid_uri'],
    'a name of the router': [[64, 1, {}, 'wamp.my.proc'], 'wamp.error.invalid_uri'],
    'an event of the router': [[16, 1, { acknowledge: true }, 'wamp.session.on_join'], 'wamp.error.invalid_uri'],
    'a URI of 100,000 characters': [[32, 1, {}, 'a'.repeat(100_000)], 'wamp.error.invalid_uri'],
    'a wildcard of 10,000 components': [[32, 1, { match: 'wildcard' }, '.'.repeat(400)], 'wamp.error.invalid_uri'],
    'a subscription that does not exist': [[34, 1, 4711], 'wamp.error.no_such_subscription'],
    'a registration that does not exist': [[66, 1, 4711], 'wamp.error.no_such_registration'],
  }
  for (const [what, [message, error]] of Object.entries(refused)) {
    it(`is refused, and goes on, with ${what}`, async () => {
      const session = await RawSession.join(port)
      session.send(message)
      expect((await session.next(8))![4]).toBe(error)
      session.send([48, 2, {}, 'wamp.session.count'])
      expect(await session.next(50)).toBeDefined()
      session.socket.destroy()
    })
  }

  it('may have 100 patterns, and not one more', async () => {
    const session = await RawSession.join(port)
    for (let n = 1; n <= 101; n++) session.send([32, n, { match: 'wildcard' }, `com..name${n}`])
    expect((await session.next(8))!.slice(1, 3)).toEqual([32, 101])
    session.socket.destroy()
  })

  it('passes on __proto__, long integers and what looks like binary data as data, and changes no other object', async () => {
    const callee = await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1' })
    await callee.register('com.attacks.keys', ({ args: [value], kwargs }) => [
      Object.keys(value as object),
      Object.keys(kwargs),
      (value as { isAdmin?: unknown }).isAdmin ?? null,
    ])
    const session = await RawSession.join(port)
    session.send(
      '[48,1,{"__proto__":{"disclose_me":true}},"com.attacks.keys",[{"__proto__":{"isAdmin":true}}],{"__proto__":{"isAdmin":true}}]',
    )
    const result = (await session.next(50))!
    expect((result[3] as unknown[])[0]).toEqual([['__proto__'], ['__proto__'], null])
    session.send('[48,2,{},"com.attacks.keys",["\\u0000not base64!"]]')
    await Promise.race([session.next(50), session.next(8), session.closed])
    session.socket.destroy()
    await callee.call('com.attacks.keys', [{ still: 'here' }])
    await callee.close()
  })

  it('that drops in the middle of a call leaves its caller an answer', async () => {
    const [callee, caller] = [await RawSession.join(port), await RawSession.join(port)]
    callee.send([64, 1, {}, 'com.attacks.drops'])
    await callee.next(65)
    caller.send([48, 1, {}, 'com.attacks.drops'])
    await callee.next(68)
    callee.socket.destroy()
    expect((await caller.next(8))![4]).toBe('wamp.error.canceled')
    caller.socket.destroy()
  })
})

it('500 sessions that join, register, subscribe and drop leave nothing', async () => {
  const realm = router.realms.get('realm1')!
  const before = realm.sessions.size
  const sessions = await Promise.all(Array.from({ length: 500 }, () => RawSession.join(port)))
  for (const [n, session] of sessions.entries()) {
    session.send([32, 1, {}, 'com.attacks.drops'])
    session.send([64, 2, {}, `com.attacks.drops${n}`])
  }
  await Promise.all(sessions.map(session => session.next(65)))
  for (const session of sessions) session.socket.resetAndDestroy()
  await Promise.all(sessions.map(({ closed }) => closed))
  while (realm.sessions.size > before) await new Promise(resolve => setImmediate(resolve))
  const probe = await connect(`ws://127.0.0.1:${port}`, { realm: 'realm1' })
  await expect(probe.call('com.attacks.drops7')).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' })
  await probe.close()
})

it('none of this was an error of the router', () => {
  expect(errors).toEqual([])
})
