// @ts-check
// A client that is called by its server. In class style: one object is one connection.
import { connectWS, WampClientFactory, WampClientProtocol } from '@autobahn-ts/wamp/v1'

class Customer extends WampClientProtocol {
  async onSessionOpen() {
    this.registerProcedureForRpc(
      'http://example.com/customer#confirm',
      (/** @type {{ item: string, price: number }} */ { item, price }) => {
        console.log(`the server asks: a ${item} for ${price}?`)
        return price < 100
      },
    )
    console.log(await this.call('http://example.com/shop#order', 'bicycle'))
    console.log(await this.call('http://example.com/shop#order', 'bell'))
    this.sendClose(1000)
  }

  /**
   * @param {boolean} wasClean
   * @param {number} code
   */
  onClose(wasClean, code) {
    console.log(`closed with ${code}, ${wasClean ? 'clean' : 'not clean'}`)
  }
}

const port = Number(process.argv[2] ?? 9000)
const customer = await connectWS(new WampClientFactory(`ws://127.0.0.1:${port}`, { protocol: Customer }))
await customer.closed
