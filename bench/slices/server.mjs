import { listenWS, permessageDeflate, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'
import { answering } from '../lines.mjs'
import { json } from '../loads/contents.mjs'
import { news } from '../servers/serving.mjs'
import { LoopWatch } from './loop-watch.mjs'

const { deflate, isSink = false } = JSON.parse(process.argv[2])
const connections = new Set()
const watch = new LoopWatch()
let big

class Server extends WebSocketServerProtocol {
  onOpen() {
    connections.add(this)
  }

  onMessage(payload, isBinary) {
    this.sendMessage(isSink ? String(payload.length) : payload, isSink ? false : isBinary)
  }

  onClose() {
    connections.delete(this)
  }
}

const extensions = deflate ? [permessageDeflate()] : []
const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Server, extensions })
const listener = await listenWS(factory)

answering(
  {
    watch: () => watch.begin(),
    seen: () => watch.end(),
    broadcast: () => factory.broadcast(news),
    prepare: () => {
      big = json(16 * 1024 * 1024)
    },
    send: () => {
      for (const connection of connections) connection.sendMessage(big)
    },
  },
  { port: listener.port },
)
