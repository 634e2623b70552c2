import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import type { List } from '../../../src/v1/messages/message.ts'
import type { Call } from '../../../src/v1/rpc/call.ts'
import { RpcError } from '../../../src/v1/rpc/rpc-error.ts'
import { Link, TestServerFactory, welcome } from '../../fixtures/link.ts'

const generic = 'http://api.wamp.ws/error#generic'
const tooManyCalls = 'http://api.wamp.ws/error#too-many-calls'

describe('the calls that come in', () => {
  it('are answered in the order in which their results are ready', async () => {
    const waiting: ((value: string) => void)[] = []
    const { client } = await serve(protocol => protocol.registerProcedureForRpc('wait', () => new Promise(done => waiting.push(done))))
    await client.say([2, 'a', 'wait'], [2, 'b', 'wait'])
    waiting[1]?.('second')
    await client.link?.settle()
    waiting[0]?.('first')
    await client.link?.settle()
    expect(client.heard()).toEqual([
      [3, 'b', 'second'],
      [3, 'a', 'first'],
    ])
  })

  it('tell the error that a promise rejects with', async () => {
    const { client } = await serve(protocol => protocol.registerProcedureForRpc('fail', () => Promise.reject(new RpcError('u', 'd', 1))))
    await client.say([2, 'a', 'fail'])
    expect(client.heard()).toEqual([[4, 'a', 'u', 'd', 1]])
  })

  it('are limited; those above are answered at once, and places come back', async () => {
    const waiting: ((value: number) => void)[] = []
    const { client } = await serve(protocol => protocol.registerProcedureForRpc('wait', () => new Promise(done => waiting.push(done))), {
      maxIncomingCalls: 2,
    })
    await client.say([2, 'a', 'wait'], [2, 'b', 'wait'], [2, 'c', 'wait'])
    expect(client.heard()).toEqual([[4, 'c', 'http://api.wamp.ws/error#too-many-calls', '2 calls of this session are in progress']])
    waiting[0]?.(1)
    await client.link?.settle()
    await client.say([2, 'c', 'wait'])
    waiting[2]?.(3)
    await client.link?.settle()
    expect(client.heard()).toEqual([
      [3, 'a', 1],
      [3, 'c', 3],
    ])
  })

  it('are limited in octets for a session, which may have one of any size', async () => {
    const waiting: ((value: unknown) => void)[] = []
    const { client } = await serve(
      protocol => {
        protocol.registerProcedureForRpc('wait', () => new Promise(resolve => waiting.push(resolve)))
        protocol.registerProcedureForRpc('length', (text: string) => text.length)
      },
      { maxSessionWorkSize: 10_000 },
    )
    const argument = 'x'.repeat(9000)
    await client.say([2, 'a', 'wait', argument], [2, 'b', 'wait', argument], [2, 'c', 'length', argument])
    const refusal = 'calls of this session in progress take more than 10000 octets'
    expect(client.heard()).toEqual([
      [4, 'b', tooManyCalls, refusal],
      [4, 'c', tooManyCalls, refusal],
    ])
    waiting[0]?.(1)
    await client.link?.settle()
    await client.say([2, 'd', 'wait', 'x'.repeat(20_000)])
    expect([client.heard(), waiting.length]).toEqual([[[3, 'a', 1]], 2])
  })

  it('are limited in octets for all sessions, also of those that have gone', async () => {
    const waiting: ((value: unknown) => void)[] = []
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('wait', () => new Promise(resolve => waiting.push(resolve)))
      }
    }
    const factory = new TestServerFactory(Server, { wamp: { maxWorkSize: 10_000 } })
    const link = new Link()
    const [one, other] = [await link.serve(factory), await link.serve(factory)]
    other.heard()
    await one.say([2, 'a', 'wait', 'x'.repeat(7000)])
    one.dropConnection({ abort: true })
    await link.settle()
    await other.say([2, 'b', 'wait', 'x'.repeat(8000)], [2, 'c', 'wait'])
    expect([other.heard(), waiting.length]).toEqual([[[4, 'b', tooManyCalls, 'too many calls are in progress']], 2])
    waiting[0]?.(1)
    await link.settle()
    await other.say([2, 'd', 'wait', 'x'.repeat(4000)])
    expect([other.heard(), waiting.length]).toEqual([[], 3])
  })

  it('fail the connection where the factory cannot say anything, at once and later', async () => {
    for (const [how, broken] of [
      ['one', (): never => fails('broken')],
      ['later', (): never => fails('broken')],
      ['one', (): unknown => new Uint8Array(9)],
      ['later', (): unknown => Promise.resolve('[]')],
    ] as const) {
      class Server extends WampServerProtocol {
        override onSessionOpen(): void {
          this.registerProcedureForRpc('one', () => 1)
          this.registerProcedureForRpc('later', () => Promise.resolve(1))
        }
      }
      class Broken extends TestServerFactory {
        override serialize(message: readonly unknown[]): string {
          return message[0] === 0 ? super.serialize(message) : (broken() as string)
        }
      }
      const factory = new Broken(Server)
      const client = await new Link().serve(factory)
      client.heard()
      await client.say([2, 'a', how])
      expect(await client.ended()).toBe('1011 the answer to a call could not be serialised')
      expect(client.heard()).toEqual([])
      expect(factory.errors.length).toBeGreaterThan(0)
    }
  })

  it('are answered with an internal error where an error cannot be read, at once and later', async () => {
    const unreadable = (property: string, error: Error): Error =>
      Object.defineProperty(error, property, {
        get() {
          throw new Error(`${property} was read`)
        },
      })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const thrown = [proxy, unreadable('message', new Error('x')), unreadable('uri', new RpcError('e', 'd'))]
    for (const error of thrown) {
      for (const fails of [() => throwAny(error), () => Promise.reject(error)]) {
        class Server extends WampServerProtocol {
          override onSessionOpen(): void {
            this.registerProcedureForRpc('p', fails)
          }
          override onAfterCallError(changed: unknown): unknown {
            return Promise.reject(changed)
          }
        }
        const factory = new TestServerFactory(Server)
        const client = await new Link().serve(factory)
        client.heard()
        await client.say([2, 'a', 'p'])
        expect(client.heard()).toEqual([[4, 'a', expect.stringContaining('internal'), 'the procedure threw an error that cannot be read']])
        expect(factory.errors).toHaveLength(1)
      }
    }
  })

  it('run no procedure and no hook once the caller has gone', async () => {
    const seen: string[] = []
    const waiting: (() => void)[] = []
    const later = (): Promise<void> => new Promise(resolve => waiting.push(resolve))
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('fast', () => seen.push('fast'))
        this.registerProcedureForRpc('slow', () => later())
        this.registerProcedureForRpc('fails', () => later().then(() => Promise.reject(new Error('no'))))
        this.registerProcedureForRpc('odd', () => later().then(() => Promise.reject('no error')))
      }
      override async onBeforeCall(_id: string, uri: string, args: readonly unknown[]): Promise<readonly [string, readonly unknown[]]> {
        if (uri === 'fast') await later()
        return [uri, args]
      }
      override onAfterCallSuccess(result: unknown): unknown {
        seen.push('success')
        return result
      }
      override onAfterCallError(error: unknown): unknown {
        seen.push('error')
        return error
      }
    }
    const factory = new TestServerFactory(Server)
    const client = await new Link().serve(factory)
    await client.say([2, 'a', 'fast'], [2, 'b', 'slow'], [2, 'c', 'fails'], [2, 'd', 'odd'])
    expect(waiting).toHaveLength(4)
    client.dropConnection({ abort: true })
    await client.link?.settle()
    for (const proceed of waiting) proceed()
    await client.link?.settle()
    expect(seen).toEqual([])
    expect(factory.errors.map(({ message }) => message)).toEqual([expect.stringMatching('no error')])
  })

  it('cannot use an id that is in use', async () => {
    const { client } = await serve(protocol => protocol.registerProcedureForRpc('wait', () => new Promise(() => undefined)))
    await client.say([2, 'a', 'wait'], [2, 'a', 'wait'])
    expect(await client.ended()).toBe('1002 the call id a is in use')
  })

  it('may use an id again once it was answered', async () => {
    const { client } = await serve(protocol => protocol.registerProcedureForRpc('one', () => 1))
    await client.say([2, 'a', 'one'], [2, 'a', 'one'])
    expect(client.heard()).toEqual([
      [3, 'a', 1],
      [3, 'a', 1],
    ])
  })

  it('are given to handlers as a Call', async () => {
    const seen: unknown[] = []
    const { client, protocol } = await serve(server => {
      server.registerHandlerProcedureForRpc('u', call => seen.push([call.protocol, call.callId, call.uri, call.args, call.extra]), 'extra')
    })
    await client.say([2, 'a', 'u', 1, 2])
    expect(seen).toEqual([[protocol(), 'a', 'u', [1, 2], 'extra']])
    expect(client.heard()).toEqual([[3, 'a', 1]])
  })

  it('know in their type which protocol they came in on', async () => {
    class Shop extends WampServerProtocol {
      readonly stock = 3

      override onSessionOpen(): void {
        this.registerHandlerProcedureForRpc('here', call => call.protocol.stock)
        this.registerHandlerProcedureForRpc('elsewhere', stockOf)
      }
    }
    const stockOf = (call: Call<Shop>): number => call.protocol.stock
    const client = await new Link().serve(new TestServerFactory(Shop))
    client.heard()
    await client.say([2, 'a', 'here'], [2, 'b', 'elsewhere'])
    expect(client.heard()).toEqual([
      [3, 'a', 3],
      [3, 'b', 3],
    ])
  })

  it('leave nothing to do when the connection has gone in between', async () => {
    let done: (value: number) => void = () => undefined
    const { client, factory } = await serve(protocol => {
      protocol.registerProcedureForRpc('wait', () => new Promise(resolve => (done = resolve)))
    })
    await client.say([2, 'a', 'wait'])
    client.dropConnection({ abort: true })
    await client.link?.settle()
    done(1)
    await client.link?.settle()
    expect(factory.errors).toEqual([])
  })

  it('close the connection where an answer cannot be sent, because its caller would wait for ever', async () => {
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('much', () => 'x'.repeat(200_000))
        this.registerProcedureForRpc('fails', () => Promise.reject(new Error('x'.repeat(200_000))))
      }
    }
    for (const procedure of ['much', 'fails']) {
      const options = { maxUnsentSize: 1000, sendHighWaterMark: 100, unsentPolicy: 'throw' } as const
      const factory = new TestServerFactory(Server, options)
      const client = await new Link().serve(factory)
      client.pauseReceiving()
      for (let i = 0; i < 3; i++) if (client.isOpen) await client.say([2, String(i), procedure])
      expect([...factory.connections].every(({ isOpen }) => !isOpen)).toBe(true)
    }
  })

  it('send the stack if the option of the server says so', async () => {
    const { client } = await serve(
      protocol =>
        protocol.registerProcedureForRpc('fail', () => {
          throw new Error('why')
        }),
      { includeTraceback: true },
    )
    await client.say([2, 'a', 'fail'])
    expect(client.heard()).toMatchObject([[4, 'a', generic, 'why', expect.arrayContaining(['Error: why'])]])
  })
})

