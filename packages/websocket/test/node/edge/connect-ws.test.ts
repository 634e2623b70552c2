import { EventEmitter, getEventListeners, once } from 'node:events'
import * as net from 'node:net'
import { PassThrough } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../../src/application/client-factory.ts'
import { connectWS } from '../../../src/node/edge/connect-ws.ts'
import { type ListenOptions, listenWS } from '../../../src/node/edge/listen-ws.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { EchoFactory, type Listening, listeningTo } from '../../fixtures/echo.ts'
import { portOf, tcpPair, temporarySocketPath } from '../../fixtures/socket-pair.ts'
import { until } from '../../fixtures/until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

describe('connectWS', () => {
  it('resolves when the connection is open', async () => {
    const listener = await echoServer()
    const client = await connectWS<Listening>(listeningTo(listener.url))
    expect(client.isOpen).toBe(true)
    expect(client.transport.peer).toEqual({ address: '127.0.0.1', port: listener.port })
    expect(await echo(client)).toBe('hello')
  })

  it('connects to Unix sockets', async () => {
    const path = temporarySocketPath()
    await echoServer(undefined, { path })
    const client = await connectWS<Listening>(listeningTo(`ws+unix:${path}:/chat`))
    expect(client.transport.peer.address).toBe(path)
    expect(await echo(client)).toBe('hello')
  })

  it('connects from the address it is given', async () => {
    const listener = await echoServer()
    const client = await connectWS(listeningTo(listener.url), { localAddress: '127.0.0.2' })
    expect(client.transport.own.address).toBe('127.0.0.2')
  })

  it('connects to an IPv6 address', async () => {
    const listener = await echoServer('ws://[::1]:0')
    expect(listener.url).toBe(`ws://[::1]:${listener.port}`)
    expect(await echo(await connectWS<Listening>(listeningTo(listener.url)))).toBe('hello')
  })

  it('rejects with the error of the system as the cause', async () => {
    const port = await refusedPort()
    await expect(connectWS(listeningTo(`ws://127.0.0.1:${port}`))).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: `cannot connect to 127.0.0.1:${port}: ECONNREFUSED`,
      cause: { code: 'ECONNREFUSED' },
    })
    await expect(connectWS(listeningTo(`ws://localhost:${port}`))).rejects.toThrow(`cannot connect to localhost:${port}: ECONNREFUSED`)
    // the system would cut it, and connect to somebody else
    await expect(connectWS(listeningTo(`ws+unix:/${'x'.repeat(107)}`))).rejects.toThrow('the path of a Unix socket has at most')
    await expect(connectWS(listeningTo('ws+unix:/nowhere.sock'))).rejects.toThrow('cannot connect to /nowhere.sock: ENOENT')
  })

  it('says so where the server does not speak TLS', async () => {
    const { url } = await silentServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(connectWS(listeningTo(url.replace('ws:', 'wss:')))).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: expect.stringMatching(/: the other end does not speak TLS: the URL for that begins with ws:$/) as string,
      cause: expect.any(Error) as Error,
    })
  })

  it('rejects with what the server answered', async () => {
    const { url, sockets } = await silentServer(socket => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
    await expect(connectWS(listeningTo(url))).rejects.toMatchObject({ name: 'HandshakeFailed', status: 404 })
    await allClosed(sockets)
  })

  it('rejects when the server hangs up within the handshake', async () => {
    const { url } = await silentServer(socket => socket.destroy())
    await expect(connectWS(listeningTo(url))).rejects.toThrow()
  })

  it('rejects with what buildProtocol throws', async () => {
    const { url, sockets } = await silentServer()
    await expect(connectWS(new WebSocketClientFactory(url))).rejects.toThrow('protocol class')
    await allClosed(sockets)
  })

  it('rejects with what Node says to wrong options', async () => {
    const socket = new PassThrough()
    await expect(connectWS(listeningTo('wss://localhost'), { socket, tls: { cert: 'no certificate' } })).rejects.toThrow()
    expect(socket.destroyed).toBe(true)
  })

  describe('with TLS', () => {
    it('checks certificate and name', async () => {
      const listener = await secureServer()
      const { ca } = certificates()
      const client = await connectWS<Listening>(listeningTo(listener.url), { tls: { ca } })
      expect(client.transport.tls?.isAuthorized).toBe(true)
      expect(await echo(client)).toBe('hello')
    })

    it('refuses a certificate of unknown origin', async () => {
      const listener = await secureServer()
      await expect(connectWS(listeningTo(listener.url))).rejects.toMatchObject({
        name: 'HandshakeFailed',
        cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      })
      await until(() => listener.connectionCount === 0)
    })

    it('refuses a certificate for another name', async () => {
      const listener = await secureServer()
      await expect(
        connectWS(listeningTo(listener.url), { tls: { ca: certificates().ca, servername: 'other.test' } }),
      ).rejects.toMatchObject({
        cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      })
    })

    it('checks certificates when the TLS options are present but undefined', async () => {
      const listener = await secureServer()
      const tls = { rejectUnauthorized: undefined, checkServerIdentity: undefined, ca: undefined } as object
      await expect(connectWS(listeningTo(listener.url), { tls })).rejects.toThrow('cannot connect')
    })

    it('takes any certificate only when it is told to', async () => {
      const listener = await secureServer()
      const client = await connectWS(listeningTo(listener.url), { tls: { rejectUnauthorized: false } })
      expect(client.transport.tls?.isAuthorized).toBe(false)
    })

    it('sends the name (SNI) of a host, and none of an address', async () => {
      const factory = new EchoFactory('wss://localhost:0')
      const listener = await echoServer(factory, { host: '127.0.0.1', tls: certificates().server })
      const names: unknown[] = []
      for (const host of ['localhost', '127.0.0.1']) {
        const client = await connectWS(listeningTo(`wss://${host}:${listener.port}`), { tls: { ca: certificates().ca } })
        await until(() => factory.connections.size === 1)
        names.push([...factory.connections][0]?.transport.tls?.serverName)
        client.sendClose()
        await client.closed
        await until(() => factory.connections.size === 0)
      }
      expect(names).toEqual(['localhost', undefined])
    })

    it('begins on a socket that was given', async () => {
      const listener = await secureServer()
      const socket = net.connect(listener.port!, '127.0.0.1')
      const client = await connectWS<Listening>(listeningTo(listener.url), { socket, tls: { ca: certificates().ca } })
      expect(await echo(client)).toBe('hello')
    })
  })

  describe('with a socket that was given', () => {
    it('waits until it is connected', async () => {
      const listener = await echoServer()
      const socket = net.connect(listener.port!, '127.0.0.1')
      expect(await echo(await connectWS<Listening>(listeningTo(listener.url), { socket }))).toBe('hello')
    })

    it('takes it as it is when it is connected', async () => {
      const listener = await echoServer()
      const socket = net.connect(listener.port!, '127.0.0.1')
      await once(socket, 'connect')
      expect(await echo(await connectWS<Listening>(listeningTo(listener.url), { socket }))).toBe('hello')
    })

    it('rejects when it is gone already', async () => {
      const [socket, other] = await tcpPair()
      other.destroy()
      socket.destroy()
      await expect(connectWS(listeningTo('ws://localhost:1'), { socket })).rejects.toThrow('cannot connect')
    })
  })

  describe('gives up', () => {
    it('when TLS takes too long', async () => {
      const { url, sockets } = await silentServer()
      const promise = connectWS(listeningTo(url.replace('ws:', 'wss:')), { timeout: 0.1 })
      await expect(promise).rejects.toThrow('no connection within 0.1 s')
      await allClosed(sockets)
    })

    it('when it was aborted before', async () => {
      const reason = new Error('no more')
      const socket = new PassThrough()
      await expect(connectWS(listeningTo('ws://localhost:1'), { signal: AbortSignal.abort(reason), socket })).rejects.toBe(reason)
      expect(socket.destroyed).toBe(true)
    })

    it('when it is aborted while TCP is made', async () => {
      const { url } = await silentServer()
      const controller = new AbortController()
      const promise = connectWS(listeningTo(url), { signal: controller.signal })
      controller.abort()
      await expect(promise).rejects.toBe(controller.signal.reason)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    })

    it('when it is aborted in the moment between socket and handshake', async () => {
      const { url, sockets } = await silentServer()
      const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
      await once(socket, 'connect')
      const controller = new AbortController()
      const promise = connectWS(listeningTo(url), { socket, signal: controller.signal })
      controller.abort()
      await expect(promise).rejects.toBe(controller.signal.reason)
      expect(socket.destroyed).toBe(true)
      await allClosed(sockets)
    })

    it('when it is aborted within TLS', async () => {
      const { url, sockets, arrived } = await silentServer()
      const controller = new AbortController()
      const promise = connectWS(listeningTo(url.replace('ws:', 'wss:')), { signal: controller.signal })
      await arrived
      controller.abort()
      await expect(promise).rejects.toBe(controller.signal.reason)
      await allClosed(sockets)
    })

    it('when it is aborted within the opening handshake', async () => {
      const { url, sockets, arrived } = await silentServer()
      const controller = new AbortController()
      const promise = connectWS(listeningTo(url), { signal: controller.signal })
      await arrived
      controller.abort()
      await expect(promise).rejects.toBe(controller.signal.reason)
      await allClosed(sockets)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    })
  })

  it('does nothing when it is aborted later', async () => {
    const listener = await echoServer()
    const controller = new AbortController()
    const client = await connectWS<Listening>(listeningTo(listener.url), { signal: controller.signal })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort()
    expect(await echo(client)).toBe('hello')
  })

  it('leaves nothing behind after many attempts that were given up', async () => {
    const { url, sockets } = await silentServer()
    const before = process.getActiveResourcesInfo().filter(isOurs).length
    const attempts = Array.from({ length: 200 }, async (_, i) => {
      const controller = new AbortController()
      const promise = connectWS(listeningTo(i % 2 === 0 ? url : url.replace('ws:', 'wss:')), { signal: controller.signal })
      for (let turns = 0; turns < i % 7; turns++) await new Promise(resolve => setImmediate(resolve))
      controller.abort()
      await expect(promise).rejects.toBe(controller.signal.reason)
    })
    await Promise.all(attempts)
    await allClosed(sockets)
    await until(() => process.getActiveResourcesInfo().filter(isOurs).length <= before)
  })

  it('leaves no listeners on a socket that it gave up', async () => {
    const { url } = await silentServer()
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
    const before = EventEmitter.listenerCount(socket, 'close')
    const controller = new AbortController()
    const promise = connectWS(listeningTo(url), { socket, signal: controller.signal })
    controller.abort()
    await expect(promise).rejects.toBe(controller.signal.reason)
    expect(socket.listenerCount('close')).toBe(before)
    expect(socket.listenerCount('connect')).toBe(0)
  })
})

