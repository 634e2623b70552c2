// Sends one message in one frame, piece by piece, and pauses while the connection is not writable.
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '../../packages/websocket/dist/index.js'
import { answering } from '../lines.mjs'
import { measured } from './measured.mjs'

const memory = measured()
const piece = Uint8Array.from({ length: 64 * 1024 }, (_, at) => at & 255)

class Writer extends WebSocketClientProtocol {
  #missing = 0
  #answered

  stream(length) {
    this.#missing = length
    this.beginMessage(true)
    this.beginMessageFrame(length, { final: true })
    this.#write()
    return new Promise(resolve => {
      this.#answered = resolve
    })
  }

  onDrain() {
    this.#write()
  }

  onMessage(payload) {
    this.#answered(Number(new TextDecoder().decode(payload)))
  }

  #write() {
    while (this.#missing > 0 && this.isWritable) {
      this.#missing = this.sendMessageFrameData(this.#missing < piece.length ? piece.subarray(0, this.#missing) : piece)
    }
  }
}

let writer

answering(
  {
    ...memory,
    async connect({ url }) {
      writer = await connectWS(new WebSocketClientFactory(url, { protocol: Writer }))
    },
    async stream({ length }) {
      const began = performance.now()
      const received = await writer.stream(length)
      return { received, seconds: (performance.now() - began) / 1000 }
    },
  },
  memory.begin(),
)
