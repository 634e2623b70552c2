// @fastify/websocket: routes with hooks, and injectWS, which connects without a port.
import { once } from 'node:events'
import websocket from '@fastify/websocket'
import Fastify from 'fastify'
import { WebSocket } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const app = Fastify()
await app.register(websocket, { options: { maxPayload: 1000 } })
app.addHook('preValidation', async (request, reply) => {
  if (request.query.token === 'wrong') await reply.code(401).send()
})
app.get('/ws', { websocket: true }, (socket, request) => {
  socket.on('message', data => socket.send(`${request.query.token}: ${data}`))
})
await app.listen({ port: 0, host: '127.0.0.1' })
const url = app.listeningOrigin.replace('http', 'ws')

const client = new WebSocket(`${url}/ws?token=right`)
await once(client, 'open')
client.send('hello')
did('answers on a route', String((await once(client, 'message'))[0]), 'right: hello')
const refused = new WebSocket(`${url}/ws?token=wrong`)
const [, response] = await once(refused, 'unexpected-response')
did('refuses by a hook', response.statusCode, 401)
refused.on('error', () => {}).terminate()
client.send('x'.repeat(1001))
did('limits messages', (await once(client, 'close'))[0], 1009)

const injected = await app.injectWS('/ws?token=injected')
injected.send('hello')
did('connects without a port', String((await once(injected, 'message'))[0]), 'injected: hello')
injected.terminate()
const last = new WebSocket(`${url}/ws?token=right`)
await once(last, 'open')
const end = once(last, 'close')
await app.close()
did('closes its clients', (await end)[0], 1005)
provesDropIn('@fastify/websocket')
