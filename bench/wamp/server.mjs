// A server of the benchmark. `wamp` is WAMP itself; `echo` and `broadcast` are the least that such a server could cost, with the same
// library; `jsonEcho` and `jsonBroadcast` add the JSON of WAMP and give the same answers as WAMP.
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

/** Sends to all but the sender, slow connections included, as WAMP's broker does. */
class Broadcast extends WebSocketServerProtocol {
  onMessage(payload, isBinary) {
    factory.broadcast(factory.prepareMessage(payload, isBinary), { except: this, slow: 'send' })
  }
}

class JsonEcho extends WebSocketServerProtocol {
  onTextMessage(text) {
    const [, id, , value] = JSON.parse(text)
    this.sendMessage(JSON.stringify([3, id, value]))
  }
}

class JsonBroadcast extends WebSocketServerProtocol {
  onTextMessage(text) {
    const [, topic, event] = JSON.parse(text)
    factory.broadcast(factory.prepareMessage(JSON.stringify([8, topic, event])), { except: this, slow: 'send' })
  }
}

const url = 'ws://127.0.0.1:0'
const factories = {
  wamp: () => new WampServerFactory(url, { protocol: Wamp }),
  echo: () => bare(Echo),
  broadcast: () => bare(Broadcast),
  jsonEcho: () => bare(JsonEcho),
  jsonBroadcast: () => bare(JsonBroadcast),
}
const factory = factories[process.argv[2]]()
const { port } = await listenWS(factory)
console.log(JSON.stringify({ port, pid: process.pid }))
createInterface({ input: process.stdin }).on('close', () => process.exit())

function bare(protocol) {
  return new WebSocketServerFactory(url, { protocol, protocols: ['wamp'] })
}
