import { connect as connectTls } from 'node:tls'
import { JsonSerializer, type MessageTransport } from '@autobahn-ts/wamp/protocol'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { dialTransport } from '../../../../wamp/src/node/dial-transport.ts'
import { Recorder } from '../../../../wamp/test/transports/recorder.ts'
import { turn } from '../../../../wamp/test/transports/transport-suite.ts'
import { certificates } from '../../../../websocket/test/fixtures/certificates.ts'
import { listen } from '../../../src/node/listening/listen.ts'
import type { ListenOptions } from '../../../src/node/listening/listen-options.ts'
import { type Listening, listening, rawConnection, requested } from '../../fixtures/listening.ts'

const serializers = [new JsonSerializer()]
const open: Listening[] = []

afterEach(async () => {
  for (const { listener } of open.splice(0)) await listener.close({ timeout: 0 })
})

async function listeningNow(options: ListenOptions = {}): Promise<Listening> {
  const one = await listening(options)
  open.push(one)
  return one
}

describe('listen', () => {
  it('has one port for RawSocket, WebSocket and long-poll, and tells their URLs', async () => {
    const { listener, next, port } = await listeningNow()
    expect(listener.urls).toEqual({
      webSocket: `ws://127.0.0.1:${port}`,
      rawSocket: `rs://127.0.0.1:${port}`,
      longPoll: `http://127.0.0.1:${port}/lp`,
    })
    expect(listener.url).toBe(listener.urls.webSocket)
    for (const [url, kind] of [
      [listener.urls.webSocket, 'websocket'],
      [listener.urls.rawSocket!, 'rawsocket'],
      [listener.urls.longPoll!, 'longpoll'],
    ] as const) {
      const client = await dialTransport(url, { serializers })
      const server = await next()
      expect(server.details).toMatchObject({ kind, isSecure: false, peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) })
      client.abort('done')
    }
  })

  it('may listen at several places for one router', async () => {
    const accepted: MessageTransport[] = []
    const router = { accept: (transport: MessageTransport) => void accepted.push(transport) }
    const listeners = [await listen(router, { port: 0 }), await listen(router, { port: 0 })]
    for (const { url } of listeners) await dialTransport(url, { serializers })
    await turn()
    expect(accepted.length).toBe(2)
    await Promise.all(listeners.map(each => each.close({ timeout: 0 })))
  })

  it('rejects where the port is taken', async () => {
    const { port } = await listeningNow()
    await expect(listen({ accept: () => {} }, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('drops a client that sends no octet in time, and one that stops in the head of a request', async () => {
    const clock = new FakeClock()
    const { port, listener } = await listeningNow({ clock, handshakeTimeout: 3 })
    const silent = await rawConnection(port)
    const slow = await rawConnection(port)
    slow.socket.write('POST /lp/op')
    while (listener.connectionCount < 2) await turn()
    await turn()
    clock.advance(2999)
    await turn()
    expect([silent.socket.destroyed, slow.socket.destroyed]).toEqual([false, false])
    clock.advance(3000)
    expect([await silent.received, await slow.received]).toEqual(['', ''])
  })

  it('drops a client that stops in the body of a request', async () => {
    const clock = new FakeClock()
    const { port } = await listeningNow({ clock, handshakeTimeout: 3 })
    const slow = await rawConnection(port)
    slow.socket.write('POST /lp/open HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{')
    for (let n = 0; n < 20; n++) await turn()
    clock.advance(3000)
    expect(await slow.received).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('drops a client that keeps its connection after an answer and asks for nothing', async () => {
    const clock = new FakeClock()
    const { port } = await listeningNow({ clock, handshakeTimeout: 3 })
    const idle = await rawConnection(port)
    idle.socket.write('GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise(resolve => idle.socket.once('data', resolve))
    for (let n = 0; n < 20; n++) await turn()
    clock.advance(33_000)
    expect(await idle.received).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('answers a request that asks for another protocol as if it did not', async () => {
    const { port } = await listeningNow({ request: (_, response) => void response.end('page') })
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }
    const { socket, received } = await rawConnection(port)
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`)
    await new Promise(resolve => socket.once('data', resolve))
    socket.end()
    expect(await received).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  it('survives octets that are nothing at all', async () => {
    const { port, accepted } = await listeningNow()
    for (const octets of [
      [0],
      [0xff, 0xff, 0xff],
      [0x16, 3, 1, 0, 5, 1, 2, 3],
      [0x7f, 0, 0, 0],
      [0x7f],
      [0x0a, 0x0a, 0x0a, 0x0a],
      [...Buffer.from('GET\r\n\r\n')],
    ]) {
      const client = await rawConnection(port)
      client.socket.end(Uint8Array.from(octets))
      await client.received
    }
    expect(accepted).toEqual([])
    const client = await dialTransport(`ws://127.0.0.1:${port}`, { serializers })
    client.abort('done')
  })

  it('refuses connections above the limit in the words of each kind', async () => {
    const { port, next, listener } = await listeningNow({ maxConnections: 2 })
    const [one, two] = [
      await dialTransport(`ws://127.0.0.1:${port}`, { serializers }),
      await dialTransport(`ws://127.0.0.1:${port}`, { serializers }),
    ]
    await next()
    await next()
    expect(listener.connectionCount).toBe(2)
    await expect(dialTransport(`rs://127.0.0.1:${port}`, { serializers })).rejects.toThrow('maximum connection count reached')
    await expect(dialTransport(`ws://127.0.0.1:${port}`, { serializers })).rejects.toMatchObject({ status: 503 })
    one.abort('done')
    two.abort('done')
  })

  it('serves no RawSocket and no long-poll where they are switched off', async () => {
    const { port, listener } = await listeningNow({ rawSocket: false, longPoll: false })
    expect(listener.urls).toMatchObject({ rawSocket: undefined, longPoll: undefined })
    await expect(dialTransport(`rs://127.0.0.1:${port}`, { serializers })).rejects.toMatchObject({ name: 'HandshakeFailed' })
    expect((await requested(port, '/lp/open')).status).toBe(404)
  })

  it('gives all other requests to the application, and answers 500 where it throws or rejects', async () => {
    const errors: Error[] = []
    const { port } = await listeningNow({
      onError: error => void errors.push(error),
      request: (request, response) => {
        if (request.url === '/broken') throw new Error('a bug in a page')
        if (request.url === '/later') return Promise.reject(new Error('a bug later'))
        response.end(`page ${request.url}`)
      },
    })
    expect(await requested(port, '/info', { method: 'GET' })).toMatchObject({ status: 200, text: expect.stringContaining('page /info') })
    expect(await requested(port, '/broken', { method: 'GET' })).toMatchObject({ status: 500 })
    expect(await requested(port, '/later', { method: 'GET' })).toMatchObject({ status: 500 })
    expect(errors.map(each => each.message)).toEqual(['a bug in a page', 'a bug later'])
    expect((await requested((await listeningNow()).port, '/', { method: 'GET' })).status).toBe(404)
  })

  it('drops the connection of a transport that the router throws at, and goes on', async () => {
    const errors: Error[] = []
    const router = {
      accept: () => {
        throw new Error('a bug in a router')
      },
    }
    const listener = await listen(router, { port: 0, onError: error => void errors.push(error) })
    const raw = Recorder.of(await dialTransport(listener.urls.rawSocket!, { serializers }))
    await raw.closed()
    const webSocket = Recorder.of(await dialTransport(listener.url, { serializers }))
    expect((await webSocket.closed()).reason).toContain('1011')
    await expect(dialTransport(listener.urls.longPoll!, { serializers })).rejects.toThrow('status 500')
    expect(errors.map(each => each.message)).toEqual(['a bug in a router', 'a bug in a router', 'a bug in a router'])
    await listener.close({ timeout: 0 })
  })

  it('closes at the signal, and rejects with its reason before', async () => {
    const abort = new AbortController()
    const { listener } = await listening({ signal: abort.signal })
    abort.abort(new Error('over'))
    await listener.closed
    await expect(listen({ accept: () => {} }, { port: 0, signal: abort.signal })).rejects.toThrow('over')
  })
})

describe('listen with TLS', () => {
  it('gives both ends the same channel id, and no other connection', async () => {
    const { ca, server: own } = certificates()
    const { port, next } = await listeningNow({ tls: own })
    const ids = new Set<string>()
    for (const scheme of ['rss', 'wss', 'rss', 'wss']) {
      const client = await dialTransport(`${scheme}://localhost:${port}`, { serializers, tls: { ca } })
      const server = await next()
      const id = client.details.channelId?.()
      expect([id?.length, server.details.isSecure]).toEqual([32, true])
      expect(server.details.channelId?.()).toEqual(id)
      ids.add(Buffer.from(id!).toString('hex'))
      client.abort('done')
    }
    expect(ids.size).toBe(4)
  })

  it('tells the fingerprint of a certificate that an authority has signed', async () => {
    const { ca, server: own, client: alice } = certificates()
    const { port, next } = await listeningNow({ tls: { ...own, ca, requestCert: true, rejectUnauthorized: false } })
    for (const scheme of ['rss', 'wss', 'https']) {
      const url = `${scheme}://localhost:${port}${scheme === 'https' ? '/lp' : ''}`
      const known = await dialTransport(url, { serializers, tls: { ca, ...alice } })
      expect((await next()).details.certificate).toMatch(/^[0-9a-f]{64}$/)
      const unknown = await dialTransport(url, { serializers, tls: { ca } })
      expect((await next()).details.certificate).toBe(undefined)
      known.abort('done')
      unknown.abort('done')
    }
  })

  it('drops a client that stops after TLS, and survives one that breaks it', async () => {
    const clock = new FakeClock()
    const { ca, server: own } = certificates()
    const { port } = await listeningNow({ tls: own, clock, handshakeTimeout: 3 })
    const broken = await rawConnection(port)
    broken.socket.write('GET / HTTP/1.1\r\n\r\n')
    await broken.received
    const silent = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca })
    silent.on('error', () => {})
    await new Promise(resolve => silent.once('secureConnect', resolve))
    for (let n = 0; n < 20; n++) await turn()
    const closed = new Promise(resolve => silent.once('close', resolve))
    silent.resume()
    clock.advance(3000)
    await closed
  })

  it('refuses options that cannot be used', async () => {
    await expect(listen({ accept: () => {} }, { port: 0, tls: {} })).rejects.toThrow('the option tls has no certificate')
    await expect(listen({ accept: () => {} }, { port: 0, tls: { cert: 'no', key: 'no' } })).rejects.toThrow('the option tls cannot be used')
  })
})

describe('closing a listener', () => {
  it('closes transports of every kind properly, listens no more, and leaves no connection', async () => {
    const { listener, next } = await listening()
    const clients = []
    for (const url of [listener.urls.webSocket, listener.urls.rawSocket!, listener.urls.longPoll!]) {
      clients.push(Recorder.of(await dialTransport(url, { serializers })))
      Recorder.of(await next())
    }
    await turn()
    await listener.close()
    expect(listener.connectionCount).toBe(0)
    const ends = await Promise.all(clients.map(each => each.closed()))
    expect(ends.map(({ wasClean }) => wasClean)).toEqual([true, true, true])
    expect(ends[0]!.reason).toContain('1001')
    await expect(dialTransport(listener.url, { serializers })).rejects.toMatchObject({ name: 'HandshakeFailed' })
    await listener.closed
  })

  it('drops at the deadline those that do not end, and those that have said nothing', async () => {
    const clock = new FakeClock()
    const { listener, port, next } = await listening({ clock })
    const silent = await rawConnection(port)
    const deaf = await rawConnection(port)
    deaf.socket.write(Uint8Array.of(0x7f, 0xf1, 0, 0))
    Recorder.of(await next())
    deaf.socket.pause()
    const closing = listener.close({ timeout: 2 })
    await silent.received
    for (let n = 0; n < 20; n++) await turn()
    clock.advance(2000)
    await closing
    expect(listener.connectionCount).toBe(0)
    deaf.socket.destroy()
  })

  it('waits for the same end when it is closed again', async () => {
    const { listener } = await listening()
    await Promise.all([listener.close(), listener.close()])
    await listener[Symbol.asyncDispose]()
    await expect(listener.close({ timout: 1 } as never)).rejects.toThrow('did you mean timeout?')
  })
})
