import { ApiMisuse, Backoff } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { WampClientFactory as PageFactory } from '../../src/browser/client-factory.ts'
import { connectWamp as connectPage } from '../../src/browser/connect-wamp.ts'
import { connectWS as connectPageSocket } from '../../src/browser/connect-ws.ts'
import { aBoolean, aFunction, anIterable, anObject, aSignal, seconds } from '../../src/checks/option-checks.ts'
import { connectWamp } from '../../src/node/connect-wamp.ts'
import { WampClientFactory } from '../../src/v1/application/client-factory.ts'
import { exportPub, exportSub } from '../../src/v1/application/exported.ts'
import { WampServerFactory } from '../../src/v1/application/server-factory.ts'
import { WampServerProtocol } from '../../src/v1/application/server-protocol.ts'
import { authSignature, deriveKey } from '../../src/v1/auth/cra.ts'
import { ReconnectingClient } from '../../src/v1/reconnecting-client.ts'
import { RpcError } from '../../src/v1/rpc/rpc-error.ts'
import { Link, type TestClient, TestClientFactory, TestServerFactory } from '../fixtures/link.ts'

class Server extends WampServerProtocol {}

let server: Server
let client: TestClient
beforeAll(async () => {
  ;[client, server] = await new Link().join<TestClient, Server>(new TestClientFactory(), new TestServerFactory(Server))
})

const nobody = (): ReconnectingClient => new ReconnectingClient(() => Promise.reject(new Error('nobody')), new FakeClock())
const nothing = (): void => undefined
const url = 'ws://127.0.0.1:1/'

/** Every call of the package that takes an object of options, with a name that is misspelt and the one that is meant. */
const calls: readonly (readonly [name: string, call: (options: never) => unknown, misspelt: object, meant: string])[] = [
  ['new WampServerFactory', options => new WampServerFactory(undefined, options), { autoPingsize: 12 }, 'autoPingSize'],
  ['new WampServerFactory, for wamp', options => new WampServerFactory(undefined, options), { wmap: {} }, 'wamp'],
  ['wamp of WampServerFactory', wamp => new WampServerFactory(undefined, { wamp }), { callTimeOut: 5 }, 'callTimeout'],
  ['setWampOptions of a server', options => new WampServerFactory().setWampOptions(options), { maxNestng: 5 }, 'maxNesting'],
  ['new WampClientFactory', options => new WampClientFactory(url, options), { autoPingsize: 12 }, 'autoPingSize'],
  ['wamp of WampClientFactory', wamp => new WampClientFactory(url, { wamp }), { callTimeOut: 5 }, 'callTimeout'],
  ['setWampOptions of a client', options => new WampClientFactory(url).setWampOptions(options), { maxNestng: 5 }, 'maxNesting'],
  ['new WampClientFactory of a page', options => new PageFactory(url, options), { maxUnsentsize: 12 }, 'maxUnsentSize'],
  ['new WampClientFactory of a page, for wamp', options => new PageFactory(url, options), { Wamp: {} }, 'wamp'],
  ['wamp of WampClientFactory of a page', wamp => new PageFactory(url, { wamp }), { callTimeOut: 5 }, 'callTimeout'],
  ['setWampOptions of a page', options => new PageFactory(url).setWampOptions(options), { maxNestng: 5 }, 'maxNesting'],
  ['connectWamp', options => connectWamp(url, options), { onLst: nothing }, 'onLost'],
  ['factory of connectWamp', factory => connectWamp(url, { factory }), { autoPingsize: 12 }, 'autoPingSize'],
  ['reconnect of connectWamp', reconnect => connectWamp(url, { reconnect }), { maxRetires: 1 }, 'maxRetries'],
  ['connectWamp of a page', options => connectPage(url, options), { onLst: nothing }, 'onLost'],
  ['factory of connectWamp of a page', factory => connectPage(url, { factory }), { maxUnsentsize: 12 }, 'maxUnsentSize'],
  ['connect of connectWamp of a page', connect => connectPage(url, { connect }), { timeOut: 3 }, 'timeout'],
  ['connectWS of a page', options => connectPageSocket(new PageFactory(url), options), { timeOut: 3 }, 'timeout'],
  [
    'new ReconnectingClient',
    options => new ReconnectingClient(() => Promise.reject(), new FakeClock(), options),
    { sessionTimeOut: 1 },
    'sessionTimeout',
  ],
  ['new Backoff', options => new Backoff(options, () => 0), { maxdelay: 1 }, 'maxDelay'],
  ['registerForPubSub', options => server.registerForPubSub('t', options), { prefixmatch: true }, 'prefixMatch'],
  ['registerHandlerForSub', options => server.registerHandlerForSub('t', {}, nothing, options), { prefixMatcht: true }, 'prefixMatch'],
  ['registerHandlerForPub', options => server.registerHandlerForPub('t', {}, nothing, options), { prefix: true }, 'prefixMatch'],
  [
    'registerHandlerProcedureForSub',
    options => server.registerHandlerProcedureForSub('t', nothing, options),
    { prefixMach: true },
    'prefixMatch',
  ],
  [
    'registerHandlerProcedureForPub',
    options => server.registerHandlerProcedureForPub('t', nothing, options),
    { prefixMach: true },
    'prefixMatch',
  ],
  ['exportSub', options => exportSub('t', options), { prefixmatch: true }, 'prefixMatch'],
  ['exportPub', options => exportPub('t', options), { prefixmatch: true }, 'prefixMatch'],
  ['dispatch of a protocol', options => server.dispatch('t', 1, options), { exlude: [] }, 'exclude'],
  ['dispatch of a factory', options => server.factory.dispatch('t', 1, options), { eligable: [] }, 'eligible'],
  ['publish', options => client.publish('t', 1, options), { excludeme: false }, 'excludeMe'],
  ['publish of a client that reconnects', options => nobody().publish('t', 1, options), { excludeme: false }, 'excludeMe'],
  ['callWith of a client', options => client.callWith(options, 'p'), { timeOut: 1 }, 'timeout'],
  ['callWith of a server', options => server.callWith(options, 'p'), { timeOut: 1 }, 'timeout'],
  ['callWith of a client that reconnects', options => nobody().callWith(options, 'p'), { signl: undefined }, 'signal'],
  ['new RpcError', options => new RpcError('http://e/', 'no', undefined, options), { closesession: true }, 'closeSession'],
  ['deriveKey', extra => deriveKey('secret', extra), { salt: 'salt', iteration: 1 }, 'iterations'],
  ['authSignature', extra => authSignature('{}', 'secret', extra), { salt: 'salt', keyLen: 1 }, 'keylen'],
]

