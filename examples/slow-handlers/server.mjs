// @ts-check
// Slow handlers. While a hook's promise is pending, the next message waits: messages stay in order, only a limited amount is read ahead,
// and in the end TCP makes the client wait.
import { setTimeout as wait } from 'node:timers/promises'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Slow extends WebSocketServerProtocol {
  #handled = 0

  /** @param {Uint8Array} payload */
  async onMessage(payload) {
    const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0)
    // Later messages take less time, but are still handled in order.
    await wait(number % 2 === 0 ? 4 : 1)
    if (number !== this.#handled++) throw new Error(`message ${number} came out of order`)
    if (number % 50 === 49) console.log(`handled ${number + 1} messages of ${payload.length} octets`)
    this.sendMessage(String(number))
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: Slow }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
