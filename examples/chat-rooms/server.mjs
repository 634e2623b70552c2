// @ts-check
// A chat with login and rooms by path, on an existing HTTP server. Port: the first argument; 0 takes a free one.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { attach, Channels, HttpException } from '@autobahn-ts/websocket'

/** @type {Map<string, string>} */
const names = new Map()
const rooms = new Channels()

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const name = pathname === '/login' ? searchParams.get('name') : null
  if (name === null) return response.writeHead(404).end()
  const session = randomUUID()
  names.set(session, name)
  response.setHeader('Set-Cookie', `session=${session}; HttpOnly; SameSite=Strict`).end()
})

const login = (/** @type {import('@autobahn-ts/websocket').ConnectionRequest} */ request) => {
  const name = names.get(request.cookies.get('session') ?? '')
  if (name === undefined) throw new HttpException(401, 'log in first')
  return { data: { name } }
}

const attachment = attach(
  server,
  { onConnect: login },
  {
    '/room/:id': async ws => {
      const room = rooms.get(ws.pathParams.id)
      room.join(ws)
      room.broadcast(`${ws.data.name} has joined, ${room.size} here`)
      for await (const text of ws.texts()) room.broadcast(`${ws.data.name}: ${text}`)
      room.leave(ws)
      room.broadcast(`${ws.data.name} has left`)
    },
  },
)

server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`listening at ws://127.0.0.1:${port}`)
})

process.once('SIGTERM', async () => {
  server.close()
  await attachment.close()
})
