// @ts-check
// Sends one message and compares the digest.
import { createHash, randomBytes } from 'node:crypto'
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

const payload = randomBytes(1024 * 1024)
const expected = createHash('sha256').update(payload).digest('hex')

class Sender extends WebSocketClientProtocol {
  onOpen() {
    this.sendMessage(payload)
  }

  /** @param {string} digest */
  onTextMessage(digest) {
    console.log(`message of ${payload.length} octets: ${digest === expected ? 'same digest' : 'another digest'} ${digest}`)
    this.sendClose(1000)
  }
}

const port = Number(process.argv[2] ?? 9000)
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Sender }))
await client.closed
