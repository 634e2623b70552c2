// @ts-check
// Sends the same message to all clients, four times a second. The message is framed once for all of them.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

// Clients do not send anything here, so no hook is overridden.
class Subscriber extends WebSocketServerProtocol {}

const port = Number(process.argv[2] ?? 9000)
const factory = new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: Subscriber })
const listener = await listenWS(factory)
console.log(`listening at ${listener.url}`)

let count = 0
const timer = setInterval(() => {
  const message = factory.prepareMessage(`tick ${++count}`)
  const { sent, skipped } = factory.broadcast(message, { slow: 'skip' })
  // A peer that does not read misses this tick: the latest tick is worth more to it than a queue of old ones.
  if (sent + skipped > 0) console.log(`tick ${count}: ${sent} sent, ${skipped} skipped`)
}, 250)

process.once('SIGTERM', () => {
  clearInterval(timer)
  return listener.close()
})
