import { ApiMisuse, HttpException } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { expectNothing, unclear, unlessError } from '../../src/hooks/hook-value.ts'
import { WampCraServerProtocol } from '../../src/v1/application/cra-server-protocol.ts'
import { WampServerProtocol } from '../../src/v1/application/server-protocol.ts'
import { authSignature } from '../../src/v1/auth/cra.ts'
import { RpcError } from '../../src/v1/rpc/rpc-error.ts'
import { Link, type RawClient, TestServerFactory } from '../fixtures/link.ts'

/** Values that an author may return to say no, or by mistake. */
const values: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['true', true],
  ['0', 0],
  ['401', 401],
  ['an empty text', ''],
  ['a text', 'refused'],
  ['an Error', new Error('refused')],
  ['an HttpException', new HttpException(403, 'refused')],
  ['an RpcError', new RpcError('http://e/refused', 'refused')],
  ['an empty object', {}],
  ['an object', { subprotocol: 'wamp' }],
  ['an empty list', []],
  ['a tuple', ['http://e/one', { headers: {} }]],
  ['a function', (): boolean => true],
  ['a symbol', Symbol('refused')],
]

/** A hook: with which of the values it accepts, and which refuse without a report because they say no clearly. */
interface Row {
  readonly hook: string
  readonly accepts: readonly string[]
  readonly refusesSilently: readonly string[]
  /** Whether the client got in. */
  tries(value: () => unknown): Promise<{ readonly isIn: boolean; readonly errors: readonly Error[] }>
}

const rows: readonly Row[] = [
  {
    hook: 'a subscribe handler',
    accepts: ['true'],
    refusesSilently: ['undefined', 'null', 'false'],
    async tries(value) {
      const { client, factory } = await serve(protocol => protocol.registerHandlerProcedureForSub('t', value))
      await client.say([5, 't'])
      return { isIn: factory.subscriptions.has('t'), errors: factory.errors }
    },
  },
  {
    hook: 'a publish handler',
    accepts: ['true', '0', '401', 'an empty text', 'a text', 'an empty object', 'an object', 'an empty list', 'a tuple'],
    refusesSilently: ['undefined'],
    async tries(value) {
      const { client, factory } = await serve(protocol => protocol.registerHandlerProcedureForPub('t', value))
      await client.say([5, 't'], [7, 't', 'event', false])
      return { isIn: client.heard().length > 0, errors: factory.errors }
    },
  },
  {
    hook: 'onBeforeCall',
    accepts: [],
    refusesSilently: ['an Error', 'an HttpException', 'an RpcError'],
    async tries(value) {
      const called: unknown[] = []
      class Server extends WampServerProtocol {
        override onSessionOpen(): void {
          for (const uri of ['t', 'http://e/one', 'r', 'refused']) this.registerProcedureForRpc(uri, (...args) => called.push(args))
        }
        override onBeforeCall(): never {
          return value() as never
        }
      }
      const { client, factory } = await serveClass(Server)
      await client.say([2, 'a', 't'])
      expect(client.heard()).toEqual([[4, 'a', expect.any(String), expect.any(String)]])
      return { isIn: called.length > 0, errors: factory.errors }
    },
  },
  {
    hook: 'getAuthSecret',
    accepts: ['a text'],
    refusesSilently: ['undefined', 'null', 'an empty text', 'an RpcError'],
    async tries(value) {
      class Server extends WampCraServerProtocol {
        override getAuthSecret(): never {
          return value() as never
        }
      }
      return authenticating(Server, 'refused')
    },
  },
  {
    hook: 'getAuthPermissions',
    accepts: ['undefined', 'null'],
    refusesSilently: ['an RpcError'],
    async tries(value) {
      class Server extends WithSecret {
        override getAuthPermissions(): never {
          return value() as never
        }
      }
      return authenticating(Server, 'secret')
    },
  },
  {
    hook: 'onAuthenticated',
    accepts: ['undefined', 'null'],
    refusesSilently: ['an RpcError'],
    async tries(value) {
      class Server extends WithSecret {
        override onAuthenticated(): never {
          return value() as never
        }
      }
      return authenticating(Server, 'secret')
    },
  },
  {
    hook: 'clientAuthAllowAnonymous',
    accepts: ['true'],
    refusesSilently: values.map(([name]) => name).filter(name => name !== 'true'),
    async tries(value) {
      class Server extends WampCraServerProtocol {
        override clientAuthAllowAnonymous = value() as boolean
      }
      const { client, factory } = await serveClass(Server)
      await client.say([2, '1', authreq, null])
      await client.say([2, '2', auth, null])
      return { isIn: isAuthenticated(factory), errors: factory.errors }
    },
  },
]

