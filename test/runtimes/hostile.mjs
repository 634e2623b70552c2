// Peers that do not read, reset, or present certificates. The test compares the lines that this program prints.
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import process from 'node:process'
import {
  attachWS,
  connectWS,
  listenWS,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'

const say = (what, ...values) => console.log(what, JSON.stringify(values))

/** The certificates and keys; the test makes them. */
const { TLS_KEY, TLS_CERT, TLS_CA, CLIENT_KEY, CLIENT_CERT } = process.env

const MiB = 1024 * 1024
const noPings = { autoPingInterval: 0 }

/** Makes a protocol that counts what it receives, once it starts to read. */
const stalling = base =>
  class extends base {
    received = 0

    onOpen() {
      this.pauseReceiving()
    }

    onMessage(payload) {
      this.received += payload.length
      this.came?.()
    }

    async until(size) {
      while (this.received < size) {
        await new Promise(resolve => {
          this.came = resolve
        })
      }
    }
  }

class Client extends WebSocketClientProtocol {}

class Server extends WebSocketServerProtocol {}

async function linked(scheme, serverClass, clientClass, tls = {}, clientTls = {}) {
  let opened
  const server = new Promise(resolve => {
    opened = resolve
  })
  class Opening extends serverClass {
    onOpen() {
      super.onOpen?.()
      opened(this)
    }
  }
  const options = scheme === 'wss' ? { tls: { key: TLS_KEY, cert: TLS_CERT, ...tls } } : {}
  const listener = await listenWS(
    new WebSocketServerFactory(`${scheme}://127.0.0.1:0`, { protocol: Opening, maxUnsentSize: 0, ...noPings }),
    options,
  )
  const factory = new WebSocketClientFactory(`${scheme}://localhost:${listener.port}`, {
    protocol: clientClass,
    maxUnsentSize: 0,
    ...noPings,
  })
  const client = await connectWS(factory, scheme === 'wss' ? { tls: { ca: TLS_CA, ...clientTls } } : {})
  return { listener, client, server: await server }
}

/** Sends until nothing moves for a second, and then lets the other side read everything. */
async function stalled(what, scheme, who) {
  const serverClass = who === 'server' ? stalling(WebSocketServerProtocol) : Server
  const { listener, client, server } = await linked(scheme, serverClass, who === 'client' ? stalling(WebSocketClientProtocol) : Client)
  const [sender, reader] = who === 'server' ? [client, server] : [server, client]
  const piece = new Uint8Array(MiB)
  let sent = 0
  for (let still = 0; still < 20 && sent < 100 * MiB; ) {
    if (sender.bufferedAmount < MiB) {
      sender.sendMessage(piece)
      sent += piece.length
      still = 0
    } else {
      still++
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  say(`${what} holds its sender back`, sent < 100 * MiB, reader.received)
  reader.resumeReceiving()
  await reader.until(sent)
  say(`${what} loses nothing`, reader.received === sent)
  await listener.close({ timeout: 1 })
}

async function resets() {
  for (const scheme of ['ws', 'wss']) {
    let ended
    const end = new Promise(resolve => {
      ended = resolve
    })
    class Told extends WebSocketServerProtocol {
      onClose(wasClean, code) {
        ended([wasClean, code])
      }
    }
    const { listener, client } = await linked(scheme, Told, Client)
    client.dropConnection({ abort: true })
    say(`${scheme} reset`, ...(await end))
    await listener.close({ timeout: 1 })
  }
}

/** Resets a request that no listener handles: without a listener, the error of its socket would end the process. */
async function resetUpgrade() {
  const server = createServer()
  const options = { path: '/ws', unmatched: 'ignore', unclaimedTimeout: 0.2 }
  attachWS(new WebSocketServerFactory(undefined, { protocol: Server }), server, options)
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const lines = ['Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']
  const request = `GET /nobody HTTP/1.1\r\n${lines.join('\r\n')}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const leaving = connectTcp(server.address().port, '127.0.0.1')
  leaving.on('error', () => {})
  const asked = new Promise(resolve => server.once('upgrade', resolve))
  leaving.write(request)
  await asked
  leaving.resetAndDestroy()
  const staying = connectTcp(server.address().port, '127.0.0.1')
  staying.write(request)
  let answer = ''
  for await (const chunk of staying) answer += chunk
  say('unclaimed upgrade', answer.split('\r\n', 1)[0])
  server.close()
}

async function certificates() {
  const asking = { requestCert: true, rejectUnauthorized: false, ca: TLS_CA }
  for (const [who, shown] of [
    ['without a certificate', {}],
    ['with a certificate', { key: CLIENT_KEY, cert: CLIENT_CERT }],
  ]) {
    const { listener, client, server } = await linked('wss', Server, Client, asking, shown)
    const { isAuthorized, peerCertificateSubject } = server.transport.tls
    say(`client ${who}`, isAuthorized, peerCertificateSubject?.CN ?? null, client.transport.tls.isAuthorized)
    await listener.close({ timeout: 1 })
  }
}

for (const scheme of ['ws', 'wss']) {
  await stalled(`a stalled server of ${scheme}`, scheme, 'server')
  await stalled(`a stalled client of ${scheme}`, scheme, 'client')
}
await resets()
await resetUpgrade()
await certificates()
