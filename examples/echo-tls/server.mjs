// @ts-check
// The echo over TLS. `node make-certificate.mjs` makes the certificate.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Echo extends WebSocketServerProtocol {
  onOpen() {
    console.log(`${this.transport.tls?.protocol} from ${this.transport.peer.address}`)
  }

  /**
   * @param {Uint8Array} payload
   * @param {boolean} isBinary
   */
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const port = Number(process.argv[2] ?? 9000)
const folder = process.argv[3] ?? import.meta.dirname

// The scheme wss needs the option tls: the options of Node's `tls.createServer`.
const factory = new WebSocketServerFactory(`wss://localhost:${port}`, { protocol: Echo })
const tls = { cert: readFileSync(join(folder, 'certificate.pem')), key: readFileSync(join(folder, 'key.pem')) }
const listener = await listenWS(factory, { host: '127.0.0.1', tls })
process.once('SIGTERM', () => listener.close())

console.log(`listening at wss://localhost:${listener.port}`)
