// @ts-check
// A producer that makes octets while the connection is writable, and pauses otherwise: it sends one message of any length, in frames of one
// MiB, with little memory on either side.
import { createHash, randomBytes } from 'node:crypto'
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

const MiB = 1024 * 1024
const frameLength = MiB
const total = Number(process.argv[3] ?? 64) * MiB

class Producer extends WebSocketClientProtocol {
  #hash = createHash('sha256')
  #left = total
  #waits = 0

  onOpen() {
    this.beginMessage(true)
    this.beginMessageFrame(Math.min(frameLength, total))
    this.#produce()
  }

  onDrain() {
    this.#waits++
    this.#produce()
  }

  /** @param {string} digest */
  onTextMessage(digest) {
    const isSame = digest === this.#hash.digest('hex')
    console.log(`message of ${total / MiB} MiB: ${isSame ? 'same digest' : 'another digest'} ${digest}`)
    console.log(`waited for the server: ${this.#waits > 0}`)
    this.sendClose(1000)
  }

  #produce() {
    // Above the high-water mark this loop stops; `onDrain` calls the method again when everything has been sent.
    while (this.#left > 0 && this.isWritable) this.#send(randomBytes(Math.min(this.#left, 50_000)))
  }

  /** @param {Uint8Array} octets */
  #send(octets) {
    this.#hash.update(octets)
    this.#left -= octets.length
    let missing = this.sendMessageFrameData(octets)
    // The result is 0 if the frame is complete. If it is negative, that many octets did not fit, and begin the next frame.
    while (missing <= 0) {
      const rest = missing === 0 ? octets.subarray(octets.length) : octets.subarray(missing)
      const length = Math.min(frameLength, this.#left + rest.length)
      if (length === 0) {
        this.endMessage()
        return
      }
      this.beginMessageFrame(length)
      missing = rest.length === 0 ? length : this.sendMessageFrameData(rest)
    }
  }
}

const port = Number(process.argv[2] ?? 9000)
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Producer }))
await client.closed