async function echoServer(factory: EchoFactory | string = 'ws://127.0.0.1:0', options?: ListenOptions): Promise<Listener> {
  const isUnix = options?.path !== undefined
  const made = typeof factory === 'string' ? new EchoFactory(isUnix ? undefined : factory) : factory
  const listener = await listenWS(made, options)
  cleanups.push(() => listener.close({ timeout: 0 }))
  return listener
}

function secureServer(): Promise<Listener> {
  return echoServer('wss://localhost:0', { tls: certificates().server })
}

interface SilentServer {
  readonly url: string
  readonly sockets: net.Socket[]
  /** The first octets of a client. */
  readonly arrived: Promise<void>
}

async function silentServer(answer: (socket: net.Socket) => void = () => {}): Promise<SilentServer> {
  const sockets: net.Socket[] = []
  const server = net.createServer()
  const arrived = new Promise<void>(resolve => {
    server.on('connection', socket => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', () => resolve())
      answer(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `ws://127.0.0.1:${portOf(server)}`, sockets, arrived }
}

async function allClosed(sockets: readonly (net.Socket | TLSSocket)[]): Promise<void> {
  await until(() => sockets.every(socket => socket.closed))
}

async function refusedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

async function echo(client: Listening): Promise<string> {
  client.sendMessage('hello')
  return client.next()
}

function isOurs(resource: string): boolean {
  return /^(TCPSocket|TLS)/.test(resource)
}
