import * as http from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ApiMisuse,
  addressIn,
  attach,
  attachWS,
  Channel,
  type Connection,
  connect,
  connectWS,
  createHandlers,
  createWsUrl,
  HeaderFields,
  type Listener,
  listenWS,
  PerMessageDeflateOffer,
  PreparedFrame,
  parseWsUrl,
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
  client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${listener.port}`, { protocol: Client }))
  connection = await connect(`ws://127.0.0.1:${listener.port}`)
})
afterAll(() => listener.close({ timeout: 0 }))

const wrong = 5 as never
const nothing = (): void => undefined

/** Functions that return a promise, each with a call that is misuse. */
const promising: readonly (readonly [name: string, call: () => unknown])[] = [
  ['listenWS', () => listenWS(wrong)],
  ['listenWS, options', () => listenWS(factory, wrong)],
  ['connectWS', () => connectWS(wrong)],
  ['connectWS, no class', () => connectWS(new WebSocketClientFactory('ws://a'))],
  ['connectWS, a class of the other role', () => connectWS(new WebSocketClientFactory('ws://a', { protocol: Server as never }))],
  ['serve', () => serve({ port: 0 }, wrong)],
  ['serve, no routes', () => serve({ port: 0 }, {})],
  ['connect', () => connect('http://a')],
  ['connect, no URL', () => connect(wrong)],
  ['listener.close', () => listener.close({ code: 1005 })],
  ['listener.close, options that are null', () => listener.close(null as never)],
  ['listenWS, options that are null', () => listenWS(factory, null as never)],
  ['connectWS, options that are null', () => connectWS(new WebSocketClientFactory('ws://a', { protocol: Client }), null as never)],
  ['connect, options that are null', () => connect('ws://a', null as never)],
  ['connect, a symbol', () => connect(Symbol('url') as never)],
  ['serve, options that are null', () => serve(null as never, { '/': nothing })],
  ['serve, routes that are null', () => serve({ port: 0 }, null as never)],
  ['serve, a symbol for a handler', () => serve({ port: 0 }, { '/': Symbol('handler') as never })],
  ['join', () => new Channel().join(wrong)],
  ['join, null', () => new Channel().join(null as never)],
  ['receive', () => connection.receive(wrong)],
  ['receive, null', () => connection.receive(null as never)],
  ['receive, a time that is a symbol', () => connection.receive({ timeout: Symbol('5') as never })],
  ['send', () => connection.send(wrong)],
  ['send, nothing', () => connection.send(undefined as never)],
  ['close with 1005', () => connection.close(1005)],
  ['close with 1006', () => connection.close(1006)],
  ['close with 2000', () => connection.close(2000)],
  ['close with a code that is text', () => connection.close('1000' as never)],
  ['close with a reason that is too long', () => connection.close(1000, 'x'.repeat(200))],
]

/** All other functions. */
const plain: readonly (readonly [name: string, call: () => unknown])[] = [
  ['new WebSocketServerFactory', () => new WebSocketServerFactory('http://a')],
  ['new WebSocketClientFactory', () => new WebSocketClientFactory('http://a')],
  ['setSessionParameters', () => factory.setSessionParameters({ externalPort: 0 })],
  ['setProtocolOptions', () => factory.setProtocolOptions({ maxConnections: -1 })],
  ['prepareMessage', () => factory.prepareMessage(wrong)],
  ['factory.broadcast', () => factory.broadcast(wrong)],
  ['channel.broadcast', () => new Channel().broadcast(wrong)],
  ['attachWS', () => attachWS(wrong, http.createServer())],
  ['attachWS, no server', () => attachWS(factory, wrong)],
  ['attach, no server', () => attach(wrong, nothing)],
  ['attach, no routes', () => attach(http.createServer(), wrong)],
  ['attach, options that are null', () => attach(http.createServer(), null as never, { '/': nothing })],
  ['attach, not a pattern', () => attach(http.createServer(), { '/:a-b': nothing })],
  ['createHandlers', () => createHandlers(wrong)],
  ['createHandlers, options', () => createHandlers(wrong, { '/': nothing })],
  ['createHandlers, a route that is null', () => createHandlers({ '/': null as never })],
  ['sendMessage', () => client.sendMessage(wrong)],
  ['sendPreparedMessage', () => client.sendPreparedMessage(wrong)],
  ['new PreparedFrame', () => new PreparedFrame(1)],
  ['sendPreparedFrame', () => client.sendPreparedFrame(wrong)],
  ['sendPreparedFrame without an extension', () => client.sendPreparedFrame(new PreparedFrame(3))],
  ['sendMessageFrame without a message', () => client.sendMessageFrame(new Uint8Array(1))],
  ['sendMessageFrameData', () => client.sendMessageFrameData(wrong)],
  ['endMessage', () => client.endMessage()],
  ['beginMessageFrame without a message', () => client.beginMessageFrame(1)],
  ['sendPing', () => client.sendPing('text' as never)],
  ['sendPong', () => client.sendPong(new Uint8Array(126))],
  ['sendFrame', () => client.sendFrame(3)],
  ['sendClose', () => client.sendClose(1006)],
  ['failConnection', () => client.failConnection(1006, '')],
  ['dropConnection', () => client.dropConnection(wrong)],
  ['permessageDeflate', () => permessageDeflate({ windowBits: 99 })],
  ['new PerMessageDeflateOffer', () => new PerMessageDeflateOffer({ requestMaxWindowBits: 99 })],
  ['parseWsUrl', () => parseWsUrl('http://a')],
  ['createWsUrl', () => createWsUrl('a b')],
  ['addressIn', () => addressIn('nonsense')],
  ['HeaderFields.from', () => HeaderFields.from(wrong)],
]

describe('misuse', () => {
  for (const [name, call] of promising) {
    it(`rejects the promise of ${name}, and throws nothing`, async () => {
      const promise = call()
      expect(promise).toBeInstanceOf(Promise)
      await expect(promise).rejects.toBeInstanceOf(ApiMisuse)
    })
  }

  for (const [name, call] of plain) {
    it(`is thrown at once by ${name}`, () => {
      expect(call).toThrow(ApiMisuse)
    })
  }

  it('leaves connections and listeners as they are', () => {
    expect({ isClientOpen: client.isOpen, isServerOpen: connection.protocol.isOpen, connectionCount: listener.connectionCount }).toEqual({
      isClientOpen: true,
      isServerOpen: true,
      connectionCount: 2,
    })
  })
})
