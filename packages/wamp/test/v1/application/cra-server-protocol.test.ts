import type { Awaitable, ConnectionAccept, ConnectionRequest } from '@autobahn-ts/websocket/portable'
import { beforeAll, describe, expect, it } from 'vitest'
import { WampCraClientProtocol } from '../../../src/v1/application/cra-client-protocol.ts'
import { WampCraServerProtocol } from '../../../src/v1/application/cra-server-protocol.ts'
import { type AuthPermissions, authSignature, deriveKey } from '../../../src/v1/auth/cra.ts'
import { RpcError } from '../../../src/v1/rpc/rpc-error.ts'
import { Link, type RawClient, TestClientFactory, TestServerFactory } from '../../fixtures/link.ts'

/** Cryptography is loaded when a client first wants it, which takes time that no fake clock knows. */
beforeAll(() => import('../../../src/keys/index.ts'))

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

/** Calls made in turn, and the answer to the last. */
const refused: readonly (readonly [what: string, calls: readonly (readonly unknown[])[], uri: string])[] = [
  ['a key of nobody', [[authreq, 'bob', {}]], 'no-such-authkey'],
  ['a key that is a name of objects', [[authreq, '__proto__', {}]], 'no-such-authkey'],
  ['an empty key', [[authreq, '', {}]], 'no-such-authkey'],
  ['a key with an empty secret', [[authreq, 'careless', {}]], 'no-such-authkey'],
  ['no key', [[authreq, null, {}]], 'anonymous-auth-forbidden'],
  ['nothing at all', [[authreq]], 'anonymous-auth-forbidden'],
  ['a key that is not a string', [[authreq, 7, {}]], 'invalid-argument'],
  ['extra that is not an object', [[authreq, 'ann', [1]]], 'invalid-argument'],
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
    'a signature that is not a string',
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

  it('a client for which onAuthenticated throws: it is not authenticated', async () => {
    class Refusing extends Server {
      override onAuthenticated(): never {
        throw new Error('no')
      }
    }
    const { client, factory } = await serve(Refusing)
    await client.say([2, '1', authreq, null])
    await client.say([2, '2', auth, null])
    expect(client.heard()[1]).toEqual([4, '2', `${error}generic`, 'generic error'])
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

describe('rights and authentication', () => {
  it('are removed if onAuthenticated fails, and kept otherwise', async () => {
    let fails = true
    class Failing extends Server {
      override async onAuthenticated(): Promise<void> {
        this.registerForPubSub('t')
        this.registerProcedureForRpc('p', () => 1)
        await Promise.resolve()
        if (fails) throw new RpcError('http://e/no', 'no')
      }
    }
    const { client, factory } = await serve(Failing)
    for (const id of ['1', '2']) {
      await client.say([2, `${id}a`, authreq, null])
      await client.say([2, `${id}b`, auth, null])
      await client.say([5, 't'], [2, `${id}c`, 'p'])
      client.heard()
      await client.say([2, `${id}d`, 'p'])
      expect(client.heard()).toEqual([fails ? [4, `${id}d`, `${error}NoSuchRPCEndpoint`, expect.any(String)] : [3, `${id}d`, 1]])
      expect(factory.subscriptions.has('t')).toBe(!fails)
      fails = false
    }
  })

  it('are as little as the permissions that were registered last', async () => {
    const { client, factory } = await serve(Server)
    const server = factory.sessionIdToProto('session-1') as Server
    const give = (...pubsub: { uri: string; pub?: boolean; sub?: boolean; prefix?: boolean }[]): void =>
      server.registerForPubSubFromPermissions({ permissions: { pubsub } })
    give({ uri: 'a', pub: true, sub: true }, { uri: 'b/', prefix: true, sub: true }, { uri: 'b/', prefix: true, pub: true })
    await client.say([5, 'a'], [5, 'b/x'], [7, 'a', 1, false], [7, 'b/x', 2, false])
    expect(client.heard()).toEqual([
      [8, 'a', 1],
      [8, 'b/x', 2],
    ])
    give({ uri: 'b/', prefix: true, sub: true, pub: true }, { uri: 'b/x' })
    expect([...server.subscriptions]).toEqual([])
    await client.say([5, 'a'], [5, 'b/x'], [5, 'b/y'], [7, 'a', 1, false], [7, 'b/x', 2, false], [7, 'b/y', 3, false])
    expect(client.heard()).toEqual([[8, 'b/y', 3]])
  })
})

describe('errors before a client is authenticated', () => {
  const secretive = { message: 'connect ECONNREFUSED 10.0.0.5 password=hunter2' }
  const fail = (): never => {
    throw new Error(secretive.message)
  }
  class Failing extends Server {
    override onSessionOpen(): void {
      this.registerProcedureForRpc('bug', fail)
      this.registerProcedureForRpc('own', () => {
        throw new RpcError('http://e/own', 'told on purpose')
      })
      this.registerHandlerProcedureForSub('t', fail)
    }
  }
  const failing: readonly (readonly [string, new () => Server])[] = [
    [
      'getAuthSecret',
      class extends Failing {
        override getAuthSecret = fail
      },
    ],
    [
      'getAuthPermissions',
      class extends Failing {
        override getAuthPermissions = fail
      },
    ],
    [
      'onAuthenticated',
      class extends Failing {
        override onAuthenticated = fail
      },
    ],
    [
      'onBeforeCall',
      class extends Failing {
        override onBeforeCall = fail
      },
    ],
    [
      'onAfterCallSuccess',
      class extends Failing {
        override onAfterCallSuccess = fail
      },
    ],
    [
      'onAfterCallError',
      class extends Failing {
        override onAfterCallError = fail
      },
    ],
    ['a procedure', Failing],
  ]
  for (const [what, protocol] of failing) {
    it(`are told to the server and not to the client: ${what}`, async () => {
      const factory = new TestServerFactory(protocol, { wamp: { includeTraceback: true } })
      const client = await new Link().serve(factory)
      client.heard()
      await client.say([2, '1', authreq, 'ann', {}])
      const [[kind, , text]] = client.received as [[number, string, string]]
      if (kind === 3) await client.say([2, '2', auth, authSignature(text, 'secret')])
      const stranger = await new Link().serve(factory)
      await stranger.say([2, '3', 'bug'], [5, 't'])
      for (const heard of [client.heard(), stranger.heard()]) expect(JSON.stringify(heard)).not.toMatch(/hunter2|ECONNREFUSED|\.ts:/)
      expect(factory.errors.map(({ message }) => message)).toContain(secretive.message)
    })
  }

  it('contain the URI and the texts of an RpcError', async () => {
    const { client, factory } = await serve(Failing)
    await client.say([2, '1', 'own'])
    expect(client.heard()).toEqual([[4, '1', 'http://e/own', 'told on purpose']])
    expect(factory.errors).toEqual([])
  })

  it('are sent with their text once the client is authenticated', async () => {
    const { client } = await serve(Failing)
    await client.say([2, '1', authreq, null])
    await client.say([2, '2', auth, null])
    client.heard()
    await client.say([2, '3', 'bug'])
    expect(client.heard()).toEqual([[4, '3', `${error}generic`, secretive.message]])
  })
})

describe('a client that goes while it is being looked up', () => {
  it('calls no further hook', async () => {
    let found: (secret: string) => void = () => undefined
    const called: string[] = []
    class Slow extends WampCraServerProtocol {
      override getAuthSecret(): Promise<string> {
        return new Promise(resolve => (found = resolve))
      }
      override getAuthPermissions(): never {
        called.push('getAuthPermissions')
        return fails('called')
      }
    }
    const { client, link, factory } = await serve(Slow)
    await client.say([2, '1', authreq, 'ann', {}])
    client.dropConnection({ abort: true })
    await link.settle()
    found('secret')
    await link.settle()
    expect([called, factory.errors]).toEqual([[], []])
  })
})

describe('the time to authenticate', () => {
  const setters: readonly (readonly [string, new () => WampCraServerProtocol])[] = [
    [
      'the class',
      class extends Server {
        override clientAuthTimeout = 5
      },
    ],
    [
      'onConnect',
      class extends Server {
        override onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
          this.clientAuthTimeout = 5
          return super.onConnect(request)
        }
      },
    ],
    [
      'onOpen, after super',
      class extends Server {
        override onOpen(): Awaitable<void> {
          const result = super.onOpen()
          this.clientAuthTimeout = 5
          return result
        }
      },
    ],
    [
      'onSessionOpen',
      class extends Server {
        override onSessionOpen(): void {
          this.clientAuthTimeout = 5
        }
      },
    ],
    [
      'onSessionOpen, later',
      class extends Server {
        override async onSessionOpen(): Promise<void> {
          await Promise.resolve()
          this.clientAuthTimeout = 5
        }
      },
    ],
    [
      'onBeforeCall',
      class extends Server {
        override onBeforeCall(_id: string, uri: string, args: readonly unknown[]): [string, readonly unknown[]] {
          this.clientAuthTimeout = 5
          return [uri, args]
        }
      },
    ],
    [
      'getAuthSecret',
      class extends Server {
        override getAuthSecret(): string {
          this.clientAuthTimeout = 5
          return 'secret'
        }
      },
    ],
  ]
  for (const [where, protocol] of setters) {
    it(`may be set in ${where}, and runs from the beginning of the session`, async () => {
      const { client, link } = await serve(protocol)
      await link.advance(3000)
      await client.say([2, '1', authreq, 'ann', {}])
      await link.advance(1999)
      expect(client.isOpen).toBe(true)
      await link.advance(1)
      expect(await client.ended()).toBe('1001 not authenticated within 5 s')
    })
  }

  it('may be made longer and shorter, and be given up', async () => {
    const { client, link, factory } = await serve(Strict)
    const server = factory.sessionIdToProto('session-1') as Strict
    server.clientAuthTimeout = 8
    await link.advance(7000)
    expect(client.isOpen).toBe(true)
    server.clientAuthTimeout = 0
    await link.advance(100_000)
    expect(client.isOpen).toBe(true)
    expect(server.clientAuthTimeout).toBe(0)
    server.clientAuthTimeout = 1
    await link.advance(0)
    expect(await client.ended()).toBe('1001 not authenticated within 1 s')
  })

  it('ends the session with 1011 if the value is not a time', async () => {
    for (const timeout of [Number.NaN, -1, '5', null, Number.POSITIVE_INFINITY]) {
      class Wrong extends Server {
        override onSessionOpen(): void {
          this.clientAuthTimeout = timeout as number
        }
      }
      const { client, factory } = await serve(Wrong)
      expect(await client.ended()).toMatch(/^1011/)
      expect(factory.errors[0]?.message).toMatch('clientAuthTimeout must be a number of seconds from 0 to 2,000,000, and not')
    }
  })

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

  it('ends for a client that has authenticated, and for one whose connection is gone', async () => {
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
