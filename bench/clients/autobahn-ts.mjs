import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '../../packages/websocket/dist/index.js'
import { connecting } from './connecting.mjs'

class Echo extends WebSocketClientProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const factories = new Map()

connecting(port => {
  if (!factories.has(port)) factories.set(port, new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Echo }))
  return connectWS(factories.get(port))
})
