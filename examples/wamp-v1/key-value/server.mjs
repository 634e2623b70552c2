// @ts-check
// A key-value store that all clients share. A client that sets a key names the version it has seen, and all clients that watch the key get
// the change.
import { listenWS, RpcError, TopicAccess, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Store {
  /** @type {Map<string, { value: unknown, version: number }>} */
  #entries = new Map()

  /** @param {unknown} key */
  get(key) {
    const entry = this.#entries.get(text(key))
    if (entry === undefined) throw new RpcError(`${errors}no-such-key`, `there is no key ${key}`, { key, known: this.keys() })
    return entry
  }

  /** Sets a key that has this version; 0 stands for a key that does not exist yet. Returns the new version. */
  set(/** @type {unknown} */ key, /** @type {unknown} */ value, /** @type {unknown} */ version) {
    const current = this.#entries.get(text(key))?.version ?? 0
    if (version !== current) {
      throw new RpcError(`${errors}conflict`, `${key} is at version ${current}, and not ${version}`, { key, current })
    }
    this.#entries.set(text(key), { value, version: current + 1 })
    changed(text(key), value, current + 1)
    return current + 1
  }

  /** @param {unknown} key */
  delete(key) {
    this.get(key)
    this.#entries.delete(text(key))
    changed(text(key), null, 0)
  }

  keys() {
    return [...this.#entries.keys()]
  }
}

const errors = 'http://example.com/store/error#'
const store = new Store()

class Server extends WampServerProtocol {
  onSessionOpen() {
    for (const name of ['get', 'set', 'delete', 'keys']) this.registerMethodForRpc(`http://example.com/store#${name}`, store, name)
    // Clients may subscribe to keys, but only the server publishes changes.
    this.registerForPubSub('http://example.com/store/changed#', { prefixMatch: true, pubsub: TopicAccess.SUBSCRIBE })
  }
}

const port = Number(process.argv[2] ?? 9000)
const factory = new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server })
const listener = await listenWS(factory)
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)

/** Publishes the change of a key. */
function changed(/** @type {string} */ key, /** @type {unknown} */ value, /** @type {number} */ version) {
  factory.dispatch(`http://example.com/store/changed#${key}`, { value, version })
}

/** Checks a key, because a client may send anything. */
function text(/** @type {unknown} */ key) {
  if (typeof key === 'string' && key !== '') return key
  throw new RpcError(`${errors}no-key`, 'a key must be a non-empty string')
}
