import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import * as net from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createHandlers } from '../../../src/conversation/create-handlers.ts'
import type { ConnectionRequest } from '../../../src/handshake/connection-request.ts'
import { attachWS } from '../../../src/node/edge/attach-ws.ts'
import { handleUpgrade, wasTaken } from '../../../src/node/edge/handle-upgrade.ts'
import { nodeRuntime } from '../../../src/node/runtime/node-runtime.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { Echo, EchoFactory, upgradeRequest } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'
import { until } from '../../fixtures/until.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('handleUpgrade', () => {
  it('delivers frames that came behind the request', async () => {
    const { server, port } = await servers.make()
    attachWS(new EchoFactory(), server)
    const socket = net.connect(port, '127.0.0.1')
    const hello = Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from('Hello')])
    socket.write(Buffer.concat([Buffer.from(request(port)), hello]))
    let received = Buffer.alloc(0)
    while (!received.includes('Hello')) {
      const [chunk] = await once(socket, 'data')
      received = Buffer.concat([received, chunk])
    }
    expect([...received.subarray(-7)]).toEqual([0x81, 5, ...Buffer.from('Hello')])
    socket.destroy()
  })

  it('holds frames that came behind the request while the application makes up its mind', async () => {
    const { server, port } = await servers.make()
    class Slow extends Echo {
      override async onConnect(): Promise<void> {
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    }
    attachWS(new EchoFactory(undefined, { protocol: Slow }), server)
    const socket = net.connect(port, '127.0.0.1')
    socket.write(Buffer.concat([Buffer.from(request(port)), Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from('Hello')])]))
    let received = Buffer.alloc(0)
    while (!received.includes('Hello')) {
      const [chunk] = await once(socket, 'data')
      received = Buffer.concat([received, chunk])
    }
    expect(received.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
    socket.destroy()
  })

  it('gives the headers in their order, repeated ones apart', async () => {
    const { server, port } = await servers.make()
    const seen: (readonly [string, string])[] = []
    class Curious extends Echo {
      override onConnect(request: Parameters<Echo['onConnect']>[0]): void {
        seen.push(...request.headers)
      }
    }
    attachWS(new EchoFactory(undefined, { protocol: Curious }), server)
    const socket = net.connect(port, '127.0.0.1')
    socket.write(request(port, ['X-Two: b', 'x-two: a', 'X-Last: Grüße']))
    await once(socket, 'data')
    expect(seen.slice(-3)).toEqual([
      ['X-Two', 'b'],
      ['x-two', 'a'],
      ['X-Last', Buffer.from('Grüße').toString('latin1')],
    ])
    socket.destroy()
  })

  it('answers 431 where the HTTP server has dropped headers, as later versions of Node do by themselves', async () => {
    const { server, port } = await servers.make()
    server.maxHeadersCount = 20
    const factory = new EchoFactory()
    attachWS(factory, server)
    const flood = Array.from({ length: 20 }, (_, i) => `X-${i}: 1`)
    expect(await statusOf(port, request(port, flood))).toBe('431')
    expect(factory.connectionCount).toBe(0)
    expect(await statusOf(port, request(port, flood.slice(0, 10)))).toBe('101')
  })

  it('answers 431 to a flood of headers where the server has no limit of its own', async () => {
    const { server, port } = await servers.make()
    attachWS(new EchoFactory(), server)
    const flood = Array.from({ length: 1200 }, (_, i) => `X${i}: 1`)
    expect(await statusOf(port, request(port, flood))).toBe('431')
  })

  it('passes data on to handlers, which onConnect may replace', async () => {
    for (const [given, expected] of [
      [{}, 'session of ann'],
      [{ onConnect: (request: ConnectionRequest) => ({ data: `checked ${request.data}` }) }, 'checked session of ann'],
    ] as const) {
      const { request, socket, head, client } = await upgrade()
      const seen: unknown[] = []
      const factory = createHandlers(given, ws => {
        seen.push(ws.data)
        return ws.closed
      })
      handleUpgrade(factory, request, socket, head, { data: 'session of ann' })
      await until(() => seen.length === 1)
      expect(seen).toEqual([expected])
      client.destroy()
    }
  })

  it('passes data on to onConnect and to the protocol, as middleware needs it', async () => {
    const { request, socket, head, client } = await upgrade()
    const seen: unknown[] = []
    class Curious extends Echo {
      override onConnect(request: Parameters<Echo['onConnect']>[0]): void {
        seen.push(request.data)
      }
    }
    const session = { user: 'alice' }
    const protocol = handleUpgrade(new EchoFactory(undefined, { protocol: Curious }), request, socket, head, { data: session })!
    await protocol.opened
    expect(seen).toEqual([session])
    expect(protocol.data).toBe(session)
    expect(protocol.request?.data).toBe(session)
    client.destroy()
  })

  it('gives the raw request to onConnect, and lets go of it when nobody has read it', async () => {
    const { request, socket, head, client } = await upgrade()
    const protocol = handleUpgrade(new EchoFactory(), request, socket, head)!
    await protocol.opened
    expect(protocol.request?.path).toBe('/')
    expect(() => protocol.request?.raw).toThrow(ApiMisuse)
    client.destroy()
  })

  it('keeps the raw request where it was read before onOpen has returned', async () => {
    const { request, socket, head, client } = await upgrade()
    class Curious extends Echo {
      url: string | undefined
      override onOpen(): void {
        this.url = this.request?.raw?.url
      }
    }
    const protocol = handleUpgrade(new EchoFactory(undefined, { protocol: Curious }), request, socket, head)!
    await protocol.opened
    expect((protocol as Curious).url).toBe('/')
    expect(protocol.request?.raw).toBe(request)
    client.destroy()
  })

  it('keeps the raw request for an onOpen that waits, because the application has paused its connection', async () => {
    const { request, socket, head, client } = await upgrade()
    class Pausing extends Echo {
      url: string | undefined

      override onConnect(): void {
        this.pauseReceiving()
      }

      override onOpen(): void {
        this.url = this.request?.raw?.url
      }
    }
    const protocol = handleUpgrade(new EchoFactory(undefined, { protocol: Pausing }), request, socket, head) as Pausing
    await protocol.opened
    expect(protocol.url).toBeUndefined()
    protocol.resumeReceiving()
    expect(protocol.url).toBe('/')
    client.destroy()
  })

  it('makes an abort controller only where the signal is asked for, and one for each request', async () => {
    let made = 0
    class Counted extends AbortController {
      constructor() {
        super()
        made++
      }
    }
    vi.stubGlobal('AbortController', Counted)
    try {
      const ended = async (ask: (request: ConnectionRequest) => void): Promise<number> => {
        const { request, socket, head, client } = await upgrade()
        class Asking extends Echo {
          override onConnect(request: ConnectionRequest): void {
            ask(request)
          }
        }
        const protocol = handleUpgrade(new EchoFactory(undefined, { protocol: Asking }), request, socket, head)!
        await protocol.opened
        client.destroy()
        await protocol.closed
        return made
      }
      expect(await ended(() => undefined)).toBe(0)
      let signal: AbortSignal | undefined
      expect(
        await ended(request => {
          signal = request.signal
          expect(request.signal).toBe(signal)
        }),
      ).toBe(1)
      await until(() => signal!.aborted)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('takes a runtime as an option, and in place of the options', async () => {
    for (const given of ['option', 'in place of the options'] as const) {
      const { request, socket, head, client } = await upgrade()
      let asked = 0
      const sha1Base64 = (text: string): string => {
        asked++
        return nodeRuntime.crypto.sha1Base64!(text)
      }
      const runtime = { ...nodeRuntime, crypto: { ...nodeRuntime.crypto, sha1Base64 } }
      const protocol = handleUpgrade(new EchoFactory(), request, socket, head, given === 'option' ? { runtime } : runtime)!
      await protocol.opened
      expect({ given, asked }).toEqual({ given, asked: 1 })
      client.destroy()
    }
  })

  it('refuses options that do not exist', async () => {
    const { request, socket, head } = await upgrade()
    expect(() => handleUpgrade(new EchoFactory(), request, socket, head, { date: 1 } as object)).toThrow(
      'there is no option date of handleUpgrade; did you mean data?',
    )
    expect(wasTaken(socket)).toBe(false)
    socket.destroy()
  })

  it('refuses the same socket twice', async () => {
    const { request, socket, head } = await upgrade()
    const factory = new EchoFactory()
    expect(wasTaken(socket)).toBe(false)
    handleUpgrade(factory, request, socket, head)
    expect(wasTaken(socket)).toBe(true)
    expect(() => handleUpgrade(factory, request, socket, head)).toThrow(ApiMisuse)
    expect(factory.connectionCount).toBe(1)
    socket.destroy()
  })

  it('drops a request whose client is gone', async () => {
    const { request, socket, head } = await upgrade()
    socket.destroy()
    const factory = new EchoFactory()
    expect(handleUpgrade(factory, request, socket, head)).toBeUndefined()
    expect(factory.connectionCount).toBe(0)
  })

  for (const [how, resumes] of [
    ['', false],
    [', though the application lets the socket flow', true],
  ] as const) {
    it(`drops a client that has ended its side before the application came to it${how}`, async () => {
      const { request, socket, head, client } = await upgrade()
      const closed = new Promise(resolve => client.on('close', resolve))
      if (resumes) socket.resume()
      client.end()
      client.resume()
      await once(socket, 'end')
      let opened = 0
      class Opened extends Echo {
        override onOpen(): void {
          opened++
        }
      }
      const factory = new EchoFactory(undefined, { protocol: Opened })
      expect(handleUpgrade(factory, request, socket, head)).toBeUndefined()
      await closed
      expect({ opened, connectionCount: factory.connectionCount, isDestroyed: socket.destroyed, errors: factory.errors }).toEqual({
        opened: 0,
        connectionCount: 0,
        isDestroyed: true,
        errors: [],
      })
    })
  }

  it('drops a client whose socket the application has ended', async () => {
    const { request, socket, head } = await upgrade()
    socket.end()
    const factory = new EchoFactory()
    expect(handleUpgrade(factory, request, socket, head)).toBeUndefined()
    expect([factory.connectionCount, socket.destroyed]).toEqual([0, true])
  })

  it('gives up a client that ends its side while the application makes up its mind', async () => {
    const { request, socket, head, client } = await upgrade()
    class Slow extends Echo {
      override onConnect(): Promise<void> {
        return new Promise(() => {})
      }
    }
    const factory = new EchoFactory(undefined, { protocol: Slow })
    const protocol = handleUpgrade(factory, request, socket, head)!
    client.end()
    await protocol.closed
    expect(factory.connectionCount).toBe(0)
  })

  it('leaves a client alone that resets while the application makes up its mind', async () => {
    const { request, socket, head, client } = await upgrade()
    let decide: () => void = () => {}
    class Slow extends Echo {
      override onConnect(): Promise<void> {
        return new Promise(resolve => {
          decide = resolve
        })
      }
    }
    const factory = new EchoFactory(undefined, { protocol: Slow })
    const protocol = handleUpgrade(factory, request, socket, head)!
    client.resetAndDestroy()
    await protocol.closed
    decide()
    await new Promise(resolve => setImmediate(resolve))
    expect(factory.connectionCount).toBe(0)
    expect(factory.errors).toEqual([])
  })
})

/** One upgrade request as `node:http` gives it. */
async function upgrade(): Promise<{ request: IncomingMessage; socket: Duplex; head: Buffer; client: net.Socket }> {
  const { server, port } = await servers.make()
  const client = net.connect(port, '127.0.0.1')
  client.on('error', () => {})
  client.write(request(port))
  const [message, socket, head] = (await once(server, 'upgrade')) as [IncomingMessage, Duplex, Buffer]
  return { request: message, socket, head, client }
}

function request(port: number, headers: readonly string[] = []): string {
  return upgradeRequest('/', headers).replace('Host: localhost', `Host: 127.0.0.1:${port}`)
}

async function statusOf(port: number, text: string): Promise<string | undefined> {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(text)
  const [chunk] = await once(socket, 'data')
  socket.destroy()
  return String(chunk).split(' ')[1]
}
