// @ts-check
// Handles pings and pongs in the application. By default, connections send pings after 20 seconds of silence and answer every ping.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Pinging extends WebSocketServerProtocol {
  onOpen() {
    // At most 125 octets. The peer sends the same octets back.
    this.sendPing(new TextEncoder().encode('are you there?'))
  }

  /** @param {Uint8Array} payload */
  onPong(payload) {
    console.log(`pong: ${new TextDecoder().decode(payload)}`)
  }

  /**
   * Does the same as the default. An override has to answer, RFC 6455 section 5.5.2.
   *
   * @param {Uint8Array} payload
   */
  onPing(payload) {
    console.log(`ping: ${new TextDecoder().decode(payload)}`)
    this.sendPong(payload)
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Pinging, autoPingInterval: 0 }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, options))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
