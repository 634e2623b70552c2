// @hono/node-ws: the helper for WebSocket of Hono on Node.
import { once } from 'node:events'
import { serve } from '@hono/node-server'
import { createNodeWebSocket } from '@hono/node-ws'
import { Hono } from 'hono'
import { WebSocket } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const app = new Hono()
const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app })
app.get('/', context => context.text('hello'))
app.get(
  '/ws/:name',
  upgradeWebSocket(context => ({
    onOpen: (_event, socket) => socket.send(`welcome ${context.req.param('name')}`),
    onMessage: ({ data }, socket) => socket.send(data),
    onClose: ({ code, reason }) => closing({ code, reason }),
  })),
)
let closing
const closed = new Promise(resolve => {
  closing = resolve
})
const server = await new Promise(resolve => {
  const made = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made))
})
injectWebSocket(server)
const { port } = server.address()

const client = new WebSocket(`ws://127.0.0.1:${port}/ws/ada`)
const received = []
const done = new Promise(resolve => client.on('message', (data, isBinary) => received.push([data.toString(), isBinary]) === 3 && resolve()))
await once(client, 'open')
client.send('text')
client.send(Buffer.from('octets'))
await done
did('upgrades a route with a parameter, and echoes', received, [
  ['welcome ada', false],
  ['text', false],
  ['octets', true],
])
client.close(4001, 'bye')
did('tells the end', await closed, { code: 4001, reason: 'bye' })
did('answers pages too', await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'hello')
const refused = new WebSocket(`ws://127.0.0.1:${port}/nothing`)
const [error] = await new Promise(resolve => refused.on('error', (...given) => resolve(given)))
did('refuses other paths', error instanceof Error, true)
server.closeAllConnections()
server.close()
provesDropIn('@hono/node-ws')
