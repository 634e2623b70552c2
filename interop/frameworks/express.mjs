// Express 5 with express-session: its middleware runs on the upgrade request too.
import { createServer, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { HttpException } from '@autobahn-ts/websocket'
import express from 'express'
import session from 'express-session'
import { attachChat } from './chat.mjs'

const sessions = session({ secret: 'a secret of this test', resave: false, saveUninitialized: false })

const app = express()
app.use(sessions)
app.get('/', (_request, response) => response.send('hello from Express'))
app.post('/login', (request, response) => {
  request.session.user = request.query.name
  response.sendStatus(204)
})

const server = createServer(app)
const closeChat = attachChat(server, async ({ raw }) => {
  // the request that the framework would have; nothing is written to the response
  await promisify(sessions)(raw, new ServerResponse(raw))
  if (raw.session.user === undefined) throw new HttpException(401, 'log in first')
  return { data: raw.session.user }
})

server.listen(0, '127.0.0.1', () => console.log(`listening at http://127.0.0.1:${server.address().port}`))

process.once('SIGTERM', async () => {
  server.close()
  await closeChat()
})
