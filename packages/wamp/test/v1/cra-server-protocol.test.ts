import { describe, expect, it } from 'vitest'
import { type AuthPermissions, authSignature, deriveKey } from '../../src/v1/cra.ts'
import { WampCraClientProtocol } from '../../src/v1/cra-client-protocol.ts'
import { WampCraServerProtocol } from '../../src/v1/cra-server-protocol.ts'
import { Link, type RawClient, TestClientFactory, TestServerFactory } from '../fixtures/link.ts'

const authreq = 'http://api.wamp.ws/procedure#authreq'
const auth = 'http://api.wamp.ws/procedure#auth'
const error = 'http://api.wamp.ws/error#'
const salt = { salt: 'RANDOM SALT', iterations: 10, keylen: 32 }

class Server extends WampCraServerProtocol {
  /** The empty key has no secret, and one user has an empty one. */
  readonly secrets: Readonly<Record<string, string>> = { ann: 'secret', salted: deriveKey('secret', salt), careless: '', '': '' }
  readonly authenticated: unknown[] = []

  override getAuthSecret(authKey: string): string | undefined {
    return Object.hasOwn(this.secrets, authKey) ? this.secrets[authKey] : undefined
  }

  override async getAuthPermissions(authKey: string | null, extra: { fail?: boolean }): Promise<AuthPermissions> {
    if (extra.fail === true) throw new Error('database')
    const permissions = { pubsub: [{ uri: `u/${authKey}`, prefix: true, pub: true, sub: true }, { uri: 'nothing' }] }
    return authKey === 'salted' ? { permissions, authextra: salt } : { permissions }
  }

  override onAuthenticated(authKey: string | null, permissions: AuthPermissions): void {
    this.authenticated.push(authKey)
    this.registerForPubSubFromPermissions(permissions)
    this.registerProcedureForRpc('inside', () => 'welcome')
  }

  /** Without `super`: authentication is there all the same. */
  override onSessionOpen(): void {}
}

class Strict extends Server {
  override clientAuthAllowAnonymous = false
  override clientAuthTimeout = 5
}

class Client extends WampCraClientProtocol {}

describe('authentication between our own', () => {
  for (const [who, key, secret] of [
    ['a user', 'ann', 'secret'],
    ['a user whose secret is salted', 'salted', 'secret'],
    ['nobody in particular', undefined, undefined],
  ] as const) {
    it(`lets ${who} in, with its permissions`, async () => {
      const { client, server, link } = await join()
      const permissions = client.authenticate(key, { a: 1 }, secret)
      await work(link)
      expect(await permissions).toMatchObject({ pubsub: [{ uri: `u/${key ?? null}` }, { uri: 'nothing' }] })
      expect([server.isAuthenticated, server.authenticated]).toEqual([true, [key ?? null]])
      const seen: unknown[] = []
      client.subscribe(`u/${key ?? null}/x`, (_, event) => seen.push(event))
      client.publish(`u/${key ?? null}/x`, 1, { excludeMe: false })
      const inside = client.call('inside')
      await link.settle()
      expect([await inside, seen]).toEqual(['welcome', [1]])
    })
  }

  it('opens nothing before', async () => {
    const { client, link } = await join()
    const rejected = expect(client.call('inside')).rejects.toMatchObject({ uri: `${error}NoSuchRPCEndpoint` })
    await link.settle()
    await rejected
  })

  it('refuses a wrong secret after a while, and lets the client try again', async () => {
    const { client, server, link } = await join()
    const rejected = expect(client.authenticate('ann', null, 'wrong')).rejects.toMatchObject({ uri: `${error}invalid-signature` })
    await link.settle()
    expect(client.pendingCalls).toBe(1)
    await link.advance(8000)
    await rejected
    const permissions = client.authenticate('ann', null, 'secret')
    await link.settle()
    await permissions
    expect(server.isAuthenticated).toBe(true)
  })
})

