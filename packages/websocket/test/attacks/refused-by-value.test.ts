import { once } from 'node:events'
import * as http from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import {
  attachWS,
  type ConnectionAccept,
  connectWS,
  HandshakeFailed,
  HttpException,
  type Listener,
  listenWS,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'
import { upgradeRequest } from '../fixtures/echo.ts'
import { HttpServers } from '../fixtures/http-server.ts'
import { Attacker } from './attacker.ts'
import { Victim, Watchful, WatchfulFactory } from './victim.ts'

const servers = new HttpServers()
const listeners: Listener[] = []

afterEach(async () => {
  servers.end()
  Attacker.endAll()
  await Victim.endAll()
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

/** Values of a server's `onConnect`, and the status that each is answered with. */
const answers: readonly (readonly [name: string, value: unknown, status: number])[] = [
  ['undefined', undefined, 101],
  ['null', null, 101],
  ['an offered subprotocol', 'b', 101],
  ['an empty object', {}, 101],
  ['{ protocol, headers, data }', { protocol: 'a', headers: { 'X-A': '1' }, data: 1 }, 101],
  ['HttpException 403', new HttpException(403, 'forbidden'), 403],
  ['HttpException 401 with a header', new HttpException(401, 'who?', { 'WWW-Authenticate': 'Basic' }), 401],
  ['false', false, 500],
  ['true', true, 500],
  ['0', 0, 500],
  ['401', 401, 500],
  ['a tuple', ['b', { 'X-H': '1' }], 500],
  ['{ subprotocol }', { subprotocol: 'b' }, 500],
  ['{ status }', { status: 403 }, 500],
  ['{ protocol: 5 }', { protocol: 5 }, 500],
  ['an Error', new Error('no'), 500],
  ['a symbol', Symbol('x'), 500],
  ['a Response', new Response(null, { status: 403 }), 500],
  ['an object of a class', new (class Denied {})(), 500],
  ['an object of a class without a base', Object.create(Object.create(null, { status: { value: 403 } })), 500],
  ['an object that inherits', Object.create({ status: 403 }), 500],
  ['headers that are a promise', { headers: Promise.resolve({}) }, 500],
  ['a subprotocol that was not offered', 'c', 500],
  ['an empty subprotocol', '', 500],
]

describe("the value of a server's onConnect", () => {
  for (const [name, value, status] of answers) {
    const answer = value as ConnectionAccept
    for (const [style, open] of [
      ['of a class', () => ofClass(() => answer)],
      ['of a class, by a promise', () => ofClass(async () => answer)],
      ['of serve', () => ofServe(() => answer)],
      ['of serve, by a promise', () => ofServe(async () => answer)],
    ] as const) {
      it(`${style}: ${name} is answered ${status}`, async () => {
        const { port, errors } = await open()
        const head = await answered(port)
        expect(head.split(' ')[1]).toBe(String(status))
        expect(errors.map(error => error.name)).toEqual(status === 500 ? ['ApiMisuse'] : [])
      })
    }
  }

  it('is named by the error that is reported', async () => {
    const { port, errors } = await ofServe((() => false) as unknown as () => ConnectionAccept)
    await answered(port)
    expect(errors.map(error => error.message)).toEqual([expect.stringContaining('onConnect returned false, which does not accept')])
  })

  it('keeps its headers as an HttpException that was thrown does', async () => {
    const { port } = await ofClass(() => new HttpException(401, 'who?', { 'WWW-Authenticate': 'Basic' }) as unknown as ConnectionAccept)
    expect(await answered(port)).toContain('WWW-Authenticate: Basic')
  })
})

describe("the value of a client's hooks", () => {
  for (const [hook, name, value, outcome] of [
    ['onConnecting', 'nothing', undefined, 'open'],
    ['onConnecting', 'an object with parts of the request', { origin: undefined }, 'open'],
    ['onConnecting', 'false', false, 'reported'],
    ['onConnecting', 'an Error', new Error('no'), 'reported'],
    ['onConnecting', 'a misspelt part', { header: {} }, 'reported'],
    ['onConnecting', 'a HandshakeFailed', new HandshakeFailed('not now'), 'given up'],
    ['onConnect', 'nothing', undefined, 'open'],
    ['onConnect', 'false', false, 'reported'],
    ['onConnect', 'an Error', new Error('no'), 'reported'],
    ['onConnect', 'a HandshakeFailed', new HandshakeFailed('wrong server'), 'given up'],
  ] as const) {
    for (const [how, returned] of [
      ['', () => value],
      [' by a promise', async () => value],
    ] as const) {
      it(`${hook}: ${name}${how} is ${outcome}`, async () => {
        const { port } = await ofServe(() => undefined)
        class Client extends WebSocketClientProtocol {}
        Object.assign(Client.prototype, { [hook]: returned })
        const factory = new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Client })
        const errors: string[] = []
        factory.onError = error => void errors.push(error.name)
        const error: unknown = await connectWS(factory).then(
          client => client.dropConnection(),
          why => why,
        )
        expect(error?.constructor).toBe(outcome === 'open' ? undefined : HandshakeFailed)
        if (outcome === 'given up') expect(error).toBe(value)
        expect(errors).toEqual(outcome === 'reported' ? ['ApiMisuse'] : [])
      })
    }
  }
})

describe('a function that is asked yes or no', () => {
  it('trustedProxies: trusts nobody by a promise', async () => {
    const { port, errors } = await ofClass(() => undefined, { trustedProxies: (async () => false) as unknown as () => boolean })
    expect(await answered(port, ['X-Forwarded-For: 192.0.2.1'])).toMatch(/^HTTP\/1\.1 500 /)
    expect(errors.map(error => error.message)).toEqual(['trustedProxies must return true or false, and returned an object (Promise)'])
  })

  it('the path of attachWS: takes no request by a promise', async () => {
    const web = http.createServer()
    const factory = new WatchfulFactory(undefined, { protocol: Watchful })
    attachWS(factory, web, { path: (async () => false) as unknown as () => boolean })
    const port = await servers.start(web)
    expect(await answered(port)).toMatch(/^HTTP\/1\.1 500 /)
    expect(factory.errors.map(error => error.message)).toEqual([
      'the path function of attachWS must return true or false, and returned an object (Promise)',
    ])
  })

  for (const [name, value] of [
    ['true', true],
    ['a promise', Promise.resolve(undefined)],
    ['an object', {}],
  ] as const) {
    it(`perMessageCompressionAccept: declines and reports ${name}`, async () => {
      const { port, errors } = await ofClass(() => undefined, { perMessageCompressionAccept: (() => value) as never })
      const head = await answered(port, ['Sec-WebSocket-Extensions: permessage-deflate'])
      expect(head).toMatch(/^HTTP\/1\.1 101 /)
      expect(head).not.toContain('permessage-deflate')
      expect(errors.map(error => error.name)).toEqual(['ApiMisuse'])
    })
  }
})

interface Opened {
  readonly port: number
  readonly errors: readonly Error[]
}

async function ofClass(
  onConnect: () => ConnectionAccept | Promise<ConnectionAccept>,
  options: ConstructorParameters<typeof WebSocketServerFactory>[1] = {},
): Promise<Opened> {
  class Server extends WebSocketServerProtocol {
    override onConnect(): ConnectionAccept | Promise<ConnectionAccept> {
      return onConnect()
    }
  }
  const errors: Error[] = []
  const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Server, ...options })
  factory.onError = error => void errors.push(error)
  return opened(await listenWS(factory), errors)
}

async function ofServe(onConnect: () => ConnectionAccept | Promise<ConnectionAccept>): Promise<Opened> {
  const errors: Error[] = []
  const onError = (error: Error): void => void errors.push(error)
  return opened(await serve({ host: '127.0.0.1', port: 0, onConnect, onError }, async connection => void (await connection.closed)), errors)
}

function opened(listener: Listener, errors: readonly Error[]): Opened {
  listeners.push(listener)
  return { port: listener.port!, errors }
}

async function answered(port: number, headers: readonly string[] = []): Promise<string> {
  const attacker = await Attacker.to(port)
  attacker.socket.write(upgradeRequest('/', ['Sec-WebSocket-Protocol: a, b', ...headers]))
  const [octets] = (await once(attacker.socket, 'data')) as [Buffer]
  return octets.toString('latin1')
}
