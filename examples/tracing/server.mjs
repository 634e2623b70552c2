// @ts-check
// An echo whose handshakes and messages are spans of OpenTelemetry.
import { HttpException, serve } from '@autobahn-ts/websocket'
import { tracer } from './tracer.mjs'
import { traceWebSockets } from './websocket-spans.mjs'

// Before the server listens: a connection looks for subscribers once, when it begins.
traceWebSockets(tracer)

const listener = await serve(
  {
    host: '127.0.0.1',
    port: Number(process.argv[2] ?? 9000),
    onConnect({ path }) {
      if (path !== '/echo') throw new HttpException(404, 'only /echo is here')
    },
  },
  async ws => {
    for await (const message of ws) await ws.send(message)
  },
)
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