describe('the messages of authentication', () => {
  it('are two calls: a challenge as text, and its signature', async () => {
    const { client } = await serve()
    await client.say([2, '1', authreq, 'ann', { a: 1 }])
    const [[type, callId, text]] = client.heard() as [[number, string, string]]
    expect([type, callId]).toEqual([3, '1'])
    const challenge = JSON.parse(text)
    expect(challenge).toEqual({
      authid: expect.stringMatching(/^[\w-]{16}$/),
      authkey: 'ann',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      sessionid: 'session-1',
      extra: { a: 1 },
      permissions: { pubsub: [{ uri: 'u/ann', prefix: true, pub: true, sub: true }, { uri: 'nothing' }] },
    })
    await client.say([2, '2', auth, authSignature(text, 'secret')])
    expect(client.heard()).toEqual([[3, '2', challenge.permissions]])
  })

  it('say in the challenge how to salt', async () => {
    const { client } = await serve()
    await client.say([2, '1', authreq, 'salted', {}])
    const [[, , text]] = client.heard() as [[number, string, string]]
    expect(JSON.parse(text).authextra).toEqual(salt)
    await client.say([2, '2', auth, authSignature(text, 'secret', salt)])
    expect(client.heard()).toMatchObject([[3, '2', {}]])
  })

  it('are null for an anonymous client', async () => {
    const { client } = await serve()
    await client.say([2, '1', authreq, null, {}])
    await client.say([2, '2', auth, null])
    expect(client.heard()).toMatchObject([
      [3, '1', null],
      [3, '2', { pubsub: [{ uri: 'u/null' }, {}] }],
    ])
  })
})

/** What is called in turn, and what the last call is answered with. */
const refused: readonly (readonly [what: string, calls: readonly (readonly unknown[])[], uri: string])[] = [
  ['a key of nobody', [[authreq, 'bob', {}]], 'no-such-authkey'],
  ['a key that is a name of objects', [[authreq, '__proto__', {}]], 'no-such-authkey'],
  ['an empty key', [[authreq, '', {}]], 'no-such-authkey'],
  ['a key with an empty secret', [[authreq, 'careless', {}]], 'no-such-authkey'],
  ['no key', [[authreq, null, {}]], 'anonymous-auth-forbidden'],
  ['nothing at all', [[authreq]], 'anonymous-auth-forbidden'],
  ['a key that is no string', [[authreq, 7, {}]], 'invalid-argument'],
  ['extra that is no object', [[authreq, 'ann', [1]]], 'invalid-argument'],
  ['extra that is text', [[authreq, 'ann', 'x']], 'invalid-argument'],
  ['permissions that cannot be looked up', [[authreq, 'ann', { fail: true }]], 'auth-permissions-error'],
  [
    'a second request',
    [
      [authreq, 'ann', {}],
      [authreq, 'ann', {}],
    ],
    'authentication-already-requested',
  ],
  ['a signature without a request', [[auth, 'x']], 'no-authentication-requested'],
  [
    'a signature that is no string',
    [
      [authreq, 'ann', {}],
      [auth, 7],
    ],
    'invalid-argument',
  ],
  [
    'no signature',
    [
      [authreq, 'ann', {}],
      [auth, null],
    ],
    'invalid-signature',
  ],
  [
    'an empty signature',
    [
      [authreq, 'ann', {}],
      [auth, ''],
    ],
    'invalid-signature',
  ],
  [
    'a wrong signature',
    [
      [authreq, 'ann', {}],
      [auth, 'x'],
    ],
    'invalid-signature',
  ],
  [
    'a second try at one challenge',
    [
      [authreq, 'ann', {}],
      [auth, 'x'],
      [auth, 'x'],
    ],
    'no-authentication-requested',
  ],
]

