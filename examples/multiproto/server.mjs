// @ts-check
// Serves several services on one port, chosen by the path of the request. Other paths are answered 404.
import { HttpException, listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

/** @type {ReadonlyMap<string, (text: string) => string>} */
const services = new Map([
  ['/echo', text => text],
  ['/reverse', text => [...text].reverse().join('')],
  ['/count', text => `${text.length} letters`],
])

class Service extends WebSocketServerProtocol {
  #answer = /** @type {(text: string) => string} */ (text => text)

  /** @param {import('@autobahn-ts/websocket').ConnectionRequest} request */
  onConnect(request) {
    const answer = services.get(request.path)
    // The exception becomes the response to the handshake. Any other exception becomes 500, without its text.
    if (answer === undefined) throw new HttpException(404, `there is no service at ${request.path}`)
    this.#answer = answer
  }

  /** @param {string} text */
  onTextMessage(text) {
    this.sendMessage(this.#answer(text))
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: Service }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
