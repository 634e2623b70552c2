// Fastify 5 with @fastify/session, which reads a session by the id in the cookie.

import { HttpException } from '@autobahn-ts/websocket'
import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import Fastify from 'fastify'
import { attachChat } from './chat.mjs'

const app = Fastify()
await app.register(fastifyCookie)
await app.register(fastifySession, { secret: 'a secret of this test, 32 letters', cookie: { secure: false }, saveUninitialized: false })
app.get('/', () => 'hello from Fastify')
app.post('/login', async (request, reply) => {
  request.session.set('user', request.query.name)
  return reply.code(204).send()
})

const closeChat = attachChat(app.server, async ({ cookies }) => {
  const request = {}
  await new Promise((resolve, reject) => {
    app.decryptSession(cookies.get('sessionId') ?? '', request, error => (error ? reject(error) : resolve()))
  })
  const user = request.session?.get('user')
  if (user === undefined) throw new HttpException(401, 'log in first')
  return { data: user }
})
// Fastify waits for all connections when it closes, so those of the chat are closed first.
app.addHook('preClose', closeChat)

console.log(`listening at ${await app.listen({ port: 0, host: '127.0.0.1' })}`)

process.once('SIGTERM', () => app.close())
