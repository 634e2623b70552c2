// @ts-check
// Lets the middleware of an HTTP server run before the upgrade, and passes on what it finds. `sessions` has the signature of Express's
// middleware, and stands for express-session or passport. Port: the first argument; 0 takes a free one.
import { randomUUID } from 'node:crypto'
import { createServer, ServerResponse } from 'node:http'
import { HttpException, handleUpgrade, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

/** @typedef {import('node:http').IncomingMessage & { session?: { user: string } | undefined }} RequestWithSession */

/** @type {Map<string, { user: string }>} */
const known = new Map()

class Greeter extends WebSocketServerProtocol {
  /** @param {import('@autobahn-ts/websocket').ConnectionRequest} request */
  onConnect(request) {
    if (request.data === undefined) throw new HttpException(401, 'log in first')
  }

  onOpen() {
    const { user } = /** @type {{ user: string }} */ (this.data)
    this.sendMessage(`hello ${user}`)
  }
}

const factory = new WebSocketServerFactory(undefined, { protocol: Greeter })

const server = createServer((request, response) => {
  sessions(request, response, () => response.end('ok'))
})

server.on('upgrade', (/** @type {RequestWithSession} */ request, socket, head) => {
  // until the middleware has found the session, an error of the socket must not end the process
  const ignore = () => {}
  socket.on('error', ignore)
  sessions(request, new ServerResponse(request), () => {
    socket.off('error', ignore)
    handleUpgrade(factory, request, socket, head, { data: request.session })
  })
})

server.listen(Number(process.argv[2] ?? 9000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`listening at ws://127.0.0.1:${port}`)
})

process.once('SIGTERM', () => process.exit())

/**
 * Finds the session of a request by its cookie. A request for `/login?user=NAME` begins one.
 *
 * @param {RequestWithSession} request
 * @param {ServerResponse} response
 * @param {() => void} next
 */
async function sessions(request, response, next) {
  const [, id] = /\bsid=([\w-]+)/.exec(request.headers.cookie ?? '') ?? []
  request.session = await fromStore(id)
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/login') {
    const begun = randomUUID()
    known.set(begun, { user: searchParams.get('user') ?? 'guest' })
    response.setHeader('Set-Cookie', `sid=${begun}; HttpOnly; SameSite=Strict`)
  }
  next()
}

/** @param {string | undefined} id */
async function fromStore(id) {
  return id === undefined ? undefined : known.get(id)
}
