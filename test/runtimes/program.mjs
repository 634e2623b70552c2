// Both sides of all features that need a runtime, in one process. The test compares the lines that this program prints.
import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import { createServer as createHttpsServer, Server as TlsServer } from 'node:https'
import { createServer as createTcpServer, connect as tcpConnect } from 'node:net'
import process from 'node:process'
import { createServer as createTlsServer } from 'node:tls'
import { connectWamp, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'
import {
  attachWS,
  Channel,
  connect,
  connectWS,
  listenWS,
  permessageDeflate,
  serve,
  toDuplex,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'
import { CloseEvent, WebSocket, WebSocketStream } from '@autobahn-ts/websocket/whatwg'
import { WebSocket as DropIn, WebSocketServer as DropInServer } from '../../packages/ws/dist/index.js'

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

async function forms() {
  const listener = await serve({ port: 0, host: '127.0.0.1' }, async ws => {
    for await (const message of ws) await ws.send(message)
  })
  const ws = await connect(listener.url)
  const octets = new Uint8Array([9, 1, 2, 9]).subarray(1, 3)
  for (const message of [new DataView(octets.buffer, 1, 2), new Blob([octets]), new Blob([octets]).stream(), new Response(octets).body]) {
    await ws.send(message)
    say('form', ...(await ws.receive()))
  }
  await ws.send(new Blob(['text']).stream().pipeThrough(new TextDecoderStream()), { binary: false })
  say('form text', await ws.receiveText())
  await ws.sendJson({ a: 1 })
  say('form json', await ws.receiveJson())
  await ws[Symbol.asyncDispose]()
  await listener.close()
}

/** Leads to servers, as a proxy does that takes CONNECT. */
function lead(socket) {
  socket.on('error', () => {})
  socket.once('data', head => {
    const [, port] = /^CONNECT localhost:(\d+) /.exec(head.toString())
    const server = tcpConnect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(server).pipe(socket)
    })
    server.on('error', () => socket.destroy())
    socket.on('close', () => server.destroy())
  })
}

async function proxied() {
  const { TLS_KEY: key, TLS_CERT: cert, TLS_CA: ca } = process.env
  for (const scheme of ['ws', 'wss']) {
    const factory = new WebSocketServerFactory(`${scheme}://127.0.0.1:0`, { protocol: Upper })
    const listener = await listenWS(factory, scheme === 'wss' ? { tls: { key, cert } } : {})
    for (const proxyScheme of ['http', 'https']) {
      const proxy = proxyScheme === 'http' ? createTcpServer(lead) : createTlsServer({ key, cert }, lead)
      await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve))
      const url = `${proxyScheme}://localhost:${proxy.address().port}`
      const ws = await connect(`${scheme}://localhost:${listener.port}/`, { proxy: { url, tls: { ca } }, tls: { ca } })
      await ws.send('through')
      say(`${scheme} through ${proxyScheme}`, await ws.receive())
      await ws.send(new Uint8Array(300_000))
      say(`${scheme} through ${proxyScheme} large`, (await ws.receive()).length)
      await ws.close()
      proxy.close()
    }
    await listener.close()
  }
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

/** Returns the next event of a type. */
function event(target, type) {
  return new Promise(resolve => target.addEventListener(type, resolve, { once: true }))
}

async function platformClasses() {
  const { TLS_KEY: key, TLS_CERT: cert, TLS_CA: ca } = process.env
  for (const tls of [undefined, { key, cert }]) {
    const listener = await serve({ port: 0, host: '127.0.0.1', protocols: ['echo'], ...(tls && { tls }) }, ws =>
      ws.readable.pipeTo(ws.writable),
    )
    const url = `${tls ? 'wss' : 'ws'}://localhost:${listener.port}/`
    const ws = new WebSocket(url, 'echo', { tls: { ca }, headers: { 'X-Own': 'yes' } })
    ws.binaryType = 'arraybuffer'
    await event(ws, 'open')
    const received = []
    ws.onmessage = ({ data }) => received.push(typeof data === 'string' ? data : [...new Uint8Array(data)])
    ws.send('grüße')
    ws.send(new Blob(['bl']))
    ws.send(Uint8Array.of(1, 2))
    say('platform class', ws.protocol, ws.bufferedAmount)
    while (received.length < 3) await event(ws, 'message')
    ws.close(3001, 'x')
    const close = await event(ws, 'close')
    say('platform class events', ...received, close instanceof CloseEvent, close.code, close.wasClean)

    const stream = new WebSocketStream(url, { tls: { ca } })
    const { readable, writable } = await stream.opened
    const writer = writable.getWriter()
    await writer.write(new Uint8Array(300_000))
    const reader = readable.getReader()
    say('platform stream', (await reader.read()).value.length)
    await writer.close()
    say('platform stream end', (await stream.closed).closeCode, (await reader.read()).done)

    const duplex = toDuplex(await connect(url, { tls: { ca } }))
    duplex.end('through a Node stream')
    const chunks = []
    for await (const chunk of duplex) chunks.push(chunk)
    say('duplex', Buffer.concat(chunks).toString())
    await listener.close()
  }
}

async function dropIn() {
  const { TLS_KEY: key, TLS_CERT: cert, TLS_CA: ca } = process.env
  for (const http of [createServer(), createHttpsServer({ key, cert })]) {
    const server = new DropInServer({ server: http, perMessageDeflate: true })
    server.on('connection', socket => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
    await new Promise(resolve => http.listen(0, '127.0.0.1', resolve))
    const url = `${http instanceof TlsServer ? 'wss' : 'ws'}://localhost:${http.address().port}/`
    const socket = new DropIn(url, { ca })
    await new Promise(resolve => socket.once('open', resolve))
    const received = []
    socket.on('message', (data, isBinary) => received.push(isBinary ? data.length : data.toString()))
    socket.send('grüße')
    socket.send(Buffer.alloc(300_000))
    await new Promise(resolve => {
      socket.once('pong', data => resolve(received.push(data.toString())))
      socket.send('', () => socket.ping('beat'))
    })
    while (received.length < 4) await new Promise(resolve => socket.once('message', resolve))
    say('drop-in', socket.extensions, ...received.sort())
    const closed = new Promise(resolve => socket.once('close', (...given) => resolve(given)))
    socket.close(3001, 'x')
    const [code, reason] = await closed
    say('drop-in close', code, reason.toString())
    server.close()
    await new Promise(resolve => http.close(resolve))
  }
}

const parts = [plain, secure, deflate, attached, streams, broadcast, forms, proxied, refused, wamp, platformClasses, dropIn]
for (const part of parts) await part()
