import * as http from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ApiMisuse,
  attach,
  attachWS,
  Channel,
  Channels,
  type Connection,
  clusterBus,
  connect,
  connectWS,
  createHandlers,
  InProcessBus,
  type Listener,
  listenWS,
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  PerMessageDeflateResponse,
  PerMessageDeflateResponseAccept,
  permessageDeflate,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'

class Server extends WebSocketServerProtocol {}
class Client extends WebSocketClientProtocol {}

const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Server })
let listener: Listener
let client: WebSocketClientProtocol
let connection: Connection

beforeAll(async () => {
  listener = await listenWS(factory)
  client = await connectWS(clientFactory())
  connection = await connect(`ws://127.0.0.1:${listener.port}`)
})
afterAll(() => listener.close({ timeout: 0 }))

/** Calls that take an object of options: each with a misspelt name, and what it was meant to be. */
const calls: readonly (readonly [name: string, call: (options: never) => unknown, misspelt: string, meant: string])[] = [
  ['new WebSocketServerFactory', options => new WebSocketServerFactory('ws://a', options), 'autoPingsize', 'autoPingSize'],
  ['new WebSocketServerFactory, session', options => new WebSocketServerFactory('ws://a', options), 'externalport', 'externalPort'],
  ['setProtocolOptions of a server', options => factory.setProtocolOptions(options), 'maxConnection', 'maxConnections'],
  ['setSessionParameters of a server', options => factory.setSessionParameters(options), 'header', 'headers'],
  ['new WebSocketClientFactory', options => new WebSocketClientFactory('ws://a', options), 'userAgent', 'useragent'],
  ['setProtocolOptions of a client', options => clientFactory().setProtocolOptions(options), 'versoin', 'version'],
  ['setSessionParameters of a client', options => clientFactory().setSessionParameters(options), 'protocol', 'protocols'],
  ['listenWS', options => listenWS(serverFactory(), options), 'prot', 'port'],
  ['connectWS', options => connectWS(clientFactory(), options), 'timeOut', 'timeout'],
  ['attachWS', options => attachWS(serverFactory(), http.createServer(), options), 'paht', 'path'],
  ['attach', options => attach(http.createServer(), options, () => {}), 'unmatch', 'unmatched'],
  ['attach, protocol options', options => attach(http.createServer(), options, () => {}), 'maxConnection', 'maxConnections'],
  ['createHandlers', options => createHandlers(options, () => {}), 'onconnect', 'onConnect'],
  ['serve, listening', options => serve(options, () => {}), 'prot', 'port'],
  ['serve, protocol options', options => serve(options, () => {}), 'maxConnection', 'maxConnections'],
  ['serve, hooks', options => serve(options, () => {}), 'onconnect', 'onConnect'],
  ['connect, connecting', options => connect('ws://127.0.0.1:1', options), 'timeOut', 'timeout'],
  ['connect, session', options => connect('ws://127.0.0.1:1', options), 'protocol', 'protocols'],
  ['listener.close', options => listener.close(options), 'tiemout', 'timeout'],
  ['permessageDeflate', options => permessageDeflate(options), 'windowbits', 'windowBits'],
  ['new PerMessageDeflateOffer', options => new PerMessageDeflateOffer(options), 'requestMaxWindowbits', 'requestMaxWindowBits'],
  ['new PerMessageDeflateOfferAccept', options => new PerMessageDeflateOfferAccept(new PerMessageDeflateOffer(), options), 'levl', 'level'],
  [
    'new PerMessageDeflateResponseAccept',
    options => new PerMessageDeflateResponseAccept(PerMessageDeflateResponse.parse(new Map()), options),
    'memlevel',
    'memLevel',
  ],
  ['prepareMessage', options => factory.prepareMessage('x', false, options), 'doNotCompres', 'doNotCompress'],
  ['factory.broadcast', options => factory.broadcast('x', options), 'slwo', 'slow'],
  ['channel.broadcast', options => new Channel().broadcast('x', options), 'excpet', 'except'],
  ['new Channel', options => new Channel(options), 'onleave', 'onLeave'],
  ['new Channels', options => new Channels(options), 'maxBusMessagesize', 'maxBusMessageSize'],
  ['new InProcessBus', options => new InProcessBus(options), 'onerror', 'onError'],
  ['clusterBus', options => clusterBus(options), 'onerror', 'onError'],
  ['sendMessage', options => client.sendMessage('x', false, options), 'fragmentsize', 'fragmentSize'],
  ['beginMessage', options => client.beginMessage(true, options), 'fragmentsize', 'fragmentSize'],
  ['sendMessageFrame', options => client.sendMessageFrame(new Uint8Array(1), options), 'fin', 'final'],
  ['beginMessageFrame', options => client.beginMessageFrame(1, options), 'reservd', 'reserved'],
  ['sendFrame', options => client.sendFrame(3, new Uint8Array(1), options), 'isfinal', 'isFinal'],
  ['dropConnection', options => client.dropConnection(options), 'abrt', 'abort'],
]

