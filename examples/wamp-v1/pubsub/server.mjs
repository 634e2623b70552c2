// @ts-check
// A broker: clients publish to each other, on the topics that are open to them. The server itself publishes the number of clients.
import { listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Server extends WampServerProtocol {
  onSessionOpen() {
    this.registerProcedureForRpc('http://example.com/chat#ready', () => true)
    this.registerForPubSub('http://example.com/chat#general')
    // Opens all topics that begin with this prefix.
    this.registerForPubSub('http://example.com/chat/room#', { prefixMatch: true })
  }
}

class Factory extends WampServerFactory {
  /**
   * @param {WampServerProtocol} _protocol
   * @param {string} topicUri
   */
  onClientSubscribed(_protocol, topicUri) {
    console.log(`${this.subscriptions.get(topicUri)?.size} in ${topicUri}`)
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new Factory(`ws://127.0.0.1:${port}`, { protocol: Server }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
