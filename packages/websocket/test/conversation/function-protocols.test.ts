import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Emit, Octets } from '../../src/bytes/octets.ts'
import type { Connection } from '../../src/conversation/connection.ts'
import { ConversationFactory, HandlerFactory } from '../../src/conversation/function-factories.ts'
import type { ConversationProtocol } from '../../src/conversation/function-protocols.ts'
import type { Handler, Routes } from '../../src/conversation/route.ts'
import type { Extension } from '../../src/protocol/extending/extension.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { MemoryLink, masked, quiet } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { promised, raisesNothingUnhandled, served, talk } from './talk.ts'

raisesNothingUnhandled()
afterEach(() => void vi.restoreAllMocks())

describe('a handler', () => {
  it('closes with 1000 when it settles', async () => {
    const { ws, server } = await talk(() => undefined)
    expect(await ws.closed).toMatchObject({ code: 1000, wasClean: true })
    expect(server.closeInfo).toMatchObject({ localCloseCode: 1000, by: 'self' })
  })

  it('is reported once when it returns at once, however many connections that closes', async () => {
    const link = new MemoryLink()
    const errors: Error[] = []
    const factory = new HandlerFactory(undefined, { '/a': () => undefined, '/b': () => 5 }, {}, error => errors.push(error))
    for (const path of ['/a', '/a', '/b']) {
      const [peer] = link.serve(factory)
      await peer.open(path)
      await peer.frame('close 1000 the handler returned at once, without a promise')
    }
    expect(errors.map(({ name, message }) => `${name}: ${message.split(',', 1)[0]}`)).toEqual([
      'ApiMisuse: the handler of route /a has returned without a promise',
      'ApiMisuse: the handler of route /b has returned without a promise',
    ])
  })

  it('is not reported when it has closed the connection before it returns, or when it has promised', async () => {
    for (const handler of [ws => void ws.close(4000), ws => ws.close(4000), async () => undefined] as Handler[]) {
      const { ws, errors } = await talk(handler)
      await ws.closed
      await quiet()
      expect(errors).toEqual([])
    }
  })

  it('closes after everything that it has sent', async () => {
    const { ws } = await talk(async server => {
      await server.send('last words')
    })
    expect(await ws.receive()).toBe('last words')
    expect((await ws.closed).code).toBe(1000)
  })

  for (const [how, handler] of [
    ['rejects', async () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret')
      },
    ],
  ] as [string, Handler][]) {
    it(`closes with 1011 when it ${how}, tells the server why, and the peer nothing`, async () => {
      const { ws, errors } = await talk(handler)
      expect(await ws.closed).toMatchObject({ code: 1011, reason: 'internal error' })
      expect(errors.map(({ message }) => message)).toEqual(['secret'])
    })
  }

  it('may throw anything', async () => {
    const { ws, errors } = await talk(() => Promise.reject('a string'))
    await ws.closed
    expect(errors).toEqual([new Error('a string')])
  })

  it('is told what the client asked for', async () => {
    const { ws } = await talk((server, request) => server.send(`${request.path} ${request.params.get('a')}`), { path: '/b?a=1' })
    expect(await ws.receive()).toBe('/b 1')
  })

  it('does not answer for a peer that goes away while it is being used', async () => {
    const { ws, errors, server } = await talk(other => other.receive())
    await ws.close()
    await server.closed
    const lost = await talk(async other => {
      for (;;) await other.receive()
    })
    lost.protocol.dropConnection({ abort: true })
    await lost.server.closed
    await quiet()
    expect([...errors, ...lost.errors]).toEqual([])
  })

  it('does not answer for a peer that closes before it has heard all the answers', async () => {
    const { peer, server, errors } = await served(async ws => {
      for await (const message of ws) {
        await quiet()
        await ws.send(message)
      }
    })
    peer.write(masked(0x81, 'a'), masked(0x81, 'b'), masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    await quiet()
    peer.stream.end()
    expect(await server.closed).toMatchObject({ code: 1000, wasClean: true })
    await quiet()
    expect(errors).toEqual([])
  })

  it('answers for the end of another connection than its own', async () => {
    const { ws, errors } = await talk(() => Promise.reject(new ConnectionClosed(1006, 'upstream is gone')))
    expect((await ws.closed).code).toBe(1011)
    expect(errors).toHaveLength(1)
  })

  it('answers for what it throws after the peer has closed', async () => {
    const { ws, errors } = await talk(async other => {
      await other.closed
      throw new Error('cleaning up failed')
    })
    await ws.close()
    await until(() => errors.length === 1)
    expect(errors[0]!.message).toBe('cleaning up failed')
  })

  it('may have an onError that throws: that is printed, and nothing else happens', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const link = new MemoryLink()
    const broken = new Error('no disk for logs')
    const factory = new HandlerFactory(
      undefined,
      () => Promise.reject(new Error('secret')),
      {},
      () => {
        throw broken
      },
    )
    const [peer] = link.serve(factory)
    await peer.open()
    await peer.frame('close 1011 internal error')
    await quiet()
    expect(printed.mock.calls).toEqual([[broken]])
  })

  it('sees messages that came with the request', async () => {
    const link = new MemoryLink()
    const factory = new HandlerFactory(undefined, async ws => ws.send(`got ${await ws.receive()}`), {}, undefined)
    const [peer] = link.serve(factory)
    const opened = peer.open()
    peer.write(masked(0x81, 'early'))
    await opened
    await peer.frame('text got early')
  })

  for (const [how, handler] of [
    ['settles', () => undefined],
    ['has closed it below, and fails for it,', ws => closeBelowAndSend(ws)],
  ] as [string, Handler][]) {
    it(`${how} while more messages wait than it takes, and the closing handshake ends all the same`, async () => {
      const go = promised()
      const { peer, server, errors } = await served(async (ws, request) => {
        await go.promise
        await handler(ws, request)
      })
      for (let i = 0; i < 40; i++) peer.write(masked(0x82, new Uint8Array(65_000)))
      peer.write(masked(0x88, Uint8Array.of(3, 232)))
      await quiet()
      expect(peer.stream.bufferedAmount).toBeGreaterThan(0)
      go.resolve()
      await peer.frame('close 1000')
      await until(() => peer.hasEnded)
      peer.stream.end()
      expect(await server.closed).toMatchObject({ code: 1000, wasClean: true })
      expect(errors).toEqual([])
    })
  }

  it('settles while the peer is in the middle of a long message, which is thrown away', async () => {
    const go = promised()
    const { peer } = await served(async ws => {
      for await (const stream of ws.streams()) {
        for await (const _ of stream) {
          await go.promise
          return
        }
      }
    })
    for (let i = 0; i < 30; i++) peer.write(masked(i === 0 ? 0x02 : 0x00, new Uint8Array(1000)))
    peer.write(masked(0x80, ''), masked(0x88, Uint8Array.of(3, 232)))
    await quiet()
    go.resolve()
    await peer.frame('close 1000')
    await until(() => peer.hasEnded)
  })
})

