// Hono 4 with @hono/node-server. What a framework for fetch knows about a request, it is asked by a request.
import { HttpException } from '@autobahn-ts/websocket'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { attachChat } from './chat.mjs'

const secret = 'a secret of this test'
const app = new Hono()
app.get('/', context => context.text('hello from Hono'))
app.post('/login', async context => {
  await setSignedCookie(context, 'user', context.req.query('name'), secret)
  return context.body(null, 204)
})
app.get('/user', async context => {
  const user = await getSignedCookie(context, secret, 'user')
  return user ? context.json(user) : context.text('log in first', 401)
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  console.log(`listening at http://127.0.0.1:${port}`)
})
const closeChat = attachChat(server, async ({ headers }) => {
  const response = await app.request('/user', { headers: { Cookie: headers.get('cookie') ?? '' } })
  if (!response.ok) throw new HttpException(response.status, await response.text())
  return { data: await response.json() }
})

process.once('SIGTERM', async () => {
  server.close()
  await closeChat()
})
