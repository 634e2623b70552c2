import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect as netConnect } from 'node:net'
import {
  type Attachment,
  attach,
  Channel,
  Channels,
  type Connection,
  connect,
  createHandlers,
  HttpException,
  handleUpgrade,
  InProcessBus,
  type Listener,
  permessageDeflate,
  type ServerConnection,
  serve,
} from '@autobahn-ts/websocket'
import * as v from 'valibot'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { certificates } from '../packages/websocket/test/fixtures/certificates.ts'

// Each piece of code in the README's tables for those who come from ws and from Socket.IO stands here, and is run.

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const itself = readFileSync(new URL(import.meta.url), 'utf8')
const port = 0
const host = '127.0.0.1'
const open: { close(): unknown }[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  for (const one of open.splice(0).reverse()) await one.close()
})

for (const origin of ['ws', 'Socket.IO']) {
  describe(`the table for those who come from ${origin}`, () => {
    for (const [theirs, ours] of rowsOf(origin)) {
      for (const code of codesIn(ours)) {
        it(`has in place of ${theirs} code that is run here: ${code}`, () => {
          expect(wordsOf(itself)).toMatch(patternOf(code))
        })
      }
    }
  })
}

describe('coming from ws', () => {
  it('a server on a port echoes', async () => {
    const listener = await listening(
      serve({ port }, async ws => {
        for await (const message of ws) await ws.send(message)
      }),
    )
    const ws = await connected(`ws://localhost:${listener.port}`)
    const data = Uint8Array.of(1)
    await ws.send('hello')
    await ws.send(data)
    expect([await ws.receive(), await ws.receive()]).toEqual(['hello', Uint8Array.of(1)])
  })

  it('a server on an HTTP server takes the requests of its path', async () => {
    const server = await httpServer()
    kept(
      attach(server, {
        '/path': async ws => {
          await ws.send('here')
          await ws.closed
        },
      }),
    )
    const ws = await connected(`${urlOf(server)}/path`)
    expect(await ws.receive()).toBe('here')
    await ws.close()
    await expect(connect(`${urlOf(server)}/other`)).rejects.toMatchObject({ status: 404 })
  })

  it('an upgrade that was handled before brings its data', async () => {
    const server = await httpServer()
    const data = { user: 'Ada' }
    const answer = async (ws: ServerConnection) => ws.sendJson(ws.request.data)
    server.on('upgrade', (request, socket, head) => {
      handleUpgrade(
        createHandlers(async ws => {
          await answer(ws)
          await ws.closed
        }),
        request,
        socket,
        head,
        { data },
      )
    })
    expect(await (await connected(urlOf(server))).receiveJson()).toEqual({ user: 'Ada' })
  })

  it('a client is refused, or gets data', async () => {
    const onConnect = ({ query }: { query: URLSearchParams }) => {
      if (query.get('token') !== 'secret') throw new HttpException(401, 'who are you?')
      return { data: { user: 'Ada' } }
    }
    const listener = await listening(serve({ port, onConnect }, async ws => ws.send(ws.data.user)))
    await expect(connect(`ws://localhost:${listener.port}/`)).rejects.toMatchObject({ status: 401 })
    expect(await (await connected(`ws://localhost:${listener.port}/?token=secret`)).receive()).toBe('Ada')
  })

  it('a broadcast reaches the members of a channel', async () => {
    const channel = new Channel()
    const listener = await listening(serve({ port }, ws => channel.join(ws)))
    const clients = await Promise.all([1, 2].map(() => connected(`ws://localhost:${listener.port}`)))
    await Promise.all(clients.map(client => client.ping()))
    const data = 'to all'
    expect(channel.broadcast(data)).toMatchObject({ sent: 2, skipped: 0 })
    expect(await Promise.all(clients.map(client => client.receive()))).toEqual([data, data])
  })

  it('pings are set by options, and so are the size of messages and compression', async () => {
    const options = { autoPingInterval: 20, autoPingTimeout: 20, maxMessagePayloadSize: 10, extensions: [permessageDeflate()] }
    const listener = await listening(
      serve({ port, ...options }, async ws => {
        for await (const message of ws) await ws.send(message)
      }),
    )
    const ws = await connected(`ws://localhost:${listener.port}`, { extensions: [permessageDeflate()] })
    expect(ws.extensions.map(({ name }) => name)).toEqual(['permessage-deflate'])
    await ws.send('more than ten octets')
    expect(await ws.closed).toMatchObject({ code: 1009 })
  })

  it('the end of a connection has a code, a reason and an author', async () => {
    const ends: Promise<unknown>[] = []
    const listener = await listening(
      serve({ port, protocols: ['chat'] }, async ws => {
        ends.push(ws.closed)
        await ws.closed
      }),
    )
    const [code, reason] = [4000, 'enough']
    const ws = await connected(`ws://localhost:${listener.port}`, { protocols: ['chat'] })
    expect({ subprotocol: ws.subprotocol, unsent: ws.bufferedAmount }).toEqual({ subprotocol: 'chat', unsent: 0 })
    expect(await ws.close(code, reason)).toMatchObject({ code, wasClean: true })
    expect(await ends[0]).toMatchObject({ code, reason, by: 'peer' })
    const other = await connected(`ws://localhost:${listener.port}`)
    other.terminate()
    expect(await other.closed).toMatchObject({ code: 1006, wasClean: false })
  })

  it('a handler knows the request of its connection, and a listener its port', async () => {
    const listener = kept(
      await serve({ port }, async ws => {
        await ws.send(`${ws.request.headers.get('x-from')} ${ws.request.cookies.get('id')} ${ws.request.peer.address}`)
        await ws.closed
      }),
    )
    const ws = await connected(`ws://127.0.0.1:${listener.port}`, { headers: { 'X-From': 'a test', Cookie: 'id=5' } })
    expect(await ws.receive()).toBe('a test 5 127.0.0.1')
    await listener.close()
    expect(await ws.closed).toMatchObject({ code: 1001, by: 'peer' })
  })

  it('a message is sent as binary, without compression', async () => {
    const listener = await listening(
      serve({ port, extensions: [permessageDeflate()] }, async ws => {
        const [data, binary] = ['hello', true]
        await ws.send(data, { binary, doNotCompress: true })
        await ws.closed
      }),
    )
    const ws = await connected(`ws://localhost:${listener.port}`, { extensions: [permessageDeflate()] })
    expect(await ws.receive()).toEqual(new TextEncoder().encode('hello'))
  })

  it('a client has subprotocols, headers, a time for the handshake, and authorities of its own', async () => {
    const { ca, server } = certificates()
    const listener = await listening(
      serve({ port, tls: server, protocols: ['chat'] }, async ws => {
        await ws.send(`${ws.subprotocol} ${ws.request.headers.get('x-from')}`)
        await ws.closed
      }),
    )
    const url = `wss://localhost:${listener.port}`
    const [protocols, headers, openHandshakeTimeout] = [['chat'], { 'X-From': 'a test' }, 5]
    const ws = kept(await connect(url, { protocols, headers, openHandshakeTimeout, tls: { ca } }))
    expect(await ws.receive()).toBe('chat a test')
  })

  it('a client whose subprotocols are not taken is refused as with ws, unless requireProtocol is false', async () => {
    const listener = await listening(serve({ port, protocols: ['chat'] }, ws => ws.closed))
    const url = `ws://localhost:${listener.port}`
    await expect(connect(url, { protocols: ['other'] })).rejects.toThrow('server chose none of the subprotocols')
    const ws = await connected(url, { protocols: ['other'], requireProtocol: false })
    expect(ws.subprotocol).toBe('')
  })

  it('a client connects through a proxy', async () => {
    const listener = await listening(serve({ port }, async ws => ws.send('here')))
    const asked: string[] = []
    const server = await httpServer()
    server.on('connect', (request, socket) => {
      asked.push(request.url!)
      const target = netConnect(listener.port!, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        target.pipe(socket).pipe(target)
      })
    })
    const [url, proxy] = [`ws://127.0.0.1:${listener.port}`, urlOf(server).replace('ws:', 'http:')]
    const ws = await kept(connect(url, { proxy }))
    expect({ message: await ws.receive(), asked }).toEqual({ message: 'here', asked: [`127.0.0.1:${listener.port}`] })
    vi.stubEnv('NO_PROXY', '*')
    const env = await kept(connect(url, { proxy: 'env' }))
    expect(await env.receive()).toBe('here')
  })

  it('a stream is sent as one message, and read piece by piece', async () => {
    const listener = await listening(
      serve({ port }, async ws => {
        for await (const stream of ws.streams()) await ws.send(stream)
      }),
    )
    const ws = await connected(`ws://localhost:${listener.port}`)
    await ws.send(
      (async function* () {
        yield Uint8Array.of(1)
        yield Uint8Array.of(2)
      })(),
    )
    expect(await ws.receive()).toEqual(Uint8Array.of(1, 2))
  })
})

