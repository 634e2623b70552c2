// Koa 3 with koa-session: the middleware runs on a context that is made of the upgrade request.
import { createServer, ServerResponse } from 'node:http'
import { HttpException } from '@autobahn-ts/websocket'
import Koa from 'koa'
import { createSession } from 'koa-session'
import { attachChat } from './chat.mjs'

const app = new Koa({ keys: ['a secret of this test'] })
const sessions = createSession({}, app)
app.use(sessions)
app.use(context => {
  if (context.method === 'POST' && context.path === '/login') {
    context.session.user = context.query.name
    context.status = 204
  } else if (context.path === '/') context.body = 'hello from Koa'
})

const server = createServer(app.callback())
const closeChat = attachChat(server, async ({ raw }) => {
  const context = app.createContext(raw, new ServerResponse(raw))
  let user
  await sessions(context, () => {
    user = context.session.user
  })
  if (user === undefined) throw new HttpException(401, 'log in first')
  return { data: user }
})

server.listen(0, '127.0.0.1', () => console.log(`listening at http://127.0.0.1:${server.address().port}`))

process.once('SIGTERM', async () => {
  server.close()
  await closeChat()
})
