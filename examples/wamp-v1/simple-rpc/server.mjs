// @ts-check
// Procedures for clients: functions, a method of an object that all sessions share, and one that takes time.
import { setTimeout } from 'node:timers/promises'
import { listenWS, WampServerFactory, WampServerProtocol } from '@autobahn-ts/wamp/v1'

class Greeter {
  #greeted = 0

  /** @param {string} name */
  greet(name) {
    this.#greeted++
    return `hello ${name}, you are number ${this.#greeted}`
  }
}

const greeter = new Greeter()

class Server extends WampServerProtocol {
  // A client may call only procedures that were registered for its session.
  onSessionOpen() {
    this.registerProcedureForRpc('http://example.com/simple#add', (/** @type {number} */ a, /** @type {number} */ b) => a + b)
    this.registerMethodForRpc('http://example.com/simple#greet', greeter, 'greet')
    this.registerProcedureForRpc('http://example.com/simple#later', (/** @type {unknown} */ value, /** @type {number} */ seconds) =>
      // A server that ends does not wait for it.
      setTimeout(seconds * 1000, value, { ref: false }),
    )
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WampServerFactory(`ws://127.0.0.1:${port}`, { protocol: Server }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