describe('answers to messages that came together with the end', () => {
  const closeFrame = (...payload: number[]): Uint8Array => masked(0x88, Uint8Array.from(payload))
  const ends: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['a frame with a reserved bit', masked(0xa1, 'bad'), /^close 1002 reserved bits/],
    ['text that is not valid UTF-8', masked(0x81, Uint8Array.of(0xff)), /^close 1007/],
    ['a message above the limit of size', masked(0x82, new Uint8Array(11)), /^close 1009/],
    ['a close code that may not be sent', closeFrame(3, 237), /^close 1002/],
    ['a close frame', closeFrame(11, 184), /^close 3000$/],
    ['an empty close frame', closeFrame(), /^close$/],
  ]
  for (const [what, end, answer] of ends) {
    it(`go out before the close frame where the end is ${what}`, async () => {
      const { peer, server } = await served(echo, { maxMessagePayloadSize: 10 })
      peer.write(masked(0x81, 'a'), masked(0x81, 'b'), end)
      await until(() => peer.hasEnded)
      expect(peer.frames).toEqual(['text a', 'text b', expect.stringMatching(answer)])
      peer.stream.end()
      expect((await server.closed).wasClean).toBe(end[0] === 0x88 && answer.source !== '^close 1002')
    })
  }

  it('go out from a client too', async () => {
    const link = new MemoryLink()
    const [peer, client] = link.connect(new ConversationFactory('ws://localhost', {}))
    void (client as ConversationProtocol).opened.then(() => echo((client as ConversationProtocol).conversation)).catch(() => undefined)
    await peer.accept()
    await client.opened
    peer.write([0x81, 1, 0x61, 0xa1, 0])
    await until(() => peer.frames.length === 2)
    expect(peer.frames).toEqual(['text a', expect.stringMatching(/^close 1002/)])
  })

  it('are all that is sent: nothing that comes behind the fault is given to the handler', async () => {
    const given: unknown[] = []
    const { peer, server } = await served(async ws => {
      for await (const message of ws) {
        given.push(message)
        await ws.send(message)
      }
    })
    peer.write(masked(0x81, 'a'), masked(0xa1, 'bad'), masked(0x81, 'b'), masked(0x89, 'ping'))
    peer.write(masked(0x81, 'c'), closeFrame(3, 232))
    await until(() => peer.hasEnded)
    peer.stream.end()
    expect(await server.closed).toMatchObject({ wasClean: false, localCloseCode: 1002, cause: { name: 'PeerMisbehaved' } })
    expect(given).toEqual(['a'])
    expect(peer.frames).toEqual(['text a', expect.stringMatching(/^close 1002/)])
  })

  const lastActs: readonly (readonly [string, (ws: Connection) => unknown, readonly string[]])[] = [
    ['returns', () => undefined, []],
    ['throws', () => Promise.reject(new Error('broken')), ['broken']],
    ['closes', ws => void ws.close(1001), []],
    ['fails the connection', ws => ws.protocol.failConnection(1011, 'own reason'), []],
  ]
  for (const [how, act, reported] of lastActs) {
    it(`are followed by the code of the peer's fault when the handler ${how} after its answer`, async () => {
      const { peer, server, errors } = await served(async ws => {
        await ws.send(await ws.receive())
        await act(ws)
      })
      peer.write(masked(0x81, 'a'), masked(0xa1, 'bad'))
      await until(() => peer.hasEnded)
      expect(peer.frames).toEqual(['text a', expect.stringMatching(/^close 1002 reserved bits/)])
      peer.stream.end()
      expect(await server.closed).toMatchObject({ localCloseCode: 1002 })
      expect(errors.map(({ message }) => message)).toEqual(reported)
    })
  }

  it('are not followed by a close frame when the handler drops the connection', async () => {
    const { peer, server } = await served(async ws => {
      await ws.send(await ws.receive())
      ws.protocol.dropConnection()
    })
    peer.write(masked(0x81, 'a'), masked(0xa1, 'bad'))
    await server.closed
    await quiet()
    expect(peer.frames).toEqual(['text a'])
  })

  it('go out to a peer that has ended its side of the transport', async () => {
    const { peer, server } = await served(echo)
    peer.write(masked(0x81, 'a'), masked(0xa1, 'bad'))
    peer.stream.end()
    expect(await server.closed).toMatchObject({ localCloseCode: 1002 })
    expect(peer.frames).toEqual(['text a', expect.stringMatching(/^close 1002/)])
  })

  it('are not waited for longer than microtasks take', async () => {
    const { peer } = await served(async ws => {
      const message = await ws.receive()
      await new Promise(resolve => setImmediate(resolve))
      await ws.send(message)
    })
    peer.write(masked(0x81, 'a'), masked(0xa1, 'bad'))
    await until(() => peer.hasEnded)
    expect(peer.frames).toEqual([expect.stringMatching(/^close 1002/)])
  })
})