describe('what is refused', () => {
  for (const [what, calls, uri] of refused) {
    it(what, async () => {
      const { client, factory } = await serve(Strict)
      for (const [i, [procedure, ...args]] of calls.entries()) {
        await client.say([2, String(i), procedure, ...args])
      }
      await client.link?.advance(4999)
      const answers = client.heard() as unknown[][]
      const last = answers.find(answer => answer[1] === String(calls.length - 1))
      expect(last).toMatchObject([4, String(calls.length - 1), `${error}${uri}`, expect.any(String)])
      expect([...factory.connections].map(protocol => (protocol as Server).isAuthenticated)).toEqual([false])
    })
  }

  it('anything more once the client is authenticated', async () => {
    const { client } = await serve()
    await client.say([2, '1', authreq, null])
    await client.say([2, '2', auth, null])
    await client.say([2, '3', authreq, null], [2, '4', auth, null])
    expect(client.heard().slice(2)).toMatchObject([
      [4, '3', `${error}already-authenticated`, expect.any(String)],
      [4, '4', `${error}already-authenticated`, expect.any(String)],
    ])
  })

  it('two signatures at once, of which one is right', async () => {
    const { client } = await serve()
    await client.say([2, '1', authreq, 'ann', {}])
    const [[, , text]] = client.heard() as [[number, string, string]]
    await client.say([2, '2', auth, 'wrong'], [2, '3', auth, authSignature(text, 'secret')])
    await client.link?.advance(8000)
    expect(client.heard()).toMatchObject([
      [4, '3', `${error}no-authentication-requested`, expect.any(String)],
      [4, '2', `${error}invalid-signature`, expect.any(String)],
    ])
  })

  it('what onAuthenticated throws at, without being authenticated', async () => {
    class Refusing extends Server {
      override onAuthenticated(): never {
        throw new Error('no')
      }
    }
    const { client, factory } = await serve(Refusing)
    await client.say([2, '1', authreq, null])
    await client.say([2, '2', auth, null])
    expect(client.heard()[1]).toEqual([4, '2', `${error}generic`, 'no'])
    expect([...factory.connections].map(protocol => (protocol as Server).isAuthenticated)).toEqual([false])
  })
})

describe('a server that overrides nothing', () => {
  class Plain extends WampCraServerProtocol {}

  it('knows no keys, and lets anonymous clients in without permissions', async () => {
    const { client } = await serve(Plain)
    await client.say([2, '1', authreq, 'ann', {}], [2, '2', authreq, null])
    await client.say([2, '3', auth, null])
    expect(client.heard()).toEqual([
      [4, '2', `${error}authentication-already-requested`, expect.any(String)],
      [4, '1', `${error}no-such-authkey`, expect.any(String)],
      [4, '3', `${error}no-authentication-requested`, expect.any(String)],
    ])
    await client.say([2, '4', authreq])
    await client.say([2, '5', auth])
    expect(client.heard()).toEqual([
      [3, '4', null],
      [3, '5', { rpc: [], pubsub: [] }],
    ])
    expect(new Plain().isAuthenticated).toBe(false)
  })
})

describe('the time to authenticate', () => {
  it('ends with 1001', async () => {
    const { client } = await serve(Strict)
    await client.link?.advance(5000)
    expect(await client.ended()).toBe('1001 not authenticated within 5 s')
  })

  it('ends with 1011 where the hook for it fails, at once or later', async () => {
    for (const fail of [() => Promise.reject(new Error('no')), (): never => fails('no')]) {
      class Failing extends Strict {
        override onAuthTimeout(): void {
          return fail() as unknown as void
        }
      }
      const { client, factory } = await serve(Failing)
      await client.link?.advance(5000)
      expect(await client.ended()).toBe('1011 onAuthTimeout failed')
      expect(factory.errors.map(({ message }) => message)).toEqual(['no'])
    }
  })

  it('is over for who has authenticated, and for who is gone', async () => {
    const { client, link } = await serve(Strict)
    await client.say([2, '1', authreq, 'ann', {}])
    const [[, , text]] = client.heard() as [[number, string, string]]
    await client.say([2, '2', auth, authSignature(text, 'secret')])
    await link.advance(10_000)
    expect(client.isOpen).toBe(true)
    client.dropConnection({ abort: true })
    await link.settle()
    expect(link.clock.pending).toBe(0)
    const { client: other, link: elsewhere } = await serve(Strict)
    other.dropConnection({ abort: true })
    await elsewhere.settle()
    expect(elsewhere.clock.pending).toBe(0)
  })
})

async function serve(
  protocol: new () => WampCraServerProtocol = Server,
): Promise<{ client: RawClient; factory: TestServerFactory; link: Link }> {
  const link = new Link()
  const factory = new TestServerFactory(protocol)
  const client = await link.serve(factory)
  client.heard()
  return { client, factory, link }
}

async function join(): Promise<{ client: Client; server: Server; link: Link }> {
  const link = new Link()
  const [client, server] = await link.join<Client, Server>(new TestClientFactory(Client), new TestServerFactory(Server))
  return { client, server, link }
}

function fails(message: string): never {
  throw new Error(message)
}

/** PBKDF2 in slices takes turns of the event loop. */
async function work(link: Link): Promise<void> {
  for (let i = 0; i < 10; i++) await link.settle()
}
