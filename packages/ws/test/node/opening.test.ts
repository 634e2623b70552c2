import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import * as http from 'node:http'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { closed, type Face, type Note, next, sameAsWs, serve, upgrading } from '../fixtures/same.ts'

describe('the arguments of a client', () => {
  sameAsWs('are checked', async ({ WebSocket }, note) => {
    for (const given of [
      ['foo'],
      ['bad-scheme://host'],
      ['ws+unix:'],
      ['wss://host#foo'],
      ['ws://host', null],
      ['ws://host', ''],
      ['ws://host', 'a,b'],
      ['ws://host', ['a', 'a']],
      ['ws://host', { protocolVersion: 1000 }],
      ['ws://host', { maxPayload: 1, lookup: () => {} }],
    ] as [string, never][])
      try {
        note(new WebSocket(...given).url)
      } catch (error) {
        note(error)
      }
  })

  sameAsWs('may be URLs, and of the schemes of HTTP', async ({ WebSocket }, note) => {
    const agent = new http.Agent()
    for (const address of ['ws://localhost/', 'http://localhost:8080', new URL('ws://[::1]'), 'ws://user:word@localhost?x']) {
      const asked = new Promise(resolve => {
        Object.assign(agent, {
          addRequest: (request: http.ClientRequest, options: http.RequestOptions) => resolve([request.path, options.host, options.port]),
        })
      })
      const { url } = new WebSocket(address, { agent })
      note(url, await asked)
    }
  })
})

