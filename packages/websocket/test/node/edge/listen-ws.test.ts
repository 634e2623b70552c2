import { constants } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import * as net from 'node:net'
import * as tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWS } from '../../../src/node/edge/connect-ws.ts'
import { type ListenOptions, listenWS } from '../../../src/node/edge/listen-ws.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { EchoFactory, type Listening, listeningTo } from '../../fixtures/echo.ts'
import { temporarySocketPath } from '../../fixtures/socket-pair.ts'

/** The beginning of a record with a ClientHello of 512 octets. */
const startOfClientHello = Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03)

const listeners: Listener[] = []
afterEach(async () => {
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

describe('listenWS', () => {
  it('takes any port and says which', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0'))
    expect(listener.address).toBe('127.0.0.1')
    expect(listener.port).toBeGreaterThan(0)
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}`)
    expect(await echoed(listener.url)).toBe('hello')
  })

  it('needs no URL', async () => {
    const listener = await listening(new EchoFactory(), { port: 0 })
    expect(listener.url).toBe(`ws://localhost:${listener.port}`)
    expect(await echoed(listener.url)).toBe('hello')
  })

  it('prefers the options to the URL', async () => {
    const listener = await listening(new EchoFactory('ws://192.0.2.1:9'), { host: '127.0.0.1', port: 0 })
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}`)
  })

  it('speaks TLS', async () => {
    const listener = await listening(new EchoFactory('wss://localhost:0'), { tls: certificates().server })
    expect(listener.url).toBe(`wss://localhost:${listener.port}`)
    expect(await echoed(listener.url)).toBe('hello')
  })

  it('tells the server who a client with a certificate is', async () => {
    const { ca, server, client } = certificates()
    const factory = new EchoFactory('wss://localhost:0')
    const listener = await listening(factory, { tls: { ...server, ca, requestCert: true } })
    await connectWS(listeningTo(listener.url), { tls: { ca, ...client } })
    const [protocol] = factory.allConnections
    expect(protocol?.transport.tls).toMatchObject({ isAuthorized: true, peerCertificateSubject: { CN: 'alice' } })
  })

  it('listens on a Unix socket and removes it', async () => {
    const path = temporarySocketPath()
    const factory = new EchoFactory()
    const listener = await listening(factory, { path })
    expect({ address: listener.address, port: listener.port, url: listener.url }).toEqual({
      address: path,
      port: undefined,
      url: `ws+unix:${path}`,
    })
    const client = await connectWS<Listening>(listeningTo(listener.url))
    expect([...factory.allConnections][0]?.transport.own.address).toBe(path)
    client.sendClose()
    await listener.close()
    expect(existsSync(path)).toBe(false)
  })

  it('listens on the Unix socket of the option socketPath, and of its other name', async () => {
    for (const name of ['socketPath', 'path'] as const) {
      const path = temporarySocketPath()
      const listener = await listening(new EchoFactory(), { [name]: path })
      expect(listener.address).toBe(path)
      expect(await echoed(listener.url)).toBe('hello')
    }
  })

  it('says where the paths of URLs go', async () => {
    await expect(listenWS(new EchoFactory(), { path: '/chat', port: 0 })).rejects.toThrow(
      `the option path excludes host and port: it is another name of socketPath, the path of a Unix socket. A path of URLs is a route, as in serve({ port }, { "/chat": handler })`,
    )
  })

  it('listens on the Unix socket of the URL', async () => {
    const path = temporarySocketPath()
    const listener = await listening(new EchoFactory(`ws+unix:${path}`))
    expect(await echoed(listener.url)).toBe('hello')
  })

  it('rejects with the error of the system', async () => {
    const first = await listening(new EchoFactory('ws://127.0.0.1:0'))
    await expect(listenWS(new EchoFactory(first.url))).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  for (const [why, url, options] of [
    ['wss without a certificate', 'wss://localhost:0', {}],
    ['ws with a certificate', 'ws://localhost:0', { tls: { cert: 'a', key: 'b' } }],
    ['no port', undefined, {}],
    ['a path and a port', undefined, { path: '/tmp/x.sock', port: 0 }],
    ['a socketPath and a host', undefined, { socketPath: '/tmp/x.sock', host: 'localhost' }],
    ['a path that the system would cut', undefined, { path: `/tmp/${'x'.repeat(200)}` }],
    ['both names of a path', undefined, { path: '/tmp/x.sock', socketPath: '/tmp/x.sock' }],
  ] as const) {
    it(`refuses: ${why}`, async () => {
      await expect(listenWS(new EchoFactory(url), options)).rejects.toThrow(ApiMisuse)
    })
  }

  it('says where a port can be set', async () => {
    await expect(listenWS(new EchoFactory())).rejects.toThrow(
      new ApiMisuse('there is no port to listen on: set the option port, or give the factory a URL'),
    )
  })

  it('shares a port where the runtime can, and says so where it cannot', async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    const can = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)
    const first = listenWS(new EchoFactory('ws://127.0.0.1:0'), { reusePort: true })
    if (!can) return expect(first).rejects.toThrow('reusePort needs Node')
    listeners.push(await first)
    listeners.push(await listenWS(new EchoFactory((await first).url), { reusePort: true }))
  })

  it('answers 503 above the limit of connections', async () => {
    const listener = await listening(new EchoFactory('ws://127.0.0.1:0', { maxConnections: 1 }))
    await connectWS(listeningTo(listener.url))
    await expect(connectWS(listeningTo(listener.url))).rejects.toMatchObject({ name: 'HandshakeFailed', status: 503 })
  })

  describe('with a signal', () => {
    it('rejects with the reason when it was aborted before', async () => {
      const reason = new Error('no more')
      await expect(listenWS(new EchoFactory('ws://127.0.0.1:0'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })

    it('rejects when it is aborted meanwhile, and does not listen later', async () => {
      const controller = new AbortController()
      const port = await freePort()
      const promise = listenWS(new EchoFactory(`ws://localhost:${port}`), { signal: controller.signal })
      controller.abort()
      await expect(promise).rejects.toBe(controller.signal.reason)
      for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
      await expect(connectWS(listeningTo(`ws://localhost:${port}`))).rejects.toThrow('ECONNREFUSED')
    })

    it('closes when it is aborted later, and lets the signal go', async () => {
      const controller = new AbortController()
      const listener = await listenWS(new EchoFactory('ws://127.0.0.1:0'), { signal: controller.signal })
      const client = await connectWS(listeningTo(listener.url))
      controller.abort()
      await listener.closed
      expect((await client.closed).code).toBe(1001)
    })
  })

  describe('and TLS 1.2', () => {
    for (const [where, options] of [
      ['by itself', {}],
      ['with options of OpenSSL that the application gave', { secureOptions: constants.SSL_OP_NO_TICKET }],
      ['with the context that an SNICallback chose', { SNICallback: chooseContext }],
    ] as const) {
      it(`lets no client renegotiate, ${where}`, async () => {
        const tlsOptions = { ...certificates().server, maxVersion: 'TLSv1.2', ...options } as const
        const listener = await listening(new EchoFactory('wss://localhost:0'), { tls: tlsOptions })
        const socket = tls.connect({ port: listener.port!, host: 'localhost', servername: 'localhost', ca: certificates().ca })
        await once(socket, 'secureConnect')
        const failed = new Promise(resolve => socket.on('error', resolve))
        socket.renegotiate({}, () => {})
        expect(await failed).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' })
        socket.destroy()
        expect(await echoed(listener.url)).toBe('hello')
      })
    }
  })

  describe('against TLS clients that misbehave', () => {
    for (const [what, sent] of [
      ['nothing', ''],
      ['a part of its greeting', startOfClientHello],
    ] as const) {
      it(`gives the place of a client that has sent ${what} and ends its side to the next, without waiting for the deadline`, async () => {
        const { listener, socket } = await withRawTlsClient({ maxConnections: 1, openHandshakeTimeout: 0 })
        const others = await Promise.all(Array.from({ length: 100 }, () => connected(listener)))
        const clients = [socket, ...others]
        await Promise.all(
          clients.map(client => {
            client.end(sent)
            return once(client, 'close')
          }),
        )
        expect(await echoed(listener.url)).toBe('hello')
      })
    }

    it('keeps the deadline that the factory has when the client comes, and none where it is 0', async () => {
      const { factory, listener, socket } = await withRawTlsClient({ openHandshakeTimeout: 0.05 })
      await once(socket, 'close')
      factory.setProtocolOptions({ openHandshakeTimeout: 0 })
      const waiting = await connected(listener)
      // accepted before the options change again: the server takes clients in their order
      await echoed(listener.url)
      factory.setProtocolOptions({ openHandshakeTimeout: 0.05 })
      await once(await connected(listener), 'close')
      expect(waiting.closed).toBe(false)
      waiting.destroy()
    })

    it('leaves a client alone whose TLS was done before the deadline', async () => {
      const { listener } = await withRawTlsClient({ openHandshakeTimeout: 0.2 })
      const client = await connectWS<Listening>(listeningTo(listener.url), { tls: { ca: certificates().ca } })
      await once(await connected(listener), 'close')
      client.sendMessage('still there')
      expect(await client.next()).toBe('still there')
    })

    it('survives what is no TLS', async () => {
      const { factory, listener, socket } = await withRawTlsClient()
      socket.write('GET / HTTP/1.1\r\n\r\n')
      await once(socket, 'close')
      expect(await echoed(listener.url)).toBe('hello')
      expect(factory.errors).toEqual([])
    })

    it('ends a handshake that never begins', async () => {
      const { socket } = await withRawTlsClient({ openHandshakeTimeout: 0.1 })
      await once(socket, 'close')
    })

    it('ends a handshake that trickles in, however it trickles', async () => {
      const { socket } = await withRawTlsClient({ openHandshakeTimeout: 0.2 })
      // The rest of its 512 octets comes one by one. Where each gave the client new time, all of them would be sent before the end.
      socket.write(startOfClientHello)
      let sent = startOfClientHello.length
      const trickle = setInterval(() => socket.write(Uint8Array.of(0), () => sent++), 20)
      // what is written as the server ends it is answered with a reset
      socket.on('error', () => {})
      await new Promise(resolve => socket.once('close', resolve))
      clearInterval(trickle)
      expect(sent).toBeLessThan(512)
    })

    it('takes no more of them than the limit of connections and a few', async () => {
      const { listener, socket } = await withRawTlsClient({ maxConnections: 1 })
      const others = Array.from({ length: 150 }, () => net.connect(listener.port!, '127.0.0.1').on('error', () => {}))
      let closed = 0
      await new Promise<void>(resolve => {
        for (const other of others) other.on('close', () => (++closed === 40 ? resolve() : undefined))
      })
      for (const other of [...others, socket]) other.destroy()
      expect(closed).toBeGreaterThanOrEqual(40)
    })
  })
})

async function listening(factory: EchoFactory, options?: ListenOptions): Promise<Listener> {
  const listener = await listenWS(factory, options)
  listeners.push(listener)
  return listener
}

async function echoed(url: string): Promise<string> {
  const client = await connectWS<Listening>(listeningTo(url), { tls: { ca: certificates().ca } })
  client.sendMessage('hello')
  const answer = await client.next()
  client.sendClose()
  await client.closed
  return answer
}

async function withRawTlsClient(options = {}): Promise<{ factory: EchoFactory; listener: Listener; socket: net.Socket }> {
  const factory = new EchoFactory('wss://localhost:0', options)
  const listener = await listening(factory, { host: '127.0.0.1', tls: certificates().server })
  return { factory, listener, socket: await connected(listener) }
}

/** Through with TCP, and silent. */
async function connected(listener: Listener): Promise<net.Socket> {
  const socket = net.connect({ port: listener.port!, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.resume()
  await once(socket, 'connect')
  return socket
}

function chooseContext(_: string, done: (error: null, context: tls.SecureContext) => void): void {
  done(null, tls.createSecureContext({ ...certificates().server, maxVersion: 'TLSv1.2' }))
}

async function freePort(): Promise<number> {
  const listener = await listenWS(new EchoFactory('ws://localhost:0'))
  await listener.close()
  return listener.port!
}