describe('the hooks of a call', () => {
  it('see it in their order, and may redirect it and change its arguments and result', async () => {
    const seen: unknown[] = []
    class Hooked extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('real', (x: number) => {
          seen.push(['called', x])
          return x
        })
      }
      override onBeforeCall(callId: string, uri: string, args: List, isRegistered: boolean): readonly [string, List] {
        seen.push(['before', callId, uri, args, isRegistered])
        return ['real', [20]]
      }
      override async onAfterCallSuccess(result: number, call: Call): Promise<number> {
        seen.push(['after', result, call.uri])
        return result + 1
      }
      override onAfterSendCallSuccess(message: string, call: Call): void {
        seen.push(['sent', message, call.result])
      }
    }
    const link = new Link()
    const client = await link.serve(new TestServerFactory(Hooked))
    await client.say([2, 'a', 'alias', 1])
    expect(client.heard()).toEqual([welcome, [3, 'a', 21]])
    expect(seen).toEqual([
      ['before', 'a', 'alias', [1], false],
      ['called', 20],
      ['after', 20, 'real'],
      ['sent', '[3,"a",21]', 21],
    ])
  })

  it('may refuse a call, and change its error', async () => {
    const sent: unknown[] = []
    class Refusing extends WampServerProtocol {
      override onBeforeCall(): never {
        throw new RpcError('http://e/forbidden', 'no')
      }
      override async onAfterCallError(error: unknown): Promise<unknown> {
        return new RpcError('http://e/changed', (error as Error).message, 'details')
      }
      override onAfterSendCallError(message: string, call: Call): void {
        sent.push(message, (call.error as Error).name)
      }
    }
    const link = new Link()
    const client = await link.serve(new TestServerFactory(Refusing))
    await client.say([2, 'a', 'any'])
    expect(client.heard()).toEqual([welcome, [4, 'a', 'http://e/changed', 'no', 'details']])
    expect(sent).toEqual(['[4,"a","http://e/changed","no","details"]', 'RpcError'])
  })

  it('answer the caller with errors of their own, which are reported if the call was answered already', async () => {
    class Failing extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('one', () => 1)
      }
      override onAfterCallSuccess(): unknown {
        return Promise.reject(new Error('after'))
      }
      override onAfterCallError(error: unknown): unknown {
        throw new Error(`${(error as Error).message} and again`)
      }
      override onAfterSendCallError(): void {
        throw new Error('sent')
      }
    }
    const link = new Link()
    const factory = new TestServerFactory(Failing)
    const client = await link.serve(factory)
    await client.say([2, 'a', 'one'])
    expect(client.heard()).toEqual([welcome, [4, 'a', generic, 'after and again']])
    expect(factory.errors.map(({ message }) => message)).toEqual(['sent'])
    expect(client.isOpen).toBe(true)
  })
})

