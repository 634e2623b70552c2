// @ts-check
// Sends two messages within a span of its own; the server's handshake belongs to the same trace.
import { connect, HandshakeFailed } from '@autobahn-ts/websocket'
import { tracer } from './tracer.mjs'
import { traceHeaders, traceWebSockets } from './websocket-spans.mjs'

traceWebSockets(tracer)

const url = `ws://127.0.0.1:${process.argv[2] ?? 9000}`
await tracer.startActiveSpan('errand', async span => {
  const ws = await connect(`${url}/echo`, { headers: traceHeaders() })
  for (const text of ['one', 'three']) {
    await ws.send(text)
    await ws.receive()
  }
  await ws.close()
  span.end()
})

try {
  await connect(`${url}/nothing`)
} catch (error) {
  if (!(error instanceof HandshakeFailed)) throw error
  console.log(`refused with ${error.status}`)
}
