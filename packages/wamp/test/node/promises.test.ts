import { readdirSync, readFileSync } from 'node:fs'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialTransport as pageDial } from '../../src/browser/dial-transport.ts'
import * as page from '../../src/browser/v1.ts'
import { connect } from '../../src/node/connect.ts'
import { dialLongPoll } from '../../src/node/dial-longpoll.ts'
import { dialSettings } from '../../src/node/dial-options.ts'
import { dialRawSocket } from '../../src/node/dial-rawsocket.ts'
import { dialTransport } from '../../src/node/dial-transport.ts'
import { dialWebSocket } from '../../src/node/dial-websocket.ts'
import * as node from '../../src/node/v1.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { Link, TestClient, TestClientFactory, TestServerFactory } from '../fixtures/link.ts'
import { ScriptFactory } from '../fixtures/script-client.ts'

class Server extends node.WampServerProtocol {}
class CraClient extends node.WampCraClientProtocol {}
class PageClient extends page.WampCraClientProtocol {}

let client: TestClient
let server: Server
let listener: node.Listener
let reconnecting: node.ReconnectingClient

beforeAll(async () => {
  ;[client, server] = await new Link().join<TestClient, Server>(new TestClientFactory(), new TestServerFactory(Server))
  listener = await node.listenWS(new node.WampServerFactory('ws://127.0.0.1:0', { protocol: Server }))
  reconnecting = await node.connectWamp(`ws://127.0.0.1:${listener.port}`)
})
afterAll(async () => {
  await reconnecting.close()
  await listener.close({ timeout: 0 })
})

const url = 'ws://127.0.0.1:1/'
const wrong = Symbol('wrong') as never
const unserialisable = 1n
const serializers = [new JsonSerializer()]

/** Every function and method of both entries, and every way to a router, that returns a promise, each with calls that are misuse. */
const promising: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
  call: {
    'of a client, without a procedure': () => client.call(''),
    'of a client, with a symbol': () => client.call(wrong),
    'of a client, with an argument that is not JSON': () => client.call('p', unserialisable),
    'of a client that is not connected': () => new TestClient().call('p'),
    'of a page that is not connected': () => new PageClient().call('p'),
    'of a server': () => server.call(wrong),
    'of a reconnecting client': () => reconnecting.call(wrong),
    'of a reconnecting client, with an argument that is not JSON': () => reconnecting.call('p', unserialisable),
    'of a reconnecting client without a session': () => neverOpened().call(''),
  },
  callWith: {
    'of a client, with a timeout that is not a number': () => client.callWith({ timeout: Number.NaN }, 'p'),
    'of a client, with a name that does not exist': () => client.callWith({ timout: 1 } as never, 'p'),
    'of a client, with null': () => client.callWith(null as never, 'p'),
    'of a client, with a symbol': () => client.callWith(wrong, 'p'),
    'of a server': () => server.callWith(5 as never, 'p'),
    'of a reconnecting client': () => reconnecting.callWith({ signal: {} as never }, 'p'),
    'of a reconnecting client without a session': () => neverOpened().callWith({ timeout: -1 }, 'p'),
  },
  authenticate: {
    'of a client, with a key that is a symbol': () => new CraClient().authenticate(wrong),
    'of a client, with a secret in place of authExtra': () => new CraClient().authenticate('ann', 'secret' as never),
    'of a client, with a secret that is a number': () => new CraClient().authenticate('ann', null, 7 as never),
    'of a client that is not connected': () => new CraClient().authenticate('ann', null, 'secret'),
    'of a page': () => new PageClient().authenticate(wrong),
    'of a reconnecting client': () => reconnecting.authenticate('ann', wrong),
  },
  close: {
    'of a reconnecting client, with 1005': () => reconnecting.close(1005),
    'of a reconnecting client, with a symbol': () => reconnecting.close(wrong),
    'of a reconnecting client, with a reason that is too long': () => reconnecting.close(1000, 'x'.repeat(124)),
    'of a reconnecting client without a session': () => neverOpened().close(1005),
    'of a reconnecting client without a session, with a reason that is a symbol': () => neverOpened().close(1000, wrong),
    'of a listener': () => listener.close({ code: 1005 }),
  },
  open: {
    'of a reconnecting client, a second time': () => reconnecting.open(),
  },
  connectWamp: {
    'with an address that is a symbol': () => node.connectWamp(wrong),
    'with an address of something else': () => node.connectWamp('http://a'),
    'with options that are a number': () => node.connectWamp(url, 5 as never),
    'with options that are null': () => node.connectWamp(url, null as never),
    'with connect that is null': () => node.connectWamp(url, { connect: null as never }),
    'with the time between tries misspelt': () => node.connectWamp(url, { reconnect: { intialDelay: 1 } as never }),
    'of a page, with an address that is a symbol': () => page.connectWamp(wrong),
    'of a page, with options that are null': () => page.connectWamp(url, null as never),
    'of a page, with a factory that is null': () => page.connectWamp(url, { factory: null as never }),
  },
  connectWS: {
    'without a factory': () => node.connectWS(wrong),
    'without a class': () => node.connectWS(new node.WampClientFactory(url)),
    'with options that are null': () => node.connectWS(new TestClientFactory(), null as never),
    'of a page, without a factory': () => page.connectWS(wrong),
    'of a page, with a factory that is an empty object': () => page.connectWS({} as never),
    'of a page, with a timeout that is not a number': () => page.connectWS(new ScriptFactory(), { timeout: Number.NaN }),
    'of a page, with a class that is not one': () => page.connectWS(new ScriptFactory(), { socketClass: 5 as never }),
  },
  connect: {
    'without options': () => connect(url, undefined as never),
    'without a realm': () => connect(url, {} as never),
    'with a serializer by its name': () => connect(url, { realm: 'r', serializers: ['json' as never] }),
    'with an address of something else': () => connect('ftp://a', { realm: 'r' }),
  },
  dialTransport: {
    'with an address that is a symbol': () => dialTransport(wrong, { serializers }),
    'without options': () => dialTransport(url, undefined as never),
    'with options that are misspelt': () => dialTransport(url, { serializers, pingIntervall: 1 } as never),
    'of a page, without options': () => pageDial(url, undefined as never),
    'with options of connecting that cannot be used': () => dialTransport(url, { serializers, timeout: Number.NaN }),
  },
  dialLongPoll: {
    'with an address without a host': () => dialLongPoll('http://', dialSettings({ serializers })),
    'with a proxy': () => dialLongPoll('http://a', dialSettings({ serializers, proxy: 'env' })),
  },
  dialWebSocket: {
    'with an address without a host': () => dialWebSocket('ws://', dialSettings({ serializers })),
    'with options of the WebSocket layer that do not exist': () =>
      dialWebSocket(url, dialSettings({ serializers, websocket: { a: 1 } as never })),
  },
  dialRawSocket: {
    'with an address without a port': () => dialRawSocket('rs://a', dialSettings({ serializers })),
    'with headers': () => dialRawSocket('rs://a:1', dialSettings({ serializers, headers: { a: 'b' } })),
  },
  listenWS: {
    'without a factory': () => node.listenWS(wrong),
    'with options that are null': () => node.listenWS(new node.WampServerFactory(), null as never),
  },
}

