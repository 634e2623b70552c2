import { once } from 'node:events'
import type * as http from 'node:http'
import * as http2 from 'node:http2'
import * as net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { attachWS } from '../../../src/node/edge/attach-ws.ts'
import { connectWS } from '../../../src/node/edge/connect-ws.ts'
import { listenWS } from '../../../src/node/edge/listen-ws.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { Echo, EchoFactory, type Listening, listeningTo, upgradeRequest } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'
import { until } from '../../fixtures/until.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('Attachment', () => {
  it('counts the connections that came through it, and no others of its factory', async () => {
    const { server, port } = await servers.make()
    const factory = new EchoFactory()
    const [one, other] = [attachWS(factory, server, { path: '/one' }), attachWS(factory, server, { path: '/other' })]
    const client = await connected(port, '/one')
    await connected(port, '/one')
    await connected(port, '/other')
    expect({ one: one.connectionCount, other: other.connectionCount, all: factory.connectionCount }).toEqual({ one: 2, other: 1, all: 3 })
    client.sendClose(1000)
    await until(() => one.connectionCount === 1)
    expect(one.totals).toMatchObject({ open: 1, opened: 2, closed: { 1000: 1 } })
    await Promise.all([one.close({ timeout: 0 }), other.close({ timeout: 0 })])
  })

  it('sends 1001 to open connections, and resolves when they are gone', async () => {
    const { server, port } = await servers.make()
    const factory = new EchoFactory()
    const attachment = attachWS(factory, server)
    const clients = [await connected(port), await connected(port)]
    await attachment.close()
    expect({ attached: attachment.connectionCount, all: factory.connectionCount }).toEqual({ attached: 0, all: 0 })
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 1001, wasClean: true, by: 'peer' })
    expect(server.listenerCount('upgrade')).toBe(0)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  it('lets the HTTP server close, which waits for its connections', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(), server)
    const client = await connected(port)
    const closed = new Promise(resolve => server.close(resolve))
    await attachment.close()
    expect(await closed).toBeUndefined()
    expect(await client.closed).toMatchObject({ code: 1001, wasClean: true })
  })

  it('sends the code and the reason of the first call; a second call waits for the same end', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(), server)
    const client = await connected(port)
    await Promise.all([attachment.close({ code: 1012, reason: 'back soon' }), attachment.close()])
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'back soon' })
    await attachment.close()
  })

  it('drops at the deadline a client that does not answer', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(undefined, { closeHandshakeTimeout: 0 }), server)
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.write(upgradeRequest())
    await once(socket, 'data')
    await attachment.close({ timeout: 0.05 })
    expect(attachment.connectionCount).toBe(0)
    socket.destroy()
  })

  it('has its deadline, and those of its connections, on the clock that it is given', async () => {
    const { server, port } = await servers.make()
    const clock = new FakeClock()
    const attachment = attachWS(new EchoFactory(undefined, { closeHandshakeTimeout: 0 }), server, { clock })
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.write(upgradeRequest())
    await once(socket, 'data')
    expect(clock.pending).toBe(1)
    const closing = attachment.close({ timeout: 60 })
    clock.advance(59_999)
    await new Promise(resolve => setImmediate(resolve))
    expect(attachment.connectionCount).toBe(1)
    clock.advance(1)
    await closing
    expect({ count: attachment.connectionCount, pending: clock.pending }).toEqual({ count: 0, pending: 0 })
    socket.destroy()
  })

  it('drops connections whose onConnect has not decided', async () => {
    const { server, port } = await servers.make()
    let ask: () => void = () => {}
    const asked = new Promise<void>(resolve => {
      ask = resolve
    })
    class Undecided extends Echo {
      override onConnect(): Promise<void> {
        ask()
        return new Promise(() => {})
      }
    }
    const attachment = attachWS(new EchoFactory(undefined, { protocol: Undecided }), server)
    const failed = connected(port).catch((error: unknown) => error)
    await asked
    await attachment.close({ timeout: 60 })
    expect(await failed).toMatchObject({ name: 'HandshakeFailed' })
  })

  it('answers 503 while it closes, and leaves the other attachments alone', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(undefined, { closeHandshakeTimeout: 0 }), server, { path: '/one' })
    const other = attachWS(new EchoFactory(), server, { path: '/other' })
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.write(upgradeRequest('/one'))
    await once(socket, 'data')
    const closing = attachment.close()
    await expect(connected(port, '/one')).rejects.toMatchObject({ status: 503 })
    const client = await connected(port, '/other')
    socket.destroy()
    await closing
    await expect(connected(port, '/one')).rejects.toMatchObject({ status: 404 })
    expect(client.isOpen).toBe(true)
    await other.close()
  })

  it('closes no connections of its factory that came another way', async () => {
    const { server, port } = await servers.make()
    const factory = new EchoFactory()
    const attachment = attachWS(factory, server)
    const listener = await listenWS(factory, { host: '127.0.0.1', port: 0 })
    await connected(port)
    const client = await connectWS(listeningTo(listener.url))
    await attachment.close()
    client.sendMessage('still there')
    expect(await client.next()).toBe('still there')
    await listener.close()
  })

  it('closes what is open after detach, which takes no more requests', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(), server)
    const client = await connected(port)
    attachment.detach()
    await expect(connected(port)).rejects.toThrow()
    expect(client.isOpen).toBe(true)
    await attachment.close()
    expect(await client.closed).toMatchObject({ code: 1001 })
  })

  it('refuses a code that may not be sent, and goes on', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(), server)
    await expect(attachment.close({ code: 1006 })).rejects.toThrow(ApiMisuse)
    expect(attachment.isClosing).toBe(false)
    expect((await connected(port)).isOpen).toBe(true)
    await attachment.close()
  })

  it('is closed by `await using`', async () => {
    const { server, port } = await servers.make()
    const attachment = attachWS(new EchoFactory(), server)
    const client = await connected(port)
    await attachment[Symbol.asyncDispose]()
    expect(await client.closed).toMatchObject({ code: 1001 })
  })
})

