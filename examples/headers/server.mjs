// @ts-check
// Reads and sends headers in the opening handshake: authorization, cookies, and the subprotocol.
import { HttpException, listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Greeter extends WebSocketServerProtocol {
  /** @param {import('@autobahn-ts/websocket').ConnectionRequest} request */
  onConnect(request) {
    const token = request.headers.get('x-token')
    if (token === undefined) throw new HttpException(401, 'a token is needed', { 'WWW-Authenticate': 'Token' })
    const visits = Number(cookies(request.headers.get('cookie') ?? '').get('visits') ?? 0) + 1
    // Chooses the first of the client's subprotocols that the server supports; without one the connection opens all the same.
    const protocol = request.protocols.find(name => name === 'greeting.v2' || name === 'greeting.v1')
    const headers = { 'X-Server-Time': new Date().toISOString(), 'Set-Cookie': [`visits=${visits}; HttpOnly`, 'seen=yes'] }
    // The value of data is available later as `this.data`.
    return { protocol, headers, data: { token, visits } }
  }

  onOpen() {
    const { token, visits } = /** @type {{ token: string, visits: number }} */ (this.data)
    this.sendMessage(`hello ${token}, visit ${visits}, in ${this.subprotocol}`)
  }
}

/** @param {string} header */
function cookies(header) {
  return new Map(
    header.split(';').map(pair => {
      const [name = '', value = ''] = pair.split('=')
      return /** @type {const} */ ([name.trim(), value.trim()])
    }),
  )
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Greeter, server: 'Greeter/1', headers: { 'X-Powered-By': 'politeness' } }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, options))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
