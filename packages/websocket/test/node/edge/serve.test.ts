import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Channel } from '../../../src/channels/channel.ts'
import type { Connection } from '../../../src/conversation/connection.ts'
import type { Routes } from '../../../src/conversation/route.ts'
import { HttpException } from '../../../src/handshake/http/http-exception.ts'
import { connect } from '../../../src/node/edge/connect.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { type ServeOptions, serve } from '../../../src/node/edge/serve.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { masked, upgrade } from '../../application/memory-link.ts'
import { until } from '../../fixtures/until.ts'

const listeners: Listener[] = []
afterEach(async () => {
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

describe('serve', () => {
  it('serves paths with handlers, in order', async () => {
    const { url } = await started({
      '/echo': async ws => {
        for await (const message of ws) await ws.send(message)
      },
    })
    const ws = await connect(`${url}/echo`)
    for (const message of ['a', 'b', 'c']) await ws.send(message)
    expect([await ws.receive(), await ws.receive(), await ws.receive()]).toEqual(['a', 'b', 'c'])
    expect(await ws.close()).toMatchObject({ code: 1000, wasClean: true, by: 'self' })
  })

  for (const [what, routes] of [
    [
      'messages',
      (note: () => void) => async (ws: Connection) => {
        for await (const message of ws) {
          note()
          await ws.send(message)
        }
      },
    ],
    [
      'pieces of a stream',
      (note: () => void) => async (ws: Connection) => {
        for await (const stream of ws.streams()) for await (const _ of stream) note()
      },
    ],
  ] as const) {
    it(`gives a handler at most 256 ${what} in one turn of the event loop, however fast they come`, async () => {
      let count = 0
      let inTurn = 0
      let most = 0
      const { listener } = await started(
        routes(() => {
          count++
          inTurn++
        }),
      )
      const socket = createConnection(listener.port!, '127.0.0.1')
      socket.resume()
      const isStream = what !== 'messages'
      const frames = Array.from({ length: 20_000 }, (_, at) => masked(isStream ? (at === 0 ? 0x02 : 0x00) : 0x82, 'a'))
      socket.write(Buffer.concat([Buffer.from(upgrade()), ...frames]))
      while (count < 20_000) {
        await new Promise(resolve => setImmediate(resolve))
        most = Math.max(most, inTurn)
        inTurn = 0
      }
      socket.destroy()
      expect({ count, most }).toEqual({ count: 20_000, most: 256 })
    })
  }

  it('takes a clock for its deadlines, and octets move without it', async () => {
    const clock = new FakeClock()
    const { url } = await started(
      {
        '*': async ws => {
          for await (const message of ws) await ws.send(message)
        },
      },
      { clock, autoPingInterval: 20, autoPingTimeout: 20 },
    )
    const ws = await connect(url, { clock: new FakeClock() })
    await ws.send('hello')
    expect(await ws.receive()).toBe('hello')
    const before = ws.protocol.trafficStats.incomingOctetsWireLevel
    clock.advance(20_000)
    await until(() => ws.protocol.trafficStats.incomingOctetsWireLevel > before)
  })

  it('refuses an object that is not a clock', async () => {
    await expect(serve({ port: 0, clock: {} as FakeClock }, () => undefined)).rejects.toThrow(ApiMisuse)
    await expect(connect('ws://127.0.0.1:1', { clock: Date as unknown as FakeClock })).rejects.toThrow(ApiMisuse)
  })

  it('sends broadcasts to a client that never stops sending, and answers its pings', async () => {
    const news = new Channel()
    const { url } = await started({ '/news': ws => news.join(ws) })
    const member = await connect(`${url}/news`)
    let sends = true
    const sending = (async () => {
      while (sends) await member.send('chatter'.repeat(2_000))
    })()
    for (let tick = 0; tick < 10; tick++) {
      expect(news.broadcast(`tick ${tick}`).sent).toBe(1)
      expect(await member.receive()).toBe(`tick ${tick}`)
      expect(await member.ping()).toBeGreaterThan(0)
    }
    sends = false
    await sending
    expect(await member.close()).toMatchObject({ code: 1000, wasClean: true })
    await until(() => news.size === 0)
  })

  it('answers 404 for a path without a route, also for names such as /constructor', async () => {
    const { url } = await started({ '/echo': () => {} })
    for (const path of ['/', '/echo/', '/constructor', '/__proto__']) {
      await expect(connect(`${url}${path}`)).rejects.toMatchObject({ name: 'HandshakeFailed', status: 404 })
    }
  })

  it('streams a message that is larger than the limit for whole ones', async () => {
    const { url } = await started(async ws => {
      for await (const message of ws.streams()) {
        const hash = createHash('sha256')
        for await (const octets of message) hash.update(octets)
        await ws.send(hash.digest('hex'))
      }
    })
    const piece = new Uint8Array(1024 * 1024).fill(7)
    const ws = await connect(url)
    await ws.send(Array.from({ length: 20 }, () => piece))
    const expected = createHash('sha256')
    for (let i = 0; i < 20; i++) expected.update(piece)
    expect(await ws.receive()).toBe(expected.digest('hex'))
    await ws.close()
  })

  it('refuses a whole message above the limit with 1009', async () => {
    const { url } = await started(
      async ws => {
        for await (const _ of ws);
      },
      { maxMessagePayloadSize: 1000 },
    )
    const ws = await connect(url)
    await ws.send(new Uint8Array(1001))
    expect(await ws.closed).toMatchObject({ code: 1009 })
  })

  it('sends the answers to messages that came in one segment with a fault, before the close frame', async () => {
    const { url } = await started(async ws => {
      for await (const message of ws) await ws.send(message)
    })
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
    socket.write(upgrade())
    await once(socket, 'data')
    socket.write(Buffer.concat([masked(0x81, 'a'), masked(0x81, 'b'), masked(0xa1, 'bad')]))
    const received = Buffer.concat(await socket.toArray()).toString('latin1')
    expect(received).toContain('\x81\x01a\x81\x01b\x88')
    expect(received).toContain('\x03\xeareserved bits 2')
  })

  it('takes options of the listener and of the factory together, and names one that does not exist', async () => {
    const { url } = await started(() => {}, { host: '127.0.0.1', server: 'mine', protocols: ['chat'] })
    const ws = await connect(url, { protocols: ['chat'] })
    expect(ws.protocol.subprotocol).toBe('chat')
    await expect(connect(url, { protocols: ['talk', 'speak'] })).rejects.toMatchObject({
      name: 'HandshakeFailed',
      status: 101,
      message: 'server chose none of the subprotocols that were offered: "talk", "speak" (option requireProtocol)',
    })
    const without = await connect(url, { protocols: ['talk'], requireProtocol: false })
    expect(without.subprotocol).toBe('')
    await expect(connect(url, { requireProtocol: 'no' as never })).rejects.toThrow('option requireProtocol must be true or false')
    await expect(serve({ port: 0, nonsense: 1 } as ServeOptions, () => {})).rejects.toThrow('there is no option nonsense')
  })

  it('gives what handlers throw to onError, and closes with 1011', async () => {
    const errors: Error[] = []
    const { url } = await started(
      () => {
        throw new Error('broken')
      },
      { onError: error => errors.push(error) },
    )
    const ws = await connect(url)
    expect(await ws.closed).toMatchObject({ code: 1011, reason: 'internal error' })
    expect(errors.map(error => error.message)).toEqual(['broken'])
  })

  it('asks onConnect before it accepts', async () => {
    const { url } = await started(ws => ws.closed, {
      onConnect: request => {
        if (request.headers.get('authorization') !== 'Bearer good') throw new HttpException(401, 'who are you?')
        return request.protocols[0]
      },
    })
    await expect(connect(url)).rejects.toMatchObject({ status: 401 })
    const ws = await connect(url, { headers: { Authorization: 'Bearer good' }, protocols: ['chat'] })
    expect(ws.protocol.subprotocol).toBe('chat')
    await ws.close()
  })

  it('says which order its arguments have, and how to serve on an HTTP server', async () => {
    await expect(serve({ '/echo': () => {} } as object, { port: 0 } as object)).rejects.toThrow('serve takes its options before the routes')
    await expect(serve({ server: createServer() } as object, () => {})).rejects.toThrow('(attach serves on an HTTP server)')
    await expect(serve(createServer() as object, () => {})).rejects.toThrow('on a server that exists, attach(server, routes) serves')
  })

  it('refuses a wrong route at once, and names it', async () => {
    await expect(serve({ port: 0 }, { echo: () => {} })).rejects.toThrow("route echo must begin with a slash, or be '*'")
  })

  it('refuses a closing timeout that is not a number of seconds', async () => {
    const { listener } = await started(ws => ws.closed)
    for (const timeout of [Number.NaN, -1]) await expect(listener.close({ timeout })).rejects.toThrow('timeout must be a number of seconds')
  })

  it('sends 1001 to everybody when it closes', async () => {
    const { url, listener } = await started(ws => ws.closed)
    const clients: Connection[] = await Promise.all([connect(url), connect(url)])
    await listener.close()
    for (const ws of clients) expect(await ws.closed).toMatchObject({ code: 1001, wasClean: true, by: 'peer' })
  })

  async function started(routes: Routes, options: ServeOptions = {}): Promise<{ url: string; listener: Listener }> {
    const listener = await serve({ port: 0, host: '127.0.0.1', ...options }, routes)
    listeners.push(listener)
    return { url: listener.url, listener }
  }
})
