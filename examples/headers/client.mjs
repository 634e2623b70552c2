// @ts-check
// Sends custom headers: some for every connection, and some that are decided when the transport is open.
import { connect, connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

class Guest extends WebSocketClientProtocol {
  /** @param {import('@autobahn-ts/websocket').TransportDetails} transport */
  onConnecting(transport) {
    // Replaces the headers of the factory, for this connection only.
    return { headers: { 'X-Token': `guest-of-${transport.peer.address}`, Cookie: 'theme=dark; visits=6' } }
  }

  /** @param {import('@autobahn-ts/websocket').ConnectionResponse} response */
  onConnect(response) {
    console.log('server:', response.headers.get('server'), response.headers.get('x-powered-by'))
    console.log('cookies:', response.headers.all('set-cookie'))
    console.log('subprotocol:', response.protocol)
  }

  /** @param {string} text */
  onTextMessage(text) {
    console.log(text)
    this.sendClose(1000)
  }
}

const url = `ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`
const options = { protocol: Guest, protocols: ['greeting.v3', 'greeting.v2'], useragent: 'Guest/1' }
const client = await connectWS(new WebSocketClientFactory(url, options))
await client.closed

// In function style, headers are an option. Without the token the server refuses the connection.
const ws = await connect(url, { headers: { 'X-Token': 'friend' } })
console.log(await ws.receive())
await ws.close()
const refusal = await connect(url).catch(error => error)
console.log(refusal.message)
