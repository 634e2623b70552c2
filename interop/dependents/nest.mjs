// @nestjs/platform-ws: gateways of NestJS by its own adapter. TypeScript would write the calls as decorators.
import 'reflect-metadata'
import { once } from 'node:events'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets'
import { WebSocket } from 'ws'
import { did, provesDropIn } from './in-place.mjs'

class Chat {
  say(_client, text) {
    return { event: 'said', data: text.toUpperCase() }
  }

  all(_client, text) {
    for (const client of this.server.clients) client.send(JSON.stringify({ event: 'all', data: text }))
  }
}
class Application {}

for (const [method, event] of [
  ['say', 'say'],
  ['all', 'all'],
])
  SubscribeMessage(event)(Chat.prototype, method, Object.getOwnPropertyDescriptor(Chat.prototype, method))
WebSocketServer()(Chat.prototype, 'server')
WebSocketGateway({ path: '/chat' })(Chat)
Module({ providers: [Chat] })(Application)

const app = await NestFactory.create(Application, { logger: ['error', 'warn'] })
app.useWebSocketAdapter(new WsAdapter(app))
await app.listen(0, '127.0.0.1')
const url = (await app.getUrl()).replace('http', 'ws')

const clients = [new WebSocket(`${url}/chat`), new WebSocket(`${url}/chat`)]
await Promise.all(clients.map(client => once(client, 'open')))
clients[0].send(JSON.stringify({ event: 'say', data: 'hello' }))
did('answers messages of a gateway', JSON.parse(String((await once(clients[0], 'message'))[0])), { event: 'said', data: 'HELLO' })
const heard = Promise.all(clients.map(client => once(client, 'message')))
clients[0].send(JSON.stringify({ event: 'all', data: 'to all' }))
did(
  'sends to all',
  (await heard).map(([data]) => JSON.parse(String(data)).data),
  ['to all', 'to all'],
)
const ends = Promise.all(clients.map(client => once(client, 'close')))
await app.close()
did('closes its clients', (await ends).length, 2)
provesDropIn('@nestjs/platform-ws')
