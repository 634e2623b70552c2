// Procedures and topics defined by decorators. server.mjs compiles and starts this file.
import { exportPub, exportRpc, exportSub, listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Inventory {
  readonly #stock = new Map([['apples', 3]])

  /** The id of the procedure is the name of the method. */
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
  /** Decides who may subscribe to topics that begin with `…news-`. */
  @exportSub('news-', { prefixMatch: true })
  maySubscribe(_prefix: string, place: string): boolean {
    return place !== 'secret'
  }

  /** Returns the event to dispatch. */
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
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