describe('coming from ws: clients', () => {
  it('send the credentials in the URL where they are asked to', async () => {
    const listener = await listening(serve({ port }, ws => ws.send(ws.request.headers.get('authorization') ?? '')))
    const url = listener.url.replace('ws://', 'ws://user:password@')
    const ws = await kept(connect(url, { auth: 'url' }))
    expect(await ws.receive()).toBe(`Basic ${Buffer.from('user:password').toString('base64')}`)
  })
})

describe('coming from Socket.IO', () => {
  it('rooms are joined by name, and a broadcast may leave one out, or those who are slow', async () => {
    const bus = new InProcessBus().connect()
    const channels = new Channels({ bus })
    const value = { line: 1 }
    const schema = v.object({ type: v.literal('line'), value: v.string() })
    const listener = await listening(
      serve(
        { port },
        {
          '/admin': async ws => {
            await ws.send('admin')
            await ws.closed
          },
          '*': async ws => {
            channels.get('room').join(ws)
            for await (const { type, value } of ws.json(schema)) {
              const text = `${type}: ${value}`
              channels.get('room').broadcast(text, { except: ws })
              if (value === 'bye') channels.get('room').leave(ws)
            }
          },
        },
      ),
    )
    const url = `ws://localhost:${listener.port}`
    const [ada, ben] = await Promise.all([connected(url), connected(url)])
    await Promise.all([ada.ping(), ben.ping()])
    channels.get('room').broadcast(JSON.stringify(value))
    expect([await ada.receiveJson(v.object({ line: v.number() })), await ben.receiveJson()]).toEqual([value, value])
    await ada.sendJson({ type: 'line', value: 'bye' })
    expect(await ben.receive()).toBe('line: bye')
    await ada.ping()
    const text = 'for those who keep up'
    expect(channels.get('room').broadcast(text, { slow: 'skip' })).toMatchObject({ sent: 1, skipped: 0 })
    expect(await (await connected(`${url}/admin`)).receive()).toBe('admin')
  })

  it('a schema checks an answer', async () => {
    const schema = v.object({ ok: v.boolean() })
    const listener = await listening(
      serve({ port }, async ws => {
        await ws.receiveJson()
        await ws.sendJson({ ok: true })
      }),
    )
    const ws = await connected(`ws://localhost:${listener.port}`)
    await ws.sendJson({ want: 'an answer' })
    expect(await ws.receiveJson(schema)).toEqual({ ok: true })
  })

  it('a client connects again, with a new URL for each connection', async () => {
    const served: Connection[] = []
    const listener = await listening(
      serve({ port }, async ws => {
        served.push(ws)
        await ws.send(ws.request.query.get('token') ?? '')
        await ws.closed
      }),
    )
    let url = `ws://localhost:${listener.port}/?token=first`
    const ws = await kept(connect(() => url, { reconnect: {} }))
    expect(await ws.receive()).toBe('first')
    url = url.replace('first', 'second')
    served[0]!.terminate()
    expect(await ws.receive()).toBe('second')
  })
})

