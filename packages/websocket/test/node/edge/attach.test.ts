import { EventEmitter, once } from 'node:events'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Channel } from '../../../src/channels/channel.ts'
import type { Connection } from '../../../src/conversation/connection.ts'
import { route } from '../../../src/conversation/route.ts'
import { HttpException } from '../../../src/handshake/http/http-exception.ts'
import { type AttachHandlersOptions, attach } from '../../../src/node/edge/attach.ts'
import { connect } from '../../../src/node/edge/connect.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { until } from '../../fixtures/until.ts'

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

describe('attach', () => {
  it('serves handlers by path beside the pages of the server', async () => {
    const { server, url, page } = await started()
    attach(server, { '/room/:id': async ws => ws.send(`room ${ws.pathParams.id}`) })
    expect(await answer(`${url}/room/blue%20one`)).toBe('room blue one')
    expect(await (await fetch(page)).text()).toBe('page')
    await expect(connect(`${url}/room`)).rejects.toMatchObject({ status: 404 })
  })

  it('hands the data of onConnect to handlers, and answers what it refuses', async () => {
    const { server, url } = await started()
    const onConnect: AttachHandlersOptions<Promise<{ data: { name: string } }>>['onConnect'] = async request => {
      const [name] = request.params.get('name') ?? []
      if (name === undefined) throw new HttpException(401, 'say who you are')
      return { data: { name } }
    }
    attach(server, { onConnect }, { '/hello': async ws => ws.send(`hello ${ws.data.name}`) })
    expect(await answer(`${url}/hello?name=ann`)).toBe('hello ann')
    await expect(connect(`${url}/hello`)).rejects.toMatchObject({ status: 401 })
  })

  it('has routes with options of their own', async () => {
    const { server, url } = await started()
    attach(
      server,
      { protocols: ['common'], onConnect: () => ({ data: 'common' }) },
      {
        '/common': async ws => ws.send(`${ws.data} ${ws.subprotocol}`),
        '/own/:id': route({
          protocols: ['own'],
          onConnect: async (_, { id }) => ({ data: [id] }),
          handler: async ws => ws.send(`${ws.data.join()} ${ws.subprotocol}`),
        }),
      },
    )
    const protocols = ['own', 'common']
    expect(await answer(`${url}/common`, protocols)).toBe('common common')
    expect(await answer(`${url}/own/5`, protocols)).toBe('5 own')
  })

  it('leaves paths without a route to other attachments and to other listeners', async () => {
    const { server, url } = await started()
    attach(server, { '/a': async ws => ws.send('first') })
    attach(server, { '/b/*': async ws => ws.send('second') }, { maxConnections: 5 })
    expect([await answer(`${url}/a`), await answer(`${url}/b/c`)]).toEqual(['first', 'second'])
    const left: (string | undefined)[] = []
    server.on('upgrade', (request, socket) => {
      if (request.url !== '/c') return
      left.push(request.url)
      socket.end('HTTP/1.1 418 I am a teapot\r\n\r\n')
    })
    await expect(connect(`${url}/c`)).rejects.toMatchObject({ status: 418 })
    expect(left).toEqual(['/c'])
  })

  it('takes nothing any more once it was detached, and open connections stay', async () => {
    const { server, url } = await started()
    const attachment = attach(server, async ws => {
      for await (const message of ws) await ws.send(message)
    })
    const ws = await connect(url)
    attachment.detach()
    await ws.send('still here')
    expect(await ws.receive()).toBe('still here')
    await expect(connect(url)).rejects.toMatchObject({ name: 'HandshakeFailed' })
    await ws.close()
  })

  for (const [kind, made] of [
    ['node:https', () => https.createServer(certificates().server)],
    ['node:http2 with allowHTTP1', () => http2.createSecureServer({ ...certificates().server, allowHTTP1: true })],
  ] as const) {
    it(`serves handlers by path on a server of ${kind}`, async () => {
      const server = made()
      attach(
        server,
        { onConnect: request => ({ data: request.transport.isSecure }) },
        { '/:id': async ws => ws.send(`${ws.pathParams.id} ${ws.data}`) },
      )
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const ws = await connect(`wss://localhost:${port}/a`, { tls: { ca: certificates().ca } })
      expect(await ws.receive()).toBe('a true')
      await ws.closed
      server.close()
      await once(server, 'close')
    })
  }

  it('closes the connections of its handlers with 1001, and answers 503 meanwhile', async () => {
    const { server, url } = await started()
    const ended: unknown[] = []
    const attachment = attach(server, {
      '/room/:id': async ws => {
        for await (const _ of ws);
        ended.push(ws.pathParams.id)
      },
    })
    const clients = [await connect(`${url}/room/a`), await connect(`${url}/room/b`)]
    expect(attachment.connectionCount).toBe(2)
    const closed = attachment.close()
    await expect(connect(`${url}/room/c`)).rejects.toMatchObject({ status: 503 })
    await closed
    for (const ws of clients) expect(await ws.closed).toMatchObject({ code: 1001, wasClean: true, by: 'peer' })
    await until(() => ended.length === 2)
    expect(ended.sort()).toEqual(['a', 'b'])
  })

  it('joins channels like any server', async () => {
    const { server, url } = await started()
    const news = new Channel()
    attach(server, { '/news': ws => news.join(ws) })
    const ws = await connect(`${url}/news`)
    expect(news.broadcast('hello').sent).toBe(1)
    expect(await ws.receive()).toBe('hello')
    await ws.close()
  })

  it('refuses wrong options, wrong routes, and what is not a server', () => {
    const server = http.createServer()
    expect(() => attach(server, { path: '/a' } as object, ws => ws.closed)).toThrow(
      'option path must be left out, because routes have paths ({ \'/chat\': handler }), and not "/a"',
    )
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(() => attach(server, proxy, ws => ws.closed)).toThrow(ApiMisuse)
    expect(() => attach(server, { unmatched: 'maybe' } as object, ws => ws.closed)).toThrow("must be 'ignore' or 'refuse'")
    expect(() => attach(server, {})).toThrow('attach needs at least one route')
    expect(() => attach(server, { '/a': 5 as never })).toThrow('the handler of route /a must be a function')
    expect(() => attach({} as http.Server, ws => ws.closed)).toThrow(ApiMisuse)
    expect(server.listenerCount('upgrade')).toBe(0)
  })

  it('refuses a route that matches the same paths as one of an earlier attachment', async () => {
    const { server } = await started()
    attach(server, { '/room/:id': ws => ws.closed, '/chat': ws => ws.closed })
    expect(() => attach(server, { '/other': ws => ws.closed, '/room/:name': ws => ws.closed })).toThrow(
      'the path /room/:name of this server is attached already',
    )
    attach(server, ws => ws.closed)
    expect(() => attach(server, ws => ws.closed)).toThrow('all paths of this server are attached already')
    attach(server, { '/other': ws => ws.closed })
  })

  it('refuses an application of a framework, and routes in place of the server, under its own name', () => {
    const express = Object.assign(function app() {}, { listen: () => http.createServer() })
    const koa = Object.assign(new EventEmitter(), { listen: () => http.createServer(), callback: () => () => {} })
    const wanted = 'attach needs a server of node:http, node:https or node:http2, and not'
    const hint = 'of an application, pass what its listen() returns'
    expect(() => attach(express as never, ws => ws.closed)).toThrow(new ApiMisuse(`${wanted} the function app: ${hint}`))
    expect(() => attach(koa as never, ws => ws.closed)).toThrow(new ApiMisuse(`${wanted} [object Object]: ${hint}`))
    const fastify = { server: http.createServer(), listen: () => Promise.resolve('') }
    expect(() => attach(fastify as never, ws => ws.closed)).toThrow(new ApiMisuse(`${wanted} [object Object]: pass its property server`))
    expect(() => attach({ '/a': () => {} } as never, http.createServer() as never)).toThrow(new ApiMisuse(`${wanted} [object Object]`))
  })
})

async function started(): Promise<{ server: http.Server; url: string; page: string }> {
  const server = http.createServer((_, response) => response.end('page'))
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, url: `ws://127.0.0.1:${port}`, page: `http://127.0.0.1:${port}/` }
}

/** Connects, and returns the first message. */
async function answer(url: string, protocols: readonly string[] = []): Promise<Awaited<ReturnType<Connection['receive']>>> {
  const ws = await connect(url, { protocols })
  const message = await ws.receive()
  await ws.closed
  return message
}
