// One server of the benchmark: `wamp`, or what costs the least that such a server could cost: `echo` and `broadcast` by the same library.
import { createInterface } from 'node:readline'
import { WampServerFactory, WampServerProtocol } from '../../packages/wamp/dist/node/v1.js'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { procedure, topic } from './messages.mjs'

class Wamp extends WampServerProtocol {
  onSessionOpen() {
    this.registerProcedureForRpc(procedure, value => value)
    this.registerForPubSub(topic)
  }
}

class Echo extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

/** To all but the sender, and to slow ones too, as WAMP's broker does it. */
class Broadcast extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    factory.broadcast(factory.prepareMessage(payload, isBinary), { except: this, slow: 'send' })
  }
}

const url = 'ws://127.0.0.1:0'
const factories = {
  wamp: () => new WampServerFactory(url, { protocol: Wamp }),
  echo: () => new WebSocketServerFactory(url, { protocol: Echo, protocols: ['wamp'] }),
  broadcast: () => new WebSocketServerFactory(url, { protocol: Broadcast, protocols: ['wamp'] }),
}
const factory = factories[process.argv[2]]()
const { port } = await listenWS(factory)
console.log(JSON.stringify({ port, pid: process.pid }))
createInterface({ input: process.stdin }).on('close', () => process.exit())