describe('the request of a client', () => {
  for (const options of [
    {},
    { perMessageDeflate: false },
    {
      perMessageDeflate: {
        clientNoContextTakeover: true,
        serverNoContextTakeover: true,
        clientMaxWindowBits: true,
        serverMaxWindowBits: 10,
      },
    },
    { perMessageDeflate: { clientMaxWindowBits: 11 } },
    { perMessageDeflate: { clientMaxWindowBits: false } },
    { origin: 'https://example.com:8000' },
    { origin: 'https://example.com:8000', protocolVersion: 8 },
    { headers: { Cookie: 'foo=bar', 'X-One': '1' } },
    { auth: 'user:pass' },
    { auth: 'user:pass', followRedirects: true },
    { headers: { Authorization: 'Basic abc' }, auth: 'user:pass', followRedirects: true },
    { socketPath: '/nothing', host: 'other', port: 1, path: '/other', method: 'POST', timeout: 1 },
  ]) {
    sameAsWs(`has the headers for ${JSON.stringify(options)}`, async (face, note) => {
      const { server, url } = await upgrading((request, socket) => {
        const names = ['sec-websocket-key', 'host']
        note(request.method, request.url)
        note(
          Object.entries(request.headers)
            .filter(([name]) => !names.includes(name))
            .sort(),
        )
        note(String(request.headers['sec-websocket-key']).length)
        socket.destroy()
      })
      const client = new face.WebSocket(`${url}/path?query`, ['one', 'two'], options as never)
      const [error] = await next(client, 'error')
      note((error as NodeJS.ErrnoException).code)
      server.close()
    })
  }

  sameAsWs('names the user of the URL before that of the options, and a host without a default port', async ({ WebSocket }, note) => {
    const agent = new http.Agent()
    for (const [address, options] of [
      ['ws://baz:qux@localhost', { auth: 'foo:bar' }],
      ['ws://localhost:80', {}],
      ['ws://localhost:88', {}],
    ] as const) {
      const asked = new Promise(resolve => {
        Object.assign(agent, {
          addRequest: (request: http.ClientRequest) => resolve([request.getHeader('authorization'), request.getHeader('host')]),
        })
      })
      new WebSocket(address, { ...options, agent })
      note(await asked)
    }
  })

  sameAsWs('can be finished by the application', async (face, note) => {
    const { server, url } = await serve(face)
    server.on('connection', (_socket, request: http.IncomingMessage) => note(request.headers.cookie))
    const client = new face.WebSocket(url, {
      finishRequest: (request, socket) => {
        note(
          request instanceof http.ClientRequest,
          socket instanceof face.WebSocket,
          (socket as InstanceType<Face['WebSocket']>)._req === request,
        )
        request.setHeader('Cookie', 'foo=bar')
        request.end()
      },
    })
    await once(client, 'open')
    note(client._req)
    await closed(server)
  })

  sameAsWs('goes over a connection of the application', async (face, note) => {
    const { server, port } = await serve(face)
    const client = new face.WebSocket('ws://example.com:22/foo', {
      createConnection: ((options: { host: string; port: string }) => {
        note(options.host, options.port)
        return net.connect(port, '127.0.0.1')
      }) as never,
    })
    const [[, request]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
    note(request.headers.host, client.url)
    await closed(server)
  })

  sameAsWs('goes to a Unix socket', async (face, note) => {
    const path = join(mkdtempSync(join(tmpdir(), 'ws-')), 'a.sock')
    const plain = http.createServer().listen(path)
    await once(plain, 'listening')
    const server = new face.WebSocketServer({ server: plain })
    server.on('connection', (_socket, request: http.IncomingMessage) => note(request.url, request.headers.host))
    for (const address of [`ws+unix:${path}`, `ws+unix://${path}:/foo?bar`]) {
      const client = new face.WebSocket(address)
      await once(client, 'open')
      client.close()
      await next(client, 'close')
    }
    await closed(server)
    plain.close()
  })
})

describe('the answer of a server', () => {
  for (const [what, answer, options = {}] of [
    ['without the upgrade', () => ['Upgrade: foo']],
    ['with a wrong proof', () => ['Upgrade: websocket', 'Sec-WebSocket-Accept: CxYS6+NgJSBG74mdgLvGscRvpns=']],
    [
      'with an extension that was not offered',
      (right: string[]) => [...right, 'Sec-WebSocket-Extensions: foo'],
      { perMessageDeflate: false },
    ],
    ['with an extension that cannot be read', (right: string[]) => [...right, 'Sec-WebSocket-Extensions: foo;=']],
    ['with a wrong parameter', (right: string[]) => [...right, 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=7']],
    ['with another extension', (right: string[]) => [...right, 'Sec-WebSocket-Extensions: foo']],
    ['with one more extension', (right: string[]) => [...right, 'Sec-WebSocket-Extensions: permessage-deflate,foo']],
    ['with a subprotocol that was not offered', (right: string[]) => [...right, 'Sec-WebSocket-Protocol: foo']],
    ['with another subprotocol', (right: string[]) => [...right, 'Sec-WebSocket-Protocol: baz'], { protocols: ['foo', 'bar'] }],
    ['with an empty subprotocol', (right: string[]) => [...right, 'Sec-WebSocket-Protocol:'], { protocols: ['foo', 'bar'] }],
    ['without a subprotocol', (right: string[]) => right, { protocols: ['foo', 'bar'] }],
  ] as [string, (right: string[]) => string[], { protocols?: string[] }?][]) {
    sameAsWs(`is refused ${what}`, async (face, note) => {
      const { protocols = [], ...rest } = options as { protocols?: string[] }
      const { server, url } = await upgrading((request, socket) => {
        socket.write(['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', ...answer(rightHeaders(request)), '', ''].join('\r\n'))
      })
      const client = new face.WebSocket(url, protocols, rest)
      await failing(client, note)
      server.close()
    })
  }

  sameAsWs('that ends at once ends the connection', async (face, note) => {
    const { server, url } = await upgrading((request, socket) => {
      socket.end(['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', ...rightHeaders(request), '', ''].join('\r\n'))
    })
    const client = new face.WebSocket(url)
    note(...(await next(client, 'close')))
    server.close()
  })

  sameAsWs('that refuses is an error, or can be read', async (face, note) => {
    const { server, url } = await upgrading((_request, socket) => {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 3\r\n\r\nfoo')
    })
    await failing(new face.WebSocket(url), note)
    const client = new face.WebSocket(url)
    client.on('error', error => note(error))
    const [, response] = (await next(client, 'unexpected-response')) as [http.ClientRequest, http.IncomingMessage]
    let body = ''
    for await (const chunk of response) body += chunk
    note(response.statusCode, body, client.readyState)
    client.close()
    note(...(await next(client, 'close')))
    server.close()
  })

  sameAsWs('that does not come in time is an error', async (face, note) => {
    const { server, url } = await upgrading(() => {})
    await failing(new face.WebSocket(url, { handshakeTimeout: 50 }), note)
    server.closeAllConnections()
    server.close()
  })

  sameAsWs('that is missing, where nothing listens', async (face, note) => {
    const { server, port } = await serve(face)
    await closed(server)
    const client = new face.WebSocket(`ws://127.0.0.1:${port}`)
    client.on('error', error => note((error as NodeJS.ErrnoException).code, client.readyState))
    note(...(await next(client, 'close')))
  })
})

describe('a redirect', () => {
  sameAsWs('is an error unless it is followed', async (face, note) => {
    const { server, url } = await upgrading((_request, socket) => redirect(socket, '/foo'))
    const client = new face.WebSocket(url)
    await failing(client, note)
    note(client._redirects)
    server.close()
  })

  sameAsWs('is followed, and told', async (face, note) => {
    const server = new face.WebSocketServer({ noServer: true, path: '/foo' })
    const { server: plain, url } = await upgrading((request, socket, head) => {
      if (request.url === '/foo') server.handleUpgrade(request, socket, head, () => {})
      else redirect(socket, '/foo')
    })
    for (const listens of [false, true]) {
      const client = new face.WebSocket(url, { followRedirects: true })
      if (listens)
        client.on('redirect', (to: string, request) => note(to === `${url}/foo`, request instanceof http.ClientRequest, client._redirects))
      await once(client, 'open')
      note(client.url === `${url}/foo`, client._redirects)
      client.close()
      await next(client, 'close')
    }
    plain.close()
  })

  for (const location of ['/', 'ws://', 'bad-scheme://localhost', 'ws://localhost/#x']) {
    sameAsWs(`to ${location} ends somewhere`, async (face, note) => {
      const { server, url } = await upgrading((_request, socket) => redirect(socket, location))
      const client = new face.WebSocket(url, { followRedirects: true, maxRedirects: 1 })
      await failing(client, note)
      note(client._redirects)
      server.close()
    })
  }

  for (const [what, listens, isSame] of [
    ['to another host', false, false],
    ['to another host, when the application looks', true, false],
    ['to the same host', false, true],
  ] as const) {
    for (const options of [{ headers: { Authorization: 'Basic Zm9vOmJhcg==', Cookie: 'foo=bar', Host: 'foo' } }, { auth: 'foo:bar' }]) {
      sameAsWs(`${what} gets what it may of ${Object.keys(options)}`, async (face, note) => {
        const { server, url } = await serve(face, { path: '/end' })
        const heard = new Promise<void>(resolve => {
          server.on('connection', (socket, { headers }: http.IncomingMessage) => {
            note(headers.authorization, headers.cookie, headers.host === 'foo')
            socket.close()
            resolve()
          })
        })
        const { server: first, url: start } = await upgrading((request, socket, head) => {
          if (request.url === '/end') server.handleUpgrade(request, socket, head, (client, of) => server.emit('connection', client, of))
          else redirect(socket, isSame ? '/end' : `${url}/end`)
        })
        const client = new face.WebSocket(start, { followRedirects: true, ...options })
        note(client._req?.getHeader('authorization'))
        if (listens) client.on('redirect', () => {})
        await heard
        note(...(await next(client, 'close')))
        await closed(server)
        first.close()
      })
    }
  }

  for (const method of ['close', 'terminate'] as const) {
    sameAsWs(`can be where the application gives up: ${method}`, async (face, note) => {
      const { server, url } = await upgrading((_request, socket) => redirect(socket, '/foo'))
      const client = new face.WebSocket(url, { followRedirects: true })
      client.on('redirect', () => client[method]())
      await failing(client, note)
      server.close()
    })
  }
})

/** Notes the error of a client and its end. */
async function failing(client: InstanceType<Face['WebSocket']>, note: Note): Promise<void> {
  client.on('open', () => note('open'))
  client.on('error', error => note(error, client.readyState))
  note(...(await next(client, 'close')))
  note(client.readyState, client._socket)
}

function redirect(socket: import('node:stream').Duplex, location: string): void {
  socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n`)
}

/** Returns the headers of an answer that accepts a request. */
function rightHeaders(request: http.IncomingMessage): string[] {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  return ['Upgrade: websocket', `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}`]
}
