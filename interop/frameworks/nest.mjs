// NestJS 12 with express-session, and gateways by the adapter in this folder. TypeScript would write the calls at the bottom as decorators.
import 'reflect-metadata'
import { ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { HttpException } from '@autobahn-ts/websocket'
import { Controller, Get, HttpCode, Module, Post, Query, Req } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets'
import session from 'express-session'
import { AutobahnAdapter } from './nest-adapter.mjs'

class Pages {
  home() {
    return 'hello from Nest'
  }

  login(request, name) {
    request.session.user = name
  }
}

class ChatGateway {
  say(client, text) {
    if (text === '') throw new WsException('nothing to say')
    return { event: 'said', data: `${client.data}: ${text}` }
  }
}

class Application {}

decorate(Pages, 'home', Get('/'))
decorate(Pages, 'login', Post('/login'), HttpCode(204))
Req()(Pages.prototype, 'login', 0)
Query('name')(Pages.prototype, 'login', 1)
Controller()(Pages)
decorate(ChatGateway, 'say', SubscribeMessage('say'))
WebSocketGateway({ path: '/chat' })(ChatGateway)
Module({ controllers: [Pages], providers: [ChatGateway] })(Application)

const sessions = session({ secret: 'a secret of this test', resave: false, saveUninitialized: false })

const app = await NestFactory.create(Application, { logger: ['error', 'warn'] })
app.use(sessions)
// biome-ignore lint/correctness/useHookAtTopLevel: a method of Nest, not a hook of React
app.useWebSocketAdapter(new AutobahnAdapter(app, { authenticate }))
await app.listen(0, '127.0.0.1')
console.log(`listening at ${await app.getUrl()}`)

process.once('SIGTERM', () => app.close())

async function authenticate({ raw }) {
  await promisify(sessions)(raw, new ServerResponse(raw))
  if (raw.session.user === undefined) throw new HttpException(401, 'log in first')
  return { data: raw.session.user }
}

function decorate(ofClass, method, ...decorators) {
  for (const decorator of decorators) decorator(ofClass.prototype, method, Object.getOwnPropertyDescriptor(ofClass.prototype, method))
}
