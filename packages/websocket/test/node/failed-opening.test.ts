import * as http from 'node:http'
import * as net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { connect, connectWS, HandshakeFailed, WebSocketClientFactory, WebSocketClientProtocol } from '../../src/index.ts'
import { HttpServers } from '../fixtures/http-server.ts'
import { portOf } from '../fixtures/socket-pair.ts'

const servers = new HttpServers()
const raw: net.Server[] = []
afterEach(() => {
  servers.end()
  for (const server of raw.splice(0)) server.close()
})

class Client extends WebSocketClientProtocol {}

/** Both styles, on the same URL; gives what each rejects with. */
async function failures(url: string): Promise<HandshakeFailed[]> {
  const factory = new WebSocketClientFactory(url, { protocol: Client })
  const errors = await Promise.all(
    [connectWS(factory), connect(url)].map(opening =>
      opening.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  )
  for (const error of errors) expect(error).toBeInstanceOf(HandshakeFailed)
  return errors as HandshakeFailed[]
}

describe('an opening that fails', () => {
  for (const [how, serve, message] of [
    ['the server answers 404', socket => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'), /404/],
    ['the server closes TCP at once', socket => socket.destroy(), /during the opening handshake|cannot connect/],
    ['the server ends behind the request', socket => socket.once('data', () => socket.end()), /during the opening handshake/],
    ['the server ends within its answer', socket => socket.end('HTTP/1.1 101 Swi'), /during the opening handshake/],
    ['the server resets', socket => socket.once('data', () => socket.resetAndDestroy()), /during the opening handshake/],
    [
      'the server resets within its answer',
      socket => socket.once('data', () => socket.write('HTTP/1.1 10', () => socket.resetAndDestroy())),
      /during the opening handshake/,
    ],
    ['the server speaks something else', socket => socket.end('220 mail.example ESMTP\r\n\r\n'), /./],
  ] as readonly (readonly [string, (socket: net.Socket) => unknown, RegExp])[]) {
    it(`is told by HandshakeFailed in both styles: ${how}`, async () => {
      const server = net.createServer(socket => {
        socket.on('error', () => {})
        serve(socket)
      })
      raw.push(server)
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      for (const error of await failures(`ws://127.0.0.1:${portOf(server)}`)) {
        expect(error.code).toBe('ERR_HANDSHAKE_FAILED')
        expect(error.message).toMatch(message)
      }
    })
  }

  it('is told by HandshakeFailed where nobody listens', async () => {
    for (const error of await failures('ws://127.0.0.1:1')) expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('has the status, the headers and the body of a refusal', async () => {
    const web = http.createServer((_, response) => {
      response.writeHead(429, { 'Retry-After': '7', 'Content-Type': 'application/json' })
      response.write('{"error":"too many",')
      response.end('"limit":5}')
    })
    for (const error of await failures(`ws://127.0.0.1:${await servers.start(web)}/`)) {
      expect(error.status).toBe(429)
      expect(error.headers?.get('retry-after')).toBe('7')
      expect(JSON.parse(error.body!)).toEqual({ error: 'too many', limit: 5 })
    }
  })
})
