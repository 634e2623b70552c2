import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { type AttachOptions, attachWS } from '../../src/node/attach-ws.ts'
import { connectWS } from '../../src/node/connect-ws.ts'
import { handleUpgrade } from '../../src/node/handle-upgrade.ts'
import { certificates } from '../fixtures/certificates.ts'
import { EchoFactory, type Listening, listeningTo, upgradeRequest } from '../fixtures/echo.ts'
import { HttpServers } from '../fixtures/http-server.ts'

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

  it('leaves unanswered what it was told to ignore', async () => {
    const { server, port } = await servers.make()
    const unmatched = attach(server, { path: '/ours', unmatched: 'ignore' })
    const socket = net.connect(port, '127.0.0.1')
    socket.write(upgradeRequest('/theirs'))
    const [, taken] = (await once(server, 'upgrade')) as [unknown, Duplex]
    expect(taken.writableLength + socket.bytesRead).toBe(0)
    expect(taken.destroyed).toBe(false)
    taken.destroy()
    unmatched.detach()
  })

  it('refuses though others listen when it was told to', async () => {
    const { server, port } = await servers.make()
    attach(server, { path: '/ours', unmatched: 'refuse' })
    attach(server, { path: '/also', unmatched: 'ignore' })
    server.on('upgrade', () => {})
    await expect(echoed(port, '/theirs')).rejects.toMatchObject({ status: 404 })
  })

  it('leaves to the other what was taken before, though it refuses', async () => {
    const { server, port } = await servers.make()
    const theirs = new EchoFactory()
    server.on('upgrade', (request, socket, head) => handleUpgrade(theirs, request, socket, head))
    attach(server, { path: '/ours', unmatched: 'refuse' })
    expect(await echoed(port, '/theirs')).toBe('hello')
  })

  it('takes nothing more after detach, and keeps what is open', async () => {
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

  it('answers 503 to a request that began before its server was closed', async () => {
    const { server, port } = await servers.make()
    attachWS(new EchoFactory(), server)
    const socket = net.connect(port, '127.0.0.1')
    const [head, rest] = [upgradeRequest().slice(0, 20), upgradeRequest().slice(20)]
    socket.write(head)
    await once(server, 'connection')
    await new Promise(resolve => setImmediate(resolve))
    server.close()
    socket.write(rest)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 /)
    socket.destroy()
  })

  it('survives a path function that throws, and says so', async () => {
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

  it('keeps the tunnel beyond the time limits of the HTTP server', async () => {
    const server = http.createServer({ requestTimeout: 60, headersTimeout: 50, connectionsCheckingInterval: 20, keepAliveTimeout: 20 })
    server.timeout = 50
    const port = await servers.start(server)
    attachWS(new EchoFactory(), server)
    const client = await connectWS<Listening>(listeningTo(`ws://127.0.0.1:${port}`))
    await new Promise(resolve => setTimeout(resolve, 250))
    expect(await echo(client)).toBe('hello')
  })
})

function attach(server: http.Server, options: AttachOptions): { detach(): void } {
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
