// @ts-check
// Serves the same paths, but each service has its own factory and options. All are attached to one HTTP server.
import { createServer } from 'node:http'
import { attachWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Echo extends WebSocketServerProtocol {
  /**
   * @param {Uint8Array} payload
   * @param {boolean} isBinary
   */
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

class Reverse extends WebSocketServerProtocol {
  /** @param {string} text */
  onTextMessage(text) {
    this.sendMessage([...text].reverse().join(''))
  }
}

class Count extends WebSocketServerProtocol {
  /** @param {string} text */
  onTextMessage(text) {
    this.sendMessage(`${text.length} letters`)
  }
}

const factories = [
  { path: '/echo', factory: new WebSocketServerFactory(undefined, { protocol: Echo }) },
  { path: '/reverse', factory: new WebSocketServerFactory(undefined, { protocol: Reverse, maxMessagePayloadSize: 1024 }) },
  { path: '/count', factory: new WebSocketServerFactory(undefined, { protocol: Count }) },
]

const server = createServer((_, response) => response.writeHead(426, { Upgrade: 'websocket' }).end('this server speaks WebSocket only\n'))
// Requests for other paths are answered 404.
const attachments = factories.map(({ path, factory }) => attachWS(factory, server, { path }))

const port = Number(process.argv[2] ?? 9000)
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening at ws://127.0.0.1:${typeof address === 'object' ? address?.port : port}`)
})

process.once('SIGTERM', async () => {
  server.close()
  await Promise.all(attachments.map(attachment => attachment.close()))
})