describe('an object of options', () => {
  for (const [name, call, misspelt, meant] of calls) {
    it(`${name}: refuses ${misspelt} and suggests ${meant}`, async () => {
      expect(await misuseOf(() => call({ [misspelt]: 1 } as never))).toContain(`; did you mean ${meant}?`)
    })

    for (const positional of [30, 'x', true, [1], null, () => {}, new AbortController().signal]) {
      if (positional === null && name.startsWith('set')) continue
      it(`${name}: refuses ${String(positional)} in its place and names the options, or writes them`, async () => {
        expect(await misuseOf(() => call(positional as never))).toMatch(
          / must be an object( \(with .*\), and not |, and not .*: write \{|, and not )/,
        )
      })
    }
  }

  it('has no effect where it was refused', () => {
    expect({ isClientOpen: client.isOpen, isServerOpen: connection.protocol.isOpen, connectionCount: listener.connectionCount }).toEqual({
      isClientOpen: true,
      isServerOpen: true,
      connectionCount: 2,
    })
  })
})

describe('the value of an option', () => {
  for (const [name, call] of [
    ['connectWS: timeout NaN', () => connectWS(clientFactory(), { timeout: Number.NaN })],
    ['connectWS: timeout as text', () => connectWS(clientFactory(), { timeout: '3' as never })],
    ['connectWS: a controller for its signal', () => connectWS(clientFactory(), { signal: new AbortController() as never })],
    ['connectWS: a name for localAddress', () => connectWS(clientFactory(), { localAddress: 'localhost' })],
    ['connectWS: a number for socket', () => connectWS(clientFactory(), { socket: 5 as never })],
    ['listenWS: a port beyond all ports', () => listenWS(serverFactory(), { port: 65_536 })],
    ['listenWS: a port as text', () => listenWS(serverFactory(), { port: '80' as never })],
    ['listenWS: tls true', () => listenWS(serverFactory(), { port: 0, tls: true as never })],
    ['attachWS: a path without slash', () => attachWS(serverFactory(), http.createServer(), { path: 'chat' })],
    ['attachWS: a path with a query', () => attachWS(serverFactory(), http.createServer(), { path: '/chat?x' })],
    ['attachWS: unmatched', () => attachWS(serverFactory(), http.createServer(), { unmatched: 'drop' as never })],
    ['attachWS: no server', () => attachWS(serverFactory(), {} as never)],
    ['serve: onConnect', () => serve({ port: 0, onConnect: {} as never }, () => {})],
    ['broadcast: slow', () => factory.broadcast('x', { slow: 'drop' as never })],
    ['broadcast: to', () => factory.broadcast('x', { to: 5 as never })],
    ['sendMessageFrame: final', () => client.sendMessageFrame(new Uint8Array(1), { final: 1 as never })],
    ['dropConnection: abort', () => client.dropConnection({ abort: 1 as never })],
  ] as const) {
    it(`is refused: ${name}`, async () => {
      expect(await misuseOf(call)).not.toBe('')
    })
  }
})

function serverFactory(): WebSocketServerFactory {
  return new WebSocketServerFactory(undefined, { protocol: Server })
}

function clientFactory(): WebSocketClientFactory {
  return new WebSocketClientFactory(`ws://127.0.0.1:${listener.port}`, { protocol: Client })
}

/** The message of the misuse, however the call tells it. */
async function misuseOf(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    expect(error).toBeInstanceOf(ApiMisuse)
    return (error as Error).message
  }
  throw new Error('accepted')
}
