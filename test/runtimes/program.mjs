// Both sides of all features that need a runtime, in one process. The test compares the lines that this program prints.
import { createServer } from 'node:http'
import process from 'node:process'
import { connectWamp, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'
import {
  attachWS,
  Channel,
  connect,
  connectWS,
  listenWS,
  permessageDeflate,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'

const say = (what, ...values) => console.log(what, JSON.stringify(values))

class Upper extends WebSocketServerProtocol {
  onTextMessage(text) {
    this.sendMessage(text.toUpperCase())
  }

  onMessage(payload) {
    this.sendMessage(payload)
  }
}

async function talk(what, url, options = {}) {
  const ws = await connect(url, options)
  await ws.send('grüße 🚀')
  say(`${what} text`, await ws.receive())
  await ws.send('')
  say(`${what} empty text`, await ws.receive())
  await ws.send('ä'.repeat(100_000))
  say(`${what} long text`, (await ws.receive()) === 'Ä'.repeat(100_000))
  await ws.send(Uint8Array.of(0, 255, 1))
  say(`${what} octets`, ...(await ws.receive()))
  const large = new Uint8Array(3_000_000).map((_, at) => at * 7)
  await ws.send(large)
  const back = await ws.receive()
  say(`${what} large message`, back.length === large.length && back.every((octet, at) => octet === large[at]))
  say(`${what} ping`, (await ws.ping()) >= 0)
  await ws.close(3333, 'bye')
  const { code, reason, wasClean } = await ws.closed
  say(`${what} close`, code, reason, wasClean)
}

async function plain() {
  const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Upper }))
  await talk('plain', listener.url)
  await listener.close()
}

/** The certificate and key; the test makes them. */
async function secure() {
  const { TLS_KEY, TLS_CERT, TLS_CA } = process.env
  const factory = new WebSocketServerFactory('wss://127.0.0.1:0', { protocol: Upper })
  const listener = await listenWS(factory, { tls: { key: TLS_KEY, cert: TLS_CERT } })
  await talk('secure', `wss://localhost:${listener.port}/`, { tls: { ca: TLS_CA } })
  await listener.close()
}

async function deflate() {
  const extensions = [permessageDeflate()]
  const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Upper, extensions, maxMessagePayloadSize: 0 })
  const listener = await listenWS(factory)
  await talk('deflate', listener.url, { extensions })
  await listener.close()
}

async function attached() {
  const server = createServer((_, response) => response.end('a page'))
  const attachment = attachWS(new WebSocketServerFactory(undefined, { protocol: Upper }), server)
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await talk('attached', `ws://127.0.0.1:${port}/`)
  say('attached page', await (await fetch(`http://127.0.0.1:${port}/`)).text())
  attachment.detach()
  await new Promise(resolve => server.close(resolve))
}

async function streams() {
  const listener = await serve({ port: 0, host: '127.0.0.1' }, async ws => {
    for await (const stream of ws.streams()) {
      let octets = 0
      for await (const piece of stream) octets += piece.length
      await ws.send(String(octets))
    }
  })
  const ws = await connect(`ws://127.0.0.1:${listener.port}/`)
  await ws.send(
    (async function* () {
      for (let at = 0; at < 50; at++) yield new Uint8Array(10_000)
    })(),
  )
  say('streams', await ws.receive())
  await ws.close()
  await listener.close()
}

async function broadcast() {
  const channel = new Channel()
  const listener = await serve({ port: 0, host: '127.0.0.1' }, ws => channel.join(ws))
  const clients = await Promise.all([1, 2, 3].map(() => connect(`ws://127.0.0.1:${listener.port}/`)))
  while (channel.size < 3) await new Promise(resolve => setTimeout(resolve, 5))
  say('broadcast', channel.broadcast('to all'), ...(await Promise.all(clients.map(client => client.receive()))))
  for (const client of clients) await client.close()
  await listener.close()
}

async function refused() {
  const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Upper }))
  const { port } = listener
  await listener.close()
  class Client extends WebSocketClientProtocol {}
  const failure = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Client })).catch(error => error)
  say('refused', failure.name, failure.cause?.code)
}

async function wamp() {
  class Server extends WampServerProtocol {
    onSessionOpen() {
      this.registerProcedureForRpc('http://e/echo', value => value)
      this.registerForPubSub('http://e/t')
    }
  }
  const listener = await listenWS(new WampServerFactory('ws://127.0.0.1:0', { protocol: Server }))
  const client = await connectWamp(`ws://127.0.0.1:${listener.port}`)
  say('wamp call', await client.call('http://e/echo', { a: 'ä€🚀' }))
  say('wamp error', await client.call('http://e/none').catch(error => error.uri))
  const event = new Promise(resolve => client.subscribe('http://e/t', (topic, what) => resolve([topic, what])))
  await client.call('http://e/echo')
  client.publish('http://e/t', { n: 1 }, { excludeMe: false })
  say('wamp event', ...(await event))
  await client.close()
  await listener.close()
}

for (const part of [plain, secure, deflate, attached, streams, broadcast, refused, wamp]) await part()
