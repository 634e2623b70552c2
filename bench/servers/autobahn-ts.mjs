import { readFileSync } from 'node:fs'
import { listenWS, permessageDeflate, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { news, serving, wanted } from './serving.mjs'

const { deflate = false, tls, isText, upload } = wanted

class Echo extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

class TextEcho extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(isBinary ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString())
  }
}

/** Counts octets as they come, without collecting them. */
class Reader extends WebSocketServerProtocol {
  #length = 0

  onMessageFrameData(payload) {
    this.#length += payload.length
  }

  onMessageFrameEnd() {}

  onMessageEnd() {
    this.sendMessage(String(this.#length))
    this.#length = 0
  }
}

const noContextTakeover = deflate === 'none'
const extensions = deflate ? [permessageDeflate({ noContextTakeover, requestNoContextTakeover: noContextTakeover })] : []
const limits = upload ? { maxFramePayloadSize: 0, maxMessagePayloadSize: 0 } : {}
const protocol = upload ? Reader : isText ? TextEcho : Echo
const factory = new WebSocketServerFactory(`${tls ? 'wss' : 'ws'}://127.0.0.1:0`, { protocol, extensions, ...limits })
const listener = await listenWS(factory, tls ? { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } } : {})
serving(listener.port, { broadcast: () => factory.broadcast(news) })