describe('calls that are answered at once', () => {
  it('have the answers that they would have later', async () => {
    const call = fc.tuple(fc.constantFrom('value', 'fails', 'none'), fc.jsonValue({ maxDepth: 2 }))
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 20 }), async calls => {
        const [atOnce, later] = [await answersTo(calls, value => value), await answersTo(calls, value => Promise.resolve(value))]
        expect(later).toEqual(atOnce)
      }),
      { numRuns: 60 },
    )
  })

  it('are never in the way of the next with the same id, and those that wait are', async () => {
    const { client } = await serve(protocol => {
      protocol.registerProcedureForRpc('now', () => 1)
      protocol.registerProcedureForRpc('never', () => new Promise(() => undefined))
    })
    await client.say([2, 'a', 'now'], [2, 'a', 'now'], [2, 'b', 'never'], [2, 'a', 'now'])
    expect(client.heard()).toEqual(Array(3).fill([3, 'a', 1]))
    await client.say([2, 'b', 'now'])
    expect(await client.ended()).toBe('1002 the call id b is in use')
  })
})

/** By id, since those that take their time come in the order in which they are ready. */
async function answersTo(calls: readonly (readonly [string, unknown])[], how: (value: unknown) => unknown): Promise<unknown> {
  const { client } = await serve(protocol => {
    protocol.registerProcedureForRpc('value', how)
    protocol.registerProcedureForRpc('fails', value => {
      const error = new RpcError('http://e/no', 'no', value)
      if (how(1) === 1) throw error
      return Promise.reject(error)
    })
  })
  await client.say(...calls.map(([procedure, value], i) => [2, String(i), procedure, value]))
  return client.heard().toSorted((a, b) => Number((a as List)[1]) - Number((b as List)[1]))
}

async function serve(setUp: (protocol: WampServerProtocol) => void, wamp = {}) {
  let protocol: WampServerProtocol | undefined
  class Server extends WampServerProtocol {
    override onSessionOpen(): void {
      protocol = this
      setUp(this)
    }
  }
  const factory = new TestServerFactory(Server, { wamp })
  const client = await new Link().serve(factory)
  client.heard()
  return { client, factory, protocol: () => protocol }
}

function fails(message: string): never {
  throw new Error(message)
}

function throwAny(thrown: unknown): never {
  throw thrown
}
