// @ts-check
// A web site and a WebSocket service on one port: an ordinary HTTP server, with WebSocket at one path.
import { createServer } from 'node:http'
import { attachWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Shout extends WebSocketServerProtocol {
  /** @param {string} text */
  onTextMessage(text) {
    this.sendMessage(text.toUpperCase())
  }
}

const page = `<!doctype html>
<meta charset="utf-8">
<title>Site and WebSocket</title>
<form><input name="text" autofocus> <output></output></form>
<script type="module">
  // Same origin, so the server's default rule lets it in.
  const ws = new WebSocket(Object.assign(new URL('/shout', location), { protocol: location.protocol.replace('http', 'ws') }))
  ws.onmessage = ({ data }) => { document.querySelector('output').value = data }
  document.forms[0].oninput = event => ws.send(event.target.value)
  document.forms[0].onsubmit = event => event.preventDefault()
</script>
`

const server = createServer((request, response) => {
  const isPage = request.url === '/'
  response.writeHead(isPage ? 200 : 404, { 'Content-Type': isPage ? 'text/html; charset=utf-8' : 'text/plain' })
  response.end(isPage ? page : 'not found')
})

// The factory has no URL: the HTTP server listens, and the factory only makes protocols.
const factory = new WebSocketServerFactory(undefined, { protocol: Shout })
const attachment = attachWS(factory, server, { path: '/shout' })

const port = Number(process.argv[2] ?? 9000)
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening at http://127.0.0.1:${typeof address === 'object' ? address?.port : port}/`)
})

process.once('SIGTERM', async () => {
  // An HTTP server waits for its WebSocket connections when it closes, but does not close them.
  server.close()
  await attachment.close()
})
