import { readFileSync } from 'node:fs'
import { listenWS, permessageDeflate, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { news, serving, wanted } from './lines.mjs'

class Echo extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const { deflate = false, tls } = wanted
const noContextTakeover = deflate === 'none'
const extensions = deflate ? [permessageDeflate({ noContextTakeover, requestNoContextTakeover: noContextTakeover })] : []
const factory = new WebSocketServerFactory(`${tls ? 'wss' : 'ws'}://127.0.0.1:0`, { protocol: Echo, extensions, autoPingInterval: 20 })
const listener = await listenWS(factory, tls ? { tls: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } } : {})
serving(listener.port, { broadcast: () => factory.broadcast(news) })
