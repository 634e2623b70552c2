import { once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import * as net from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from '../../src/index.ts'
import { closed, next, pair, refusal, type Socket, sameAsWs, serve, streams, take, upgrading } from '../fixtures/same.ts'

describe('the constructor', () => {
  sameAsWs('wants one of port, server and noServer', async ({ WebSocketServer }, note) => {
    const server = http.createServer()
    for (const options of [
      undefined,
      {},
      { port: 0, noServer: true, server },
      { port: 0, noServer: true },
      { port: 0, server },
      { noServer: true, server },
    ])
      try {
        new WebSocketServer(options)
        note('made')
      } catch (error) {
        note(error)
      }
  })

  sameAsWs('keeps the options, and calls back when it listens', async ({ WebSocketServer }, note) => {
    const server: InstanceType<typeof WebSocketServer> = await new Promise(resolve => {
      const made: InstanceType<typeof WebSocketServer> = new WebSocketServer({ port: 0, host: '127.0.0.1', backlog: 5 }, () =>
        resolve(made),
      )
    })
    const { port, maxPayload, perMessageDeflate, clientTracking, path, closeTimeout } = server.options
    note(port, maxPayload, perMessageDeflate, clientTracking, path, closeTimeout, (server.address() as AddressInfo).address)
    await closed(server)
    note(server.address())
  })

  sameAsWs('has an error where the port is taken', async (face, note) => {
    const { server, port } = await serve(face)
    const second = new face.WebSocketServer({ port, host: '127.0.0.1' })
    const [error] = (await next(second, 'error')) as [NodeJS.ErrnoException]
    note(error.code)
    await closed(server)
  })

  sameAsWs('answers other requests with 426', async (face, note) => {
    const { server, port } = await serve(face)
    const response = await fetch(`http://127.0.0.1:${port}`)
    note(response.status, await response.text(), response.headers.get('content-type'))
    await closed(server)
  })

  sameAsWs('has no address without a server', async ({ WebSocketServer }, note) => {
    const server = new WebSocketServer({ noServer: true })
    try {
      server.address()
    } catch (error) {
      note(error)
    }
    server.close()
    note(...(await next(server, 'close')))
    note('closed')
  })

  sameAsWs('makes connections of the class in the options', async (face, note) => {
    class Own extends face.WebSocket {
      get foo(): string {
        return 'foo'
      }
    }
    const { accepted, end } = await pair(face, { server: { WebSocket: Own as never } })
    note(accepted instanceof Own, (accepted as Own).foo)
    await end()
  })
})

describe('close', () => {
  sameAsWs('leaves the server of another, without its listeners, and waits for clients', async (face, note) => {
    const http1 = http.createServer()
    const server = new face.WebSocketServer({ server: http1 })
    server.on('listening', () => note('listening'))
    http1.listen(0, '127.0.0.1')
    await once(http1, 'listening')
    const url = `ws://127.0.0.1:${(http1.address() as AddressInfo).port}`
    const client = new face.WebSocket(url)
    await Promise.all([once(server, 'connection'), once(client, 'open')])
    let isClosed = false
    server.close(error => {
      note(error)
      isClosed = true
    })
    server.close()
    await new Promise(resolve => setImmediate(resolve))
    note(
      isClosed,
      http1.listening,
      ['listening', 'upgrade', 'error'].map(event => http1.listenerCount(event)),
    )
    client.close()
    await next(server, 'close')
    note(isClosed, server.clients?.size)
    server.close(error => note(error))
    await next(server, 'close')
    http1.closeAllConnections()
    http1.close()
  })

  sameAsWs('does not wait for clients that are not tracked', async (face, note) => {
    const { server, accepted, client } = await pair(face, { server: { clientTracking: false } })
    note(server.clients)
    accepted.close()
    note(...(await next(client, 'close')))
    server.close()
    note(...(await next(server, 'close')))
    note('closed')
  })

  sameAsWs('forgets clients before their own close', async (face, note) => {
    const { server, client, accepted, end } = await pair(face)
    note(server.clients?.size)
    accepted.on('close', () => note(server.clients?.size))
    client.terminate()
    await next(accepted, 'close')
    await end()
  })
})

describe('upgrade requests', () => {
  for (const [what, headers, options] of [
    ['another method', {}, { method: 'POST' }],
    ['another upgrade', { Upgrade: 'foo' }],
    ['no key', { 'Sec-WebSocket-Key': '' }],
    ['a key of the wrong length', { 'Sec-WebSocket-Key': 'P5l8BJcZwRc=' }],
    ['version 12', { 'Sec-WebSocket-Version': 12 }],
    ['no version', { 'Sec-WebSocket-Version': '' }],
    ['a subprotocol that is not a token', { 'Sec-WebSocket-Protocol': 'foo;bar' }],
    ['a subprotocol that comes twice', { 'Sec-WebSocket-Protocol': 'foo, foo' }],
    ['an extension that cannot be read', { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=foo' }],
    ['an extension with a wrong parameter', { 'Sec-WebSocket-Extensions': 'permessage-deflate; foo' }],
    ['an extension whose grammar is wrong', { 'Sec-WebSocket-Extensions': 'permessage-deflate; =' }],
    ['another path', {}, { path: '/other' }],
  ] as const) {
    sameAsWs(`are refused for ${what}`, async (face, note) => {
      const { server, port } = await serve(face, { perMessageDeflate: true, path: '/' })
      server.on('connection', () => note('connection'))
      note(await refusal(port, headers, options))
      await closed(server)
    })
  }

  sameAsWs('that are wrong are given to wsClientError, where it has a listener', async (face, note) => {
    const { server, port } = await serve(face)
    server.on('wsClientError', (error, socket: Duplex, request: http.IncomingMessage) => {
      note(error, socket instanceof Duplex, request.method)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    })
    note((await refusal(port, {}, { method: 'POST' }))[0])
    await closed(server)
  })

  sameAsWs('are for the path, without the query', async ({ WebSocketServer }, note) => {
    const server = new WebSocketServer({ noServer: true, path: '/foo' })
    for (const url of ['/foo', '/foo?bar=baz', '/bar', '/foo/', '/']) note(url, server.shouldHandle({ url } as http.IncomingMessage))
    note(new WebSocketServer({ noServer: true }).shouldHandle({ url: '/x' } as http.IncomingMessage))
  })

  sameAsWs('are decided by verifyClient', async (face, note) => {
    for (const verifyClient of [
      () => false,
      (_info: unknown, verdict: (isAccepted: boolean) => void) => process.nextTick(verdict, false),
      (_info: unknown, verdict: (isAccepted: boolean, status: number) => void) => process.nextTick(verdict, false, 404),
      (_info: unknown, verdict: (isAccepted: boolean, status: number, message: string, headers: object) => void) =>
        process.nextTick(verdict, false, 503, '', { 'Retry-After': 120 }),
    ]) {
      const { server, port } = await serve(face, { verifyClient: verifyClient as never })
      note(await refusal(port, { 'Sec-WebSocket-Version': 8 }))
      await closed(server)
    }
    for (const version of [8, 13]) {
      const { end } = await pair(face, {
        server: {
          verifyClient: info => {
            note(info.origin, info.secure, info.req.headers.foo)
            return true
          },
        },
        client: { origin: 'https://example.com', headers: { foo: 'bar' }, protocolVersion: version },
      })
      await end()
    }
    const { accepted, end } = await pair(face, {
      server: { verifyClient: (_info, verdict) => process.nextTick(verdict, true) },
    })
    note(accepted.readyState)
    await end()
  })

  sameAsWs('of a client that is gone by the time of the verdict are dropped', async (face, note) => {
    const { server, port } = await serve(face, {
      verifyClient: ({ req }, verdict) => {
        req.socket.on('end', () => {
          note(req.socket.readable, req.socket.writable)
          verdict(true)
        })
      },
    })
    server.on('connection', () => note('connection'))
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.end(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    socket.resume()
    await once(socket, 'end')
    await closed(server)
  })

  sameAsWs('have their subprotocol chosen by handleProtocols, or are given the first', async (face, note) => {
    for (const handleProtocols of [
      undefined,
      (protocols: Set<string>, request: http.IncomingMessage) => {
        note([...protocols], request.url)
        return [...protocols].at(-1)
      },
    ]) {
      const { server, url } = await serve(face, { handleProtocols })
      const client = new face.WebSocket(`${url}/?x`, ['foo', 'bar'])
      const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
      note(client.protocol, accepted.protocol)
      await closed(server)
    }
  })

  sameAsWs('are answered with headers that the event headers can change', async (face, note) => {
    const { server, url } = await serve(face)
    server.on('headers', (headers: string[], request: http.IncomingMessage) => {
      note(headers.slice(0, 3), headers.length, request.url)
      headers.push('X-Added: yes')
    })
    const client = new face.WebSocket(url)
    const [response] = (await next(client, 'upgrade')) as [http.IncomingMessage]
    note(response.headers['x-added'])
    await closed(server)
  })

  sameAsWs('may bring the first frame with them', async (face, note) => {
    const { server, port } = await serve(face)
    const received = new Promise(resolve => server.on('connection', socket => socket.on('message', (data: Buffer) => resolve(data))))
    const socket = net.connect(port, '127.0.0.1')
    const head =
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from('818500000000', 'hex'), Buffer.from('Hello')]))
    note(await received)
    socket.destroy()
    await closed(server)
  })

  sameAsWs('are taken from any HTTP server by handleUpgrade, once', async (face, note) => {
    const server = new face.WebSocketServer({ noServer: true })
    const { server: http1, url } = await upgrading((request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client, of) => {
        note(client.readyState, of === request)
        client.send('hello')
      })
      try {
        server.handleUpgrade(request, socket, head, () => {})
      } catch (error) {
        note(error)
      }
    })
    const client = new face.WebSocket(url)
    note((await take(client, 'message', 1))[0])
    await closed(server)
    http1.closeAllConnections()
    http1.close()
  })

  sameAsWs('are answered 503 after close', async (face, note) => {
    const server = new face.WebSocketServer({ noServer: true })
    const { server: http1, url } = await upgrading((request, socket, head) => {
      server.close()
      server.handleUpgrade(request, socket, head, () => note('accepted'))
    })
    const client = new face.WebSocket(url)
    const [request, response] = (await next(client, 'unexpected-response')) as [http.ClientRequest, http.IncomingMessage]
    note(response.statusCode)
    request.destroy()
    http1.closeAllConnections()
    http1.close()
  })
})

describe('a connection over a stream that is not a socket', () => {
  it('carries messages', async () => {
    const server = new WebSocketServer({ noServer: true })
    const [one, other] = streams()
    const accepted = new Promise<Socket>(resolve => {
      server.handleUpgrade(upgradeRequest(), one, Buffer.alloc(0), socket => resolve(socket))
    })
    await once(other, 'readable')
    expect(String(other.read())).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    const received = take(await accepted, 'message', 1)
    other.write(Buffer.from('8183000000006f6e65', 'hex'))
    expect(await received).toEqual([[Buffer.from('one'), false]])
    other.destroy()
  })
})

function upgradeRequest(): http.IncomingMessage {
  const request = new http.IncomingMessage(new net.Socket())
  const headers = { upgrade: 'websocket', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' }
  return Object.assign(request, { method: 'GET', url: '/', headers })
}