describe('an extension of a connection in function style', () => {
  for (const [what, handler, isKept] of [
    ['waits for nothing', () => never, true],
    ['takes streams', takeOneStream, false],
  ] as const) {
    it(`is told what becomes of a message that begins while others wait, where the application ${what}`, async () => {
      const told: unknown[] = []
      const instance = {
        reservedBits: 4,
        opcodes: [],
        close: () => undefined,
        encoder: () => ({ ...passing, reserved: 4 }),
        decoder: (_header: unknown, kept?: boolean) => {
          told.push(kept)
          return passing
        },
      }
      const extension: Extension = {
        name: 'x',
        offer: () => [new Map()],
        accept: () => ({ parameters: new Map(), instance }),
        confirm: () => instance,
      }
      const { ws, server } = await talk(handler, { server: { extensions: [extension] }, client: { extensions: [extension] } })
      void ws.send(new Uint8Array(1024 * 1024 + 1))
      void ws.send('second')
      await until(() => told.length === 2)
      // no hook of the second message was called
      expect(server.trafficStats.incomingWebSocketMessages).toBeLessThanOrEqual(2)
      expect(told[1]).toBe(isKept)
      server.dropConnection({ abort: true })
    })
  }
})

describe('routes', () => {
  const routes: Routes = {
    '/a': ws => ws.send('a'),
    '/a%20b': ws => ws.send('encoded'),
  }

  for (const [path, answer] of [
    ['/a', 'a'],
    ['/a?query=1', 'a'],
    ['/a%20b', 'encoded'],
  ] as const) {
    it(`match the path as it came: ${path}`, async () => {
      const { ws } = await talk(routes, { path })
      expect(await ws.receive()).toBe(answer)
    })
  }

  for (const path of ['/', '/b', '/a/', '/A', '/__proto__', '/constructor', '/toString', '/*', '/%61']) {
    it(`answer 404 where nothing is served: ${path}`, async () => {
      await expect(talk(routes, { path })).rejects.toMatchObject({ name: 'HandshakeFailed', status: 404 })
    })
  }

  it('do not find what objects inherit, whatever the path is', async () => {
    const link = new MemoryLink()
    const inherited: object = Object.create({ '/inherited': () => undefined, '*': () => undefined })
    const inheriting = Object.assign(inherited, { '/own': () => undefined }) as Routes
    await expect(talk(inheriting, { path: '/inherited' })).rejects.toMatchObject({ status: 404 })
    for (const target of ['__proto__', 'constructor', 'toString']) {
      const [peer] = link.serve(new HandlerFactory(undefined, routes, {}, undefined))
      await peer.open(target)
      expect(peer.text).toMatch(/^HTTP\/1\.1 4\d\d /)
    }
  })

  it('have one for all other paths', async () => {
    const all: Routes = { ...(routes as object), '*': (ws, request) => ws.send(`other: ${request.path}`) }
    expect(await (await talk(all, { path: '/a' })).ws.receive()).toBe('a')
    expect(await (await talk(all, { path: '/constructor' })).ws.receive()).toBe('other: /constructor')
  })

  it('may be one handler for every path', async () => {
    const { ws } = await talk((server, request) => server.send(request.path), { path: '/anything' })
    expect(await ws.receive()).toBe('/anything')
  })

  it('choose a subprotocol that the server speaks', async () => {
    const { ws } = await talk(server => server.closed, { server: { protocols: ['b'] }, client: { protocols: ['a', 'b'] } })
    expect(ws.protocol.subprotocol).toBe('b')
  })
})

describe("the client's end", () => {
  it('drains, pings and streams as the server does', async () => {
    const { ws } = await talk(async server => {
      await server.send(new Uint8Array(300_000))
      await server.receive()
    })
    for await (const stream of ws.streams()) {
      let length = 0
      for await (const octets of stream) length += octets.length
      expect(length).toBe(300_000)
      break
    }
    expect(await ws.ping()).toBeGreaterThanOrEqual(0)
    await ws.send(new Uint8Array(300_000))
    expect((await ws.closed).code).toBe(1000)
  })
})

async function echo(ws: Connection): Promise<void> {
  for await (const message of ws) await ws.send(message)
}

function closeBelowAndSend(ws: Connection): Promise<void> {
  ws.protocol.sendClose(1000)
  return ws.send('late')
}

const never = new Promise<void>(() => undefined)

const passing = { reserved: 0, write: (octets: Octets, emit: Emit) => emit(octets), end: () => undefined }

/** Takes the first message as a stream, and never reads from it. */
async function takeOneStream(ws: Connection): Promise<void> {
  for await (const _stream of ws.streams()) await never
}