describe('functions that return a promise', () => {
  for (const [name, calls] of Object.entries(promising)) {
    for (const [what, call] of Object.entries(calls)) {
      it(`throw nothing and reject with ApiMisuse: ${name} ${what}`, async () => {
        const promise = call()
        expect(promise).toBeInstanceOf(Promise)
        await expect(promise).rejects.toBeInstanceOf(node.ApiMisuse)
      })
    }
  }

  it('are all in this table', () => {
    const ofWebSocket = ['connectWS', 'listenWS']
    expect(Object.keys(promising).sort()).toEqual([...new Set([...promisingNames(), ...ofWebSocket])].sort())
  })

  it('leave connections and listeners as they are', () => {
    expect([client.isOpen, client.pendingCalls, server.isOpen, server.pendingCalls]).toEqual([true, 0, true, 0])
    expect([reconnecting.isConnected, listener.connectionCount]).toEqual([true, 1])
  })
})

function neverOpened(): node.ReconnectingClient {
  return new node.ReconnectingClient(() => Promise.reject(new Error('nobody')), new FakeClock())
}

/** The names in the files that the two entries export from, by what the source says. */
function promisingNames(): string[] {
  const source = new URL('../../src/', import.meta.url)
  const names: string[] = []
  for (const folder of ['v1/', 'node/', 'browser/']) {
    for (const file of readdirSync(new URL(folder, source))) {
      if (!file.endsWith('.ts') || internal.has(file)) continue
      const text = readFileSync(new URL(`${folder}${file}`, source), 'utf8')
      for (const [, name] of text.matchAll(declaration)) names.push(name!)
    }
  }
  return names
}

/** A function or a method, public and not a getter, up to the promise that it returns. */
const declaration = /^\s*(?:export )?(?:async )?(?:function )?([A-Za-z]\w*)(?:<[^(\n]*>)?\([^)]*(?:\)[^):{}]*)*\): Promise</gm

/** Files whose functions no entry exports. */
const internal: ReadonlySet<string> = new Set([
  'authenticate.ts',
  'cra-server.ts',
  'cra.ts',
  'rpc.ts',
  'pending-calls.ts',
  'client-session.ts',
  'socket-connection.ts',
])
