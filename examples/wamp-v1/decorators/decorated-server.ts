// Procedures and topics by decorators. Started by server.mjs, which lowers them.
import { exportPub, exportRpc, exportSub, listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Inventory {
  readonly #stock = new Map([['apples', 3]])

  /** Its own name is its id. */
  @exportRpc
  count(item: string): number {
    return this.#stock.get(item) ?? 0
  }

  @exportRpc('put')
  add(item: string, amount: number): number {
    this.#stock.set(item, this.count(item) + amount)
    return this.count(item)
  }
}

class Topics {
  /** Who may subscribe to `…news-` and something. */
  @exportSub('news-', { prefixMatch: true })
  maySubscribe(_prefix: string, place: string): boolean {
    return place !== 'secret'
  }

  /** What is returned is dispatched. */
  @exportPub('news-', { prefixMatch: true })
  publish(_prefix: string, place: string, event: unknown): unknown {
    return { place, event }
  }
}

const inventory = new Inventory()
const topics = new Topics()

class Server extends WampServerProtocol {
  override onSessionOpen(): void {
    this.registerForRpc(inventory, 'http://example.com/inventory#')
    this.registerHandlerForPubSub(topics, 'http://example.com/')
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server }))
console.log(`listening at ${listener.url}`)

process.once('SIGTERM', () => listener.close())
