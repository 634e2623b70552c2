import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import { type Duplex, PassThrough } from 'node:stream'
import * as tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { type AttachOptions, attachWS } from '../../../src/node/edge/attach-ws.ts'
import type { Attachment } from '../../../src/node/edge/attachment.ts'
import { connectWS } from '../../../src/node/edge/connect-ws.ts'
import { handleUpgrade } from '../../../src/node/edge/handle-upgrade.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { EchoFactory, type Listening, listeningTo, upgradeRequest } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('attachWS', () => {
  it('takes upgrades and leaves other requests alone', async () => {
    const { server, port } = await servers.make()
    attachWS(new EchoFactory(), server)
    expect(await echoed(port, '/any')).toBe('hello')
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  it('works over TLS', async () => {
    const server = https.createServer(certificates().server)
    const port = await servers.start(server)
    const factory = new EchoFactory()
    attachWS(factory, server)
    const client = await connectWS<Listening>(listeningTo(`wss://localhost:${port}`), { tls: { ca: certificates().ca } })
    expect([...factory.allConnections][0]?.transport.isSecure).toBe(true)
    expect(await echo(client)).toBe('hello')
  })

  for (const [name, path] of [
    ['a string', '/chat'],
    ['an expression', /^\/chat$/g],
    ['a function', (path: string) => path === '/chat'],
  ] as const) {
    it(`matches the path by ${name}, without the query`, async () => {
      const { server, port } = await servers.make()
      attachWS(new EchoFactory(), server, { path })
      for (let i = 0; i < 3; i++) expect(await echoed(port, '/chat?room=1')).toBe('hello')
      await expect(echoed(port, '/chat2')).rejects.toMatchObject({ status: 404 })
    })
  }

  it('matches the path of a target in absolute form (RFC 9112 §3.2.2)', async () => {
    const { server, port } = await servers.make()
    attachWS(new EchoFactory(), server, { path: '/chat' })
    const answered = async (target: string): Promise<string> => {
      const socket = net.connect(port, '127.0.0.1')
      socket.write(upgradeRequest(target))
      const [octets] = (await once(socket, 'data')) as [Buffer]
      socket.destroy()
      return octets.toString('latin1')
    }
    expect(await answered(`http://127.0.0.1:${port}/chat?x=1`)).toMatch(/^HTTP\/1\.1 101 /)
    expect(await answered(`http://127.0.0.1:${port}/other`)).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('serves several factories on one server', async () => {
    const { server, port } = await servers.make()
    const [one, other] = [new EchoFactory(), new EchoFactory()]
    attachWS(one, server, { path: '/one' })
    attachWS(other, server, { path: '/other' })
    await connectWS(listeningTo(`ws://127.0.0.1:${port}/one`))
    await connectWS(listeningTo(`ws://127.0.0.1:${port}/other`))
    expect([one.connectionCount, other.connectionCount]).toEqual([1, 1])
    await expect(echoed(port, '/third')).rejects.toMatchObject({ status: 404 })
  })

  it('leaves to other listeners what it does not take', async () => {
    const { server, port } = await servers.make()
    const other = new EchoFactory()
    attachWS(new EchoFactory(), server, { path: '/ours' })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/theirs') handleUpgrade(other, request, socket, head)
    })
    expect(await echoed(port, '/theirs')).toBe('hello')
    expect(await echoed(port, '/ours')).toBe('hello')
  })

  it('refuses unmatched requests in spite of other listeners, with unmatched: "refuse"', async () => {
    const { server, port } = await servers.make()
    attach(server, { path: '/ours', unmatched: 'refuse' })
    attach(server, { path: '/also', unmatched: 'ignore' })
    server.on('upgrade', () => {})
    await expect(echoed(port, '/theirs')).rejects.toMatchObject({ status: 404 })
  })

  it('leaves a request alone that another listener has taken before, with unmatched: "refuse"', async () => {
    const { server, port } = await servers.make()
    const theirs = new EchoFactory()
    server.on('upgrade', (request, socket, head) => handleUpgrade(theirs, request, socket, head))
    attach(server, { path: '/ours', unmatched: 'refuse' })
    expect(await echoed(port, '/theirs')).toBe('hello')
  })

  it('takes no requests after detach, and keeps open connections', async () => {
    const { server, port } = await servers.make()
    const one = attach(server, { path: '/one' })
    const other = attach(server, { path: '/other' })
    const client = await connectWS<Listening>(listeningTo(`ws://127.0.0.1:${port}/one`))
    one.detach()
    one.detach()
    expect(await echo(client)).toBe('hello')
    await expect(echoed(port, '/one')).rejects.toMatchObject({ status: 404 })
    expect(await echoed(port, '/other')).toBe('hello')
    other.detach()
    expect(server.listenerCount('upgrade')).toBe(0)
    attach(server, { path: '/one' })
    expect(await echoed(port, '/one')).toBe('hello')
  })

  for (const attached of ['before', 'after']) {
    it(`answers 503 once its server has been closed, attached ${attached} it began to listen`, async () => {
      const server = http.createServer()
      if (attached === 'before') attachWS(new EchoFactory(), server)
      await servers.start(server)
      if (attached === 'after') attachWS(new EchoFactory(), server)
      server.close()
      // what came before may still be there: a connection that is handed on stands in for it, which newer versions of Node would end
      const port = await fronting(socket => server.emit('connection', socket))
      expect(await answerTo(port, upgradeRequest())).toMatch(/^HTTP\/1\.1 503 /)
    })
  }

  it('reports an error of the path function, and goes on', async () => {
    const { server, port } = await servers.make()
    const factory = new EchoFactory()
    attachWS(factory, server, {
      path: () => {
        throw new Error('in path')
      },
    })
    await expect(echoed(port, '/')).rejects.toMatchObject({ status: 500 })
    expect(factory.errors.map(error => error.message)).toEqual(['in path'])
  })

  it('survives an upgrade that another listener took before', async () => {
    const { server, port } = await servers.make()
    const [mine, theirs] = [new EchoFactory(), new EchoFactory()]
    server.on('upgrade', (request, socket, head) => handleUpgrade(theirs, request, socket, head))
    attachWS(mine, server)
    expect(await echoed(port, '/')).toBe('hello')
    expect(mine.errors).toMatchObject([{ name: 'ApiMisuse' }])
  })

  it('keeps connections open beyond the timeouts of the HTTP server', async () => {
    const server = http.createServer({ requestTimeout: 60, headersTimeout: 50, connectionsCheckingInterval: 20, keepAliveTimeout: 20 })
    server.timeout = 50
    const port = await servers.start(server)
    attachWS(new EchoFactory(), server)
    const client = await connectWS<Listening>(listeningTo(`ws://127.0.0.1:${port}`))
    // Two requests that came later run into the limits: one that never ends, and one after which nothing comes.
    const endless = net.connect(port, '127.0.0.1').resume()
    endless.write('GET / HTTP/1.1\r\n')
    const idle = net.connect(port, '127.0.0.1').resume()
    idle.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await Promise.all([once(endless, 'close'), once(idle, 'close')])
    expect(await echo(client)).toBe('hello')
  })
})

