// @ts-check
// An echo whose metrics Prometheus can scrape, at a port of their own that need not be public.
import { createServer } from 'node:http'
import { HttpException, serve } from '@autobahn-ts/websocket'
import { Registry } from 'prom-client'
import { registerWebSocketMetrics } from './websocket-metrics.mjs'

/** @type {import('@autobahn-ts/websocket').Listener | undefined} */
let listener
const registry = new Registry()
registerWebSocketMetrics(registry, () => listener?.totals)

listener = await serve(
  {
    host: '127.0.0.1',
    port: Number(process.argv[2] ?? 9000),
    onConnect({ headers }) {
      if (headers.get('authorization') !== 'Bearer let-me-in') throw new HttpException(401, 'no token')
    },
  },
  async ws => {
    for await (const message of ws) await ws.send(message)
  },
)
console.log(`listening at ${listener.url}`)

const metrics = createServer(async (_request, response) => {
  response.writeHead(200, { 'Content-Type': registry.contentType })
  response.end(await registry.metrics())
})
metrics.listen(0, '127.0.0.1', () => {
  const address = metrics.address()
  console.log(`metrics at http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/metrics`)
})

process.once('SIGTERM', async () => {
  await listener.close()
  metrics.close()
})
