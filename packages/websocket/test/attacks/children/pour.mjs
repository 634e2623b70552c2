// A message of 512 MiB in pieces that the system never takes whole, to a reader in a process of its own.
import { spawn } from 'node:child_process'
import {
  connectWS,
  listenWS,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../../dist/index.js'

const size = 512 * 1024 * 1024
const piece = new Uint8Array(256 * 1024)
// No time limits: on a busy machine the reader may stand still for seconds.
const patience = { openHandshakeTimeout: 0, closeHandshakeTimeout: 0 }
const limits = { ...patience, maxFramePayloadSize: 0, maxMessagePayloadSize: 0 }

if (process.argv[2] === undefined) await pour()
else await read(process.argv[2])

async function pour() {
  class Pouring extends WebSocketServerProtocol {
    #missing = size

    onOpen() {
      this.beginMessage(true)
      this.beginMessageFrame(size, { final: true })
      this.onDrain()
    }

    onDrain() {
      while (this.#missing > 0 && this.isWritable) this.#missing = this.sendMessageFrameData(piece)
      if (this.#missing === 0) this.sendClose(1000)
    }

    onClose(wasClean, code) {
      console.log(JSON.stringify({ poured: size - this.#missing, wasClean, code }))
      void listener.close()
    }
  }
  const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Pouring, ...patience }))
  spawn(process.execPath, [process.argv[1], `ws://127.0.0.1:${listener.port}`], { stdio: ['ignore', 'inherit', 'inherit'] })
}

async function read(url) {
  let got = 0
  class Reading extends WebSocketClientProtocol {
    onMessageFrameData(payload) {
      got += payload.length
    }
  }
  const client = await connectWS(new WebSocketClientFactory(url, { protocol: Reading, ...limits }))
  await client.closed
  console.log(JSON.stringify({ got }))
}
