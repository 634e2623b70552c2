// @ts-check
// Calls go both ways: while this server answers a client, it calls the client in turn.
import { listenWS, RpcError, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Server extends WampServerProtocol {
  onSessionOpen() {
    this.registerProcedureForRpc('http://example.com/shop#order', (/** @type {string} */ item) => this.order(item))
  }

  /**
   * Asks the customer, and waits at most 5 seconds for the answer.
   *
   * @param {string} item
   */
  async order(item) {
    const price = prices[item]
    if (price === undefined) throw new RpcError('http://example.com/shop/error#unknown', `there is no ${item}`)
    const answer = await this.callWith({ timeout: 5 }, 'http://example.com/customer#confirm', { item, price })
    return answer === true ? `${item} is on its way` : `no ${item} then`
  }
}

/** @type {Record<string, number | undefined>} */
const prices = { bicycle: 400, bell: 8 }

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
