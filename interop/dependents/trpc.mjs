// @trpc/server: its handler for the WebSocketServer of ws, with subscriptions.
import { once } from 'node:events'
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client'
import { initTRPC } from '@trpc/server'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocket, WebSocketServer } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const { procedure, router } = initTRPC.create()
const appRouter = router({
  double: procedure.input(value => Number(value)).query(({ input }) => input * 2),
  count: procedure.subscription(async function* () {
    for (let count = 1; count <= 3; count++) yield count
  }),
})
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await once(server, 'listening')
const handler = applyWSSHandler({
  wss: server,
  router: appRouter,
  createContext: () => ({}),
  keepAlive: { enabled: true, pingMs: 100, pongWaitMs: 1000 },
})

const wsClient = createWSClient({ url: `ws://127.0.0.1:${server.address().port}`, WebSocket })
const client = createTRPCClient({ links: [wsLink({ client: wsClient })] })
did('calls', await client.double.query(21), 42)
const counts = []
await new Promise((resolve, reject) =>
  client.count.subscribe(undefined, { onData: count => counts.push(count), onComplete: resolve, onError: reject }),
)
did('subscribes', counts, [1, 2, 3])
handler.broadcastReconnectNotification()
did('has its clients connect again', (await once(server, 'connection')).length, 2)
await wsClient.close()
for (const each of server.clients) each.terminate()
server.close()
await once(server, 'close')
provesDropIn('@trpc/server')