describe('options that are misspelt', () => {
  for (const [name, call, misspelt, meant] of calls) {
    it(`are refused by ${name}, which says what was meant`, async () => {
      const [given] = Object.keys(misspelt).slice(-1)
      const error = await thrownBy(() => call(misspelt as never))
      expect(error).toBeInstanceOf(ApiMisuse)
      expect((error as Error).message).toContain(`there is no option ${given}`)
      // `prefix` is too far from every name, so all names there are stand there
      expect((error as Error).message).toContain(given === 'prefix' ? meant : `did you mean ${meant}?`)
    })
  }
})

describe('options that are not an object', () => {
  for (const [name, call] of calls) {
    it(`are refused by ${name}`, async () => {
      for (const given of [30, true, 'text', ['list'], nothing, null]) {
        expect(await thrownBy(() => call(given as never)), String(given)).toBeInstanceOf(ApiMisuse)
      }
    })
  }

  it('are refused for connect of connectWamp, which cannot hand them on', async () => {
    for (const connect of [30, true, ['list']]) {
      expect(await thrownBy(() => connectWamp(url, { connect: connect as never }))).toBeInstanceOf(ApiMisuse)
    }
  })

  it('are refused in place of what a client tells about itself, so that no secret is sent as that', async () => {
    for (const extra of ['secret', 7, ['secret']]) {
      await expect(nobody().authenticate('ann', extra as never, 'secret')).rejects.toThrow('authExtra must be an object')
    }
    await expect(nobody().authenticate({} as never)).rejects.toThrow('a key must be a string or null, and not object')
  })
})

describe('values of options', () => {
  for (const [what, call] of [
    ['prefixMatch', (): unknown => server.registerForPubSub('t', { prefixMatch: 'false' as never })],
    ['prefixMatch', (): unknown => server.registerHandlerForSub('t', {}, nothing, { prefixMatch: 1 as never })],
    ['pubsub', (): unknown => server.registerForPubSub('t', { pubsub: 0 })],
    ['pubsub', (): unknown => server.registerForPubSub('t', { pubsub: 'SUBSCRIBE' as never })],
    ['pubsub', (): unknown => server.registerForPubSub('t', { pubsub: 4 })],
    ['exclude', (): unknown => server.dispatch('t', 1, { exclude: server as never })],
    ['eligible', (): unknown => server.dispatch('t', 1, { eligible: 'session-1' as never })],
    ['eligible', (): unknown => client.publish('t', 1, { eligible: 'session-1' as never })],
    ['timeout', (): unknown => client.callWith({ timeout: Number.NaN }, 'p')],
    ['signal', (): unknown => client.callWith({ signal: {} as never }, 'p')],
    ['closeSession', (): unknown => new RpcError('http://e/', 'no', undefined, { closeSession: 'no' as never })],
    ['onSession', (): unknown => connectWamp(url, { onSession: {} as never })],
    ['reconnect', (): unknown => connectWamp(url, { reconnect: true as never })],
    ['factory', (): unknown => connectWamp(url, { factory: [] as never })],
    ['wamp', (): unknown => new WampServerFactory(undefined, { wamp: 5 as never })],
  ] as const) {
    it(`that do not fit are refused: ${what}`, async () => {
      const error = await thrownBy(call)
      expect(error).toBeInstanceOf(ApiMisuse)
      expect((error as Error).message).toMatch(what)
    })
  }
})

describe('the checks', () => {
  it('accept the values that their texts describe', () => {
    expect([aBoolean.holds(false), aBoolean.holds(0)]).toEqual([true, false])
    expect([anObject.holds({}), anObject.holds([]), anObject.holds(null), anObject.holds(nothing)]).toEqual([true, false, false, false])
    expect([aFunction.holds(nothing), aFunction.holds({})]).toEqual([true, false])
    expect([seconds.holds(0), seconds.holds(-1), seconds.holds('1'), seconds.holds(2_000_001)]).toEqual([true, false, false, false])
    expect([aSignal.holds(new AbortController().signal), aSignal.holds({})]).toEqual([true, false])
    expect([anIterable.holds(new Set()), anIterable.holds([]), anIterable.holds('text'), anIterable.holds({})]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

/** Returns the error that a call throws or rejects with. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error
  }
}