describe('attachWS on a server of node:http2 with allowHTTP1', () => {
  it('takes WebSocket connections beside requests of HTTP/2, and closes them', async () => {
    const { server, port } = await secure()
    const factory = new EchoFactory()
    const attachment = attachWS(factory, server, { path: '/ws' })
    const client = await connectWS(listeningTo(`wss://localhost:${port}/ws`), { tls: { ca: certificates().ca } })
    client.sendMessage('hello')
    expect(await client.next()).toBe('hello')
    expect([...factory.connections][0]?.request?.url.href).toBe(`wss://localhost:${port}/ws`)

    const session = http2.connect(`https://localhost:${port}`, { ca: certificates().ca })
    const stream = session.request({ ':path': '/' })
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
    expect({ status: headers[':status'], protocol: session.alpnProtocol }).toEqual({ status: 200, protocol: 'h2' })
    stream.resume()
    session.destroy()

    await expect(connectWS(listeningTo(`wss://localhost:${port}/other`), { tls: { ca: certificates().ca } })).rejects.toMatchObject({
      status: 404,
    })
    await attachment.close()
    expect(await client.closed).toMatchObject({ code: 1001, wasClean: true })
  })

  it('takes a client that asks for http/1.1 by ALPN', async () => {
    const { server, port } = await secure()
    attachWS(new EchoFactory(), server)
    const client = await connectWS(listeningTo(`wss://localhost:${port}`), { tls: { ca: certificates().ca, ALPNProtocols: ['http/1.1'] } })
    client.sendMessage('hello')
    expect(await client.next()).toBe('hello')
  })

  it('answers requests of HTTP/1.1 that ask for another protocol', async () => {
    const { server, port } = await secure()
    attachWS(new EchoFactory(), server)
    const { request } = await import('node:https')
    const asked = request({ host: 'localhost', port, ca: certificates().ca, headers: { Connection: 'Upgrade', Upgrade: 'h2c' } })
    asked.end()
    const [response] = (await once(asked, 'response')) as [http.IncomingMessage]
    expect(response.statusCode).toBe(200)
    response.resume()
  })
})

async function secure(): Promise<{ server: http2.Http2SecureServer; port: number }> {
  const server = http2.createSecureServer({ ...certificates().server, allowHTTP1: true }, (_, response) => {
    response.end('page')
  })
  return { server, port: await servers.start(server) }
}

function connected(port: number, path = '/'): Promise<Listening> {
  return connectWS(listeningTo(`ws://127.0.0.1:${port}${path}`))
}
