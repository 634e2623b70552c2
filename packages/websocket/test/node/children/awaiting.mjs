// A client that awaits the end of a connection which Node does not read meanwhile. node awaiting.mjs URL paused|ended
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '../../../dist/index.js'

const [, , url, what] = process.argv
class Plain extends WebSocketClientProtocol {}
class Slow extends WebSocketClientProtocol {
  onMessage() {
    return new Promise(resolve => setTimeout(resolve, 500).unref())
  }
}
const factory = new WebSocketClientFactory(url, { protocol: what === 'paused' ? Plain : Slow, autoPingInterval: 0 })
const protocol = await connectWS(factory)
if (what === 'paused') {
  protocol.pauseReceiving()
  setTimeout(() => protocol.resumeReceiving(), 500).unref()
}
console.log((await protocol.closed).code)
