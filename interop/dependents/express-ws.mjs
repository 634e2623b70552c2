// express-ws: app.ws and routers, with middleware in front.
import { once } from 'node:events'
import express from 'express'
import expressWs from 'express-ws'
import { WebSocket } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

const { app, getWss } = expressWs(express())
app.use((request, _response, next) => {
  request.user = 'ada'
  next()
})
app.ws('/echo', (socket, request) => socket.on('message', data => socket.send(`${request.user}: ${data}`)))
app.get('/', (_request, response) => response.send('hello'))
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()

const client = new WebSocket(`ws://127.0.0.1:${port}/echo`)
await once(client, 'open')
client.send('hello')
did('answers on a route behind middleware', String((await once(client, 'message'))[0]), 'ada: hello')
did('lists its clients', getWss().clients.size, 1)
did('answers pages too', await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'hello')
const other = new WebSocket(`ws://127.0.0.1:${port}/nothing`)
did('closes connections of other paths', (await once(other, 'close').catch(() => once(other, 'close')))[0] > 1000, true)
client.close()
await once(client, 'close')
server.closeAllConnections()
server.close()
provesDropIn('express-ws')