for (const { hook, accepts, refusesSilently, tries } of rows) {
  describe(hook, () => {
    for (const [name, value] of values) {
      const isAccepted = accepts.includes(name)
      const isReported = !isAccepted && !refusesSilently.includes(name)
      for (const [how, give] of [
        ['', (): unknown => value],
        ['a promise of ', (): unknown => Promise.resolve(value)],
      ] as const) {
        if (hook.startsWith('client') && how !== '') continue
        it(`${isAccepted ? 'accepts by' : 'refuses by'} ${how}${name}${isReported ? ', which is reported' : ''}`, async () => {
          const { isIn, errors } = await tries(give)
          expect(isIn).toBe(isAccepted)
          expect(errors).toHaveLength(isReported ? 1 : 0)
          if (!isReported) return
          if (value instanceof Error) expect(errors[0]).toBe(value)
          else expect(errors[0]).toMatchObject({ name: 'ApiMisuse', message: expect.stringMatching(/ returned /) })
        })
      }
    }
  })
}

describe('a procedure that returns an error', () => {
  it('has failed with it, as if it had thrown it', async () => {
    for (const how of [(error: Error): unknown => error, (error: Error): unknown => Promise.resolve(error)]) {
      const { client } = await serve(protocol => {
        protocol.registerProcedureForRpc('own', () => how(new RpcError('http://e/refused', 'no', 7)))
        protocol.registerProcedureForRpc('any', () => how(new Error('no')))
      })
      await client.say([2, 'a', 'own'], [2, 'b', 'any'])
      expect(client.heard()).toEqual([
        [4, 'a', 'http://e/refused', 'no', 7],
        [4, 'b', 'http://api.wamp.ws/error#generic', 'no'],
      ])
    }
  })

  it('has failed also where onAfterCallSuccess is what returns it', async () => {
    for (const how of [(error: Error): unknown => error, (error: Error): unknown => Promise.resolve(error)]) {
      class Server extends WampServerProtocol {
        override onSessionOpen(): void {
          this.registerProcedureForRpc('one', () => 1)
        }
        override onAfterCallSuccess(): unknown {
          return how(new RpcError('http://e/refused', 'no'))
        }
      }
      const { client } = await serveClass(Server)
      await client.say([2, 'a', 'one'])
      expect(client.heard()).toEqual([[4, 'a', 'http://e/refused', 'no']])
    }
  })
})

describe('a publish handler that passes on what was published', () => {
  it('may pass on null and false', async () => {
    const { client, factory } = await serve(protocol => protocol.registerHandlerProcedureForPub('t', (_p, _s, event) => event))
    await client.say([5, 't'], [7, 't', null, false], [7, 't', false, false])
    expect(client.heard()).toEqual([
      [8, 't', null],
      [8, 't', false],
    ])
    expect(factory.errors).toEqual([])
  })
})

describe('the values of hooks', () => {
  it('are named in what is reported', () => {
    expect(unclear('a hook', 401, 'do otherwise')).toBeInstanceOf(ApiMisuse)
    expect(unclear('a hook', 401, 'do otherwise').message).toBe('a hook returned 401, which counts as a refusal: do otherwise')
  })

  it('are thrown where they are errors, and given back where they are not', () => {
    expect(() => unlessError(new Error('no'))).toThrow('no')
    expect(unlessError(7)).toBe(7)
  })

  it('may have to be nothing', () => {
    for (const nothing of [undefined, null]) expect(() => expectNothing('a hook', nothing)).not.toThrow()
    expect(() => expectNothing('a hook', false)).toThrow('a hook returned false')
    expect(() => expectNothing('a hook', new Error('no'))).toThrow('no')
  })
})

class WithSecret extends WampCraServerProtocol {
  override getAuthSecret(): string {
    return 'secret'
  }
}

/** Signs the challenge of a server with a secret, where it gives one. The client is told no text of an error but those of `RpcError`. */
async function authenticating(
  protocol: new () => WampCraServerProtocol,
  secret: string,
): Promise<{ readonly isIn: boolean; readonly errors: readonly Error[] }> {
  const { client, factory } = await serveClass(protocol)
  await client.say([2, '1', authreq, 'ann', {}])
  const [challenge] = client.heard() as [[number, string, string]]
  if (challenge[0] === 3) await client.say([2, '2', auth, authSignature(challenge[2], secret)])
  const told = JSON.stringify([challenge, client.heard()])
  if (!told.includes('http://e/refused')) expect(told).not.toContain('"refused')
  return { isIn: isAuthenticated(factory), errors: factory.errors }
}

function isAuthenticated(factory: TestServerFactory): boolean {
  return [...factory.connections].some(protocol => (protocol as WampCraServerProtocol).isAuthenticated)
}

async function serve(setUp: (protocol: WampServerProtocol) => void): Promise<{ client: RawClient; factory: TestServerFactory }> {
  return serveClass(
    class extends WampServerProtocol {
      override onSessionOpen(): void {
        setUp(this)
      }
    },
  )
}

async function serveClass(protocol: new () => WampServerProtocol): Promise<{ client: RawClient; factory: TestServerFactory }> {
  const factory = new TestServerFactory(protocol)
  const client = await new Link().serve(factory)
  client.heard()
  return { client, factory }
}

const authreq = 'http://api.wamp.ws/procedure#authreq'
const auth = 'http://api.wamp.ws/procedure#auth'
