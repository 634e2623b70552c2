// @ts-check
// Pings and pongs by hand. Without this, connections ping by themselves after 20 seconds of silence and answer every ping.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Pinging extends WebSocketServerProtocol {
  onOpen() {
    // At most 125 octets. The peer sends the same ones back.
    this.sendPing(new TextEncoder().encode('are you there?'))
  }

  /** @param {Uint8Array} payload */
  onPong(payload) {
    console.log(`pong: ${new TextDecoder().decode(payload)}`)
  }

  /**
   * The default does just this. Who overrides it has to answer, RFC 6455 section 5.5.2.
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
console.log(`listening at ${listener.url}`)

process.once('SIGTERM', () => listener.close())