describe('attachWS on a server that does not listen itself', () => {
  it('serves connections that the server is handed', async () => {
    const server = http.createServer((_, response) => response.end('page'))
    attachWS(new EchoFactory(), server, { path: '/ws' })
    const port = await fronting(socket => server.emit('connection', socket))
    expect(await echoed(port, '/ws')).toBe('hello')
    await expect(echoed(port, '/other')).rejects.toMatchObject({ status: 404 })
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page')
  })

  it('serves connections over TLS that the server is handed', async () => {
    const server = https.createServer(certificates().server)
    const factory = new EchoFactory()
    attachWS(factory, server)
    const port = await fronting(socket => server.emit('connection', socket))
    const client = await connectWS<Listening>(listeningTo(`wss://localhost:${port}`), { tls: { ca: certificates().ca } })
    expect([...factory.allConnections][0]?.transport.isSecure).toBe(true)
    expect(await echo(client)).toBe('hello')
  })

  it('serves upgrade requests that another server passes on', async () => {
    const server = http.createServer()
    attachWS(new EchoFactory(), server)
    const { server: front, port } = await servers.make()
    front.on('upgrade', (request, socket, head) => server.emit('upgrade', request, socket, head))
    expect(await echoed(port, '/')).toBe('hello')
  })
})

describe('attachWS and upgrade requests that it does not take', () => {
  for (const [who, listen, options] of others()) {
    it(`survives the reset of a client that nobody takes, beside ${who}`, async () => {
      const { client, socket } = await unmatched(listen, options)
      const closed = new Promise(resolve => socket.on('close', resolve))
      client.resetAndDestroy()
      await closed
    })

    it(`answers 404 after a time to a client that nobody takes, beside ${who}`, async () => {
      const { client } = await unmatched(listen, { ...options, unclaimedTimeout: 0.05 })
      expect(await allFrom(client)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
    })
  }

  it('does not take an earlier response on the same connection for an answer', async () => {
    const { server, port } = await servers.make()
    attach(server, { path: '/ours', unmatched: 'ignore', unclaimedTimeout: 0.05 })
    const client = net.connect(port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(client, 'data')
    client.write(upgradeRequest('/theirs'))
    expect(await allFrom(client)).toContain('HTTP/1.1 404 Not Found\r\n')
  })

  for (const [what, claim] of [
    ['has answered', (socket: Duplex) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
    ['reads', (socket: Duplex) => socket.on('data', () => {})],
    ['pipes', (socket: Duplex) => socket.pipe(new PassThrough())],
  ] as const) {
    for (const order of ['before', 'after']) {
      it(`leaves a client to a listener that ${what}, and was there ${order} the attachment`, async () => {
        const { server, port } = await servers.make()
        const listen = (): void => void server.on('upgrade', (request, socket) => request.url === '/theirs' && claim(socket))
        if (order === 'before') listen()
        attach(server, { path: '/ours', unclaimedTimeout: 0.02 })
        if (order === 'after') listen()
        const socket = await upgraded(server, port, '/theirs')
        await endOfUnclaimed(port)
        expect([socket.destroyed, socket.writableEnded]).toEqual([false, false])
        socket.destroy()
      })
    }
  }

  it('leaves a client to a listener that comes to it late, within the time', async () => {
    const { server, port } = await servers.make()
    const theirs = new EchoFactory()
    attach(server, { path: '/ours', unclaimedTimeout: 60 })
    server.on('upgrade', (request, socket, head) => setTimeout(() => handleUpgrade(theirs, request, socket, head), 30))
    expect(await echoed(port, '/theirs')).toBe('hello')
  })

  it('refuses a path that an attachment has already, unless that is detached or closing', async () => {
    const { server } = await servers.make()
    const first = attach(server, { path: '/chat' })
    attach(server, { path: /^\/chat\// })
    attach(server, { path: path => path === '/chat' })
    expect(() => attach(server, { path: '/chat' })).toThrow(
      new ApiMisuse(
        'the path /chat of this server is attached already: give all routes in one call, or close the earlier attachment first',
      ),
    )
    expect(() => attach(server, { path: /^\/chat\// })).toThrow('the path /^\\/chat\\// of this server is attached already')
    first.detach()
    const second = attach(server, { path: '/chat' })
    const closing = second.close()
    attach(server, { path: '/chat' })
    await closing
    attach(server, {})
    expect(() => attach(server, {})).toThrow('all paths of this server are attached already')
    attach((await servers.make()).server, { path: '/chat' })
  })

  for (const [why, timeouts] of [
    ['the time is 0', [0]],
    ['the time of one of several attachments is 0', [0.02, 0]],
    ['the time of one of several attachments is longer', [60, 0.02]],
  ] as const) {
    it(`keeps waiting where ${why}`, async () => {
      const { server, port } = await servers.make()
      for (const [at, unclaimedTimeout] of timeouts.entries()) attach(server, { path: `/ours${at}`, unmatched: 'ignore', unclaimedTimeout })
      const socket = await upgraded(server, port, '/theirs')
      const { server: other, port: otherPort } = await servers.make()
      attach(other, { path: '/ours', unmatched: 'ignore', unclaimedTimeout: 0.02 })
      await endOfUnclaimed(otherPort)
      expect(socket.destroyed).toBe(false)
      socket.destroy()
    })
  }

  for (const unclaimedTimeout of [-1, Number.NaN, '10' as unknown as number]) {
    it(`refuses unclaimedTimeout: ${unclaimedTimeout}`, async () => {
      const { server } = await servers.make()
      expect(() => attach(server, { unclaimedTimeout })).toThrow(ApiMisuse)
      expect(server.listenerCount('upgrade')).toBe(0)
    })
  }

  it('leaves no listener on the socket of a request that it takes, beside those of the connection', async () => {
    const { server, port } = await servers.make()
    const theirs = http.createServer()
    attach(server, { path: '/ours' })
    const viaAttach = await upgraded(server, port, '/ours')
    theirs.on('upgrade', (request, socket, head) => handleUpgrade(new EchoFactory(), request, socket, head))
    const viaHandle = await upgraded(theirs, await servers.start(theirs), '/ours')
    expect(viaAttach.listenerCount('error')).toBe(viaHandle.listenerCount('error'))
  })
})

describe('attachWS and requests for an upgrade to something else', () => {
  for (const options of [{}, { path: '/ws' }, { path: '/ws', unmatched: 'ignore' }, { path: '/ws', unmatched: 'refuse' }] as const) {
    it(`leaves them to the pages of the server, with ${JSON.stringify(options)}`, async () => {
      const { server, port } = await servers.make()
      attach(server, options)
      expect(await answerTo(port, h2c('GET'))).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*Connection: close\r\n(.*\r\n)*\r\n(4\r\n)?page/)
      expect(await answerTo(port, h2c('HEAD'))).toMatch(/^HTTP\/1\.1 200 OK\r\n(.*\r\n)*\r\n$/)
      if (!('path' in options)) expect(await echoed(port, '/')).toBe('hello')
    })
  }

  it('leaves them to the pages over TLS', async () => {
    const server = https.createServer(certificates().server, (_, response) => response.end('page'))
    const port = await servers.start(server)
    attachWS(new EchoFactory(), server)
    const client = tls.connect({ port, host: 'localhost', ca: certificates().ca })
    client.write(h2c('GET'))
    expect(await allFrom(client)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it('serves a body where Node asks before it lets go of the connection, and answers 426 where it does not', async () => {
    const { server, port } = await servers.make()
    attach(server, {})
    const answer = await answerTo(port, `${h2c('POST', 'Content-Length: 4')}body`)
    if ('shouldUpgradeCallback' in server) expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    else expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n/)
  })

  it('leaves them to other listeners, and answers 404 after a time where none takes them', async () => {
    const { server, port } = await servers.make()
    attach(server, { unclaimedTimeout: 0.05 })
    server.on('upgrade', (request, socket) => {
      if (request.url === '/theirs') socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n')
    })
    expect(await answerTo(port, h2c('GET').replace('/', '/theirs'))).toMatch(/^HTTP\/1\.1 101 /)
    expect(await answerTo(port, h2c('GET'))).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('uses the shouldUpgradeCallback of the application, where Node has one, and restores it', async () => {
    const { server } = await servers.make()
    const asked: unknown[] = []
    const applications = function (this: unknown, request: { url: string }): boolean {
      asked.push(this, request.url)
      return request.url !== '/never'
    }
    const asking = Object.assign(server, { shouldUpgradeCallback: applications as (request: object) => boolean })
    const attachment = attach(server, {})
    const wants = (upgrade: string, url = '/'): boolean => asking.shouldUpgradeCallback({ url, headers: { upgrade } })
    expect({ websocket: wants('websocket'), h2c: wants('h2c'), unmatchedPath: wants('websocket', '/never') }).toEqual({
      websocket: true,
      h2c: false,
      unmatchedPath: false,
    })
    expect(asked.slice(0, 2)).toEqual([server, '/'])
    const other = (): void => {}
    server.on('upgrade', other)
    expect(wants('h2c')).toBe(true)
    server.off('upgrade', other)
    attachment.detach()
    expect(asking.shouldUpgradeCallback).toBe(applications)
  })

  it('decides nothing after detach, even when the application has wrapped its shouldUpgradeCallback', async () => {
    const { server } = await servers.make()
    const asking = Object.assign(server, { shouldUpgradeCallback: (_: object): boolean => true })
    const attachment = attach(server, {})
    const ours = asking.shouldUpgradeCallback
    const wrapping = (request: object): boolean => ours(request)
    asking.shouldUpgradeCallback = wrapping
    attachment.detach()
    expect(asking.shouldUpgradeCallback).toBe(wrapping)
    expect(wrapping({ headers: { upgrade: 'h2c' } })).toBe(true)
  })
})

/** Other listeners, which take nothing at the requested path. */
function others(): [string, (server: http.Server) => void, AttachOptions][] {
  const webSockets = (server: http.Server): void => {
    const their = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/theirs') their.handleUpgrade(request, socket, head, () => {})
    })
  }
  return [
    ['nobody, where it ignores', () => {}, { unmatched: 'ignore' }],
    ['a listener that looks away', server => void server.on('upgrade', () => {}), {}],
    ['a listener that looks away, where it ignores', server => void server.on('upgrade', () => {}), { unmatched: 'ignore' }],
    ['a listener that comes first', server => void server.prependListener('upgrade', () => {}), {}],
    ['a listener that lets the socket flow', server => void server.on('upgrade', (_, socket) => socket.resume()), {}],
    ['ws at another path', webSockets, {}],
    ['a second attachment', server => void attach(server, { path: '/second', unclaimedTimeout: 0.01 }), { unmatched: 'ignore' }],
  ]
}

/** A client that asks for what nobody takes, once its request has come. */
async function unmatched(
  listen: (server: http.Server) => void,
  options: AttachOptions,
): Promise<{ readonly client: net.Socket; readonly socket: Duplex }> {
  const { server, port } = await servers.make()
  attach(server, { path: '/ours', ...options })
  listen(server)
  const client = net.connect(port, '127.0.0.1')
  client.write(upgradeRequest('/nobody'))
  const [, socket] = (await once(server, 'upgrade')) as [unknown, Duplex]
  return { client, socket }
}

/** The server's side of a client that asks for the path, once its request has come. */
async function upgraded(server: http.Server, port: number, path: string): Promise<Duplex> {
  const client = net.connect(port, '127.0.0.1')
  client.on('error', () => {})
  client.write(upgradeRequest(path))
  const [, socket] = (await once(server, 'upgrade')) as [unknown, Duplex]
  return socket
}

/** A client that nobody takes is ended: the time of those that came before it is over too. */
async function endOfUnclaimed(port: number): Promise<void> {
  expect(await answerTo(port, upgradeRequest('/nobody'))).toMatch(/^HTTP\/1\.1 404 /)
}

async function answerTo(port: number, request: string): Promise<string> {
  const client = net.connect(port, '127.0.0.1')
  client.write(request)
  return allFrom(client)
}

async function allFrom(client: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** As curl and the client of Java write it. */
function h2c(method: string, header = 'User-Agent: curl'): string {
  const asked = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'
  return `${method} / HTTP/1.1\r\nHost: localhost\r\n${asked}\r\n${header}\r\n\r\n`
}

/** A server that accepts connections and gives them away. */
async function fronting(give: (socket: net.Socket) => void): Promise<number> {
  const front = net.createServer(give)
  return servers.start(front)
}

function attach(server: http.Server, options: AttachOptions): Attachment {
  return attachWS(new EchoFactory(), server, options)
}

async function echoed(port: number, resource: string): Promise<string> {
  const client = await connectWS<Listening>(listeningTo(`ws://127.0.0.1:${port}${resource}`))
  const answer = await echo(client)
  client.sendClose()
  await client.closed
  return answer
}

async function echo(client: Listening): Promise<string> {
  client.sendMessage('hello')
  return client.next()
}