async function listening(promise: Promise<Listener>): Promise<Listener> {
  return kept(await promise)
}

async function connected(...args: Parameters<typeof connect>): Promise<Connection> {
  return kept(await connect(...args))
}

function kept<One extends Attachment | Listener | Connection | Promise<Connection>>(one: One): One {
  open.push({ close: async () => void (await (await one).close()) })
  return one
}

async function httpServer(): Promise<Server> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  open.push({ close: () => new Promise(resolve => server.close(resolve)) })
  return server
}

function urlOf(server: Server): string {
  return `ws://${host}:${(server.address() as AddressInfo).port}`
}

/** Returns the rows of a table of the README: what it is there, and what it is here. */
function rowsOf(origin: string): readonly (readonly [string, string])[] {
  const section = readme.split(`## Coming from ${origin}\n`)[1]!.split('\n## ')[0]!
  const rows = section
    .split('\n')
    .filter(line => line.startsWith('| '))
    .slice(1)
  return rows.map(row => {
    const [, theirs, ours] = row.split(/(?<!\\)\|/)
    return [theirs!.trim(), ours!.trim()] as const
  })
}

/** Returns the code in a cell; a link is not code to be run. */
function codesIn(cell: string): readonly string[] {
  return [...cell.replaceAll(/\[`[^`]*`\]/g, '').matchAll(/`([^`]+)`/g)].map(([, code]) => code!)
}

/** Returns a pattern for code in which `…` stands for anything. */
function patternOf(code: string): RegExp {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(
    wordsOf(code)
      .split('…')
      .map(part => literal(part.trim()))
      .join('[^]*?'),
  )
}

/** Returns a text without space, and without the commas of broken lines. */
function wordsOf(text: string): string {
  return text.replaceAll(/\s+/g, '').replaceAll(',)', ')')
}
