import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { serving } from './serving.mjs'

class Echo extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const listener = await listenWS(new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Echo }))
serving(listener.port)
