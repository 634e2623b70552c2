// Reads streams and keeps nothing of them. Checks the first and the last octet of each piece, and the total length.
import { setTimeout as sleep } from 'node:timers/promises'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { answering } from '../lines.mjs'
import { measured } from './measured.mjs'

const memory = measured()
let octetsPerSecond = Number.POSITIVE_INFINITY

class Reader extends WebSocketServerProtocol {
  #length = 0
  #began = 0

  onMessageBegin() {
    this.#length = 0
    this.#began = performance.now()
  }

  onMessageFrameData(payload) {
    const last = this.#length + payload.length - 1
    if (payload[0] !== (this.#length & 255) || payload.at(-1) !== (last & 255)) throw new Error(`wrong octets at ${this.#length}`)
    this.#length += payload.length
    const isAhead = (this.#length / octetsPerSecond) * 1000 - (performance.now() - this.#began)
    if (isAhead >= 1) return sleep(isAhead)
  }

  onMessageFrameEnd() {}

  onMessageEnd() {
    this.sendMessage(String(this.#length))
  }
}

const factory = new WebSocketServerFactory('ws://127.0.0.1:0', {
  protocol: Reader,
  maxFramePayloadSize: 0,
  maxMessagePayloadSize: 0,
})
const listener = await listenWS(factory)

answering(
  {
    ...memory,
    limit: ({ limit }) => {
      octetsPerSecond = limit ?? Number.POSITIVE_INFINITY
    },
  },
  { url: listener.url, ...memory.begin() },
)
