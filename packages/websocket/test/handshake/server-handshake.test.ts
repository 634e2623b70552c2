import { describe, expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { type ServerFactoryOptions, WebSocketServerFactory } from '../../src/application/server-factory.ts'
import type { Awaitable } from '../../src/bytes/awaitable.ts'
import { noOctets } from '../../src/bytes/octets.ts'
import type { ConnectionAccept, ConnectionRequest } from '../../src/handshake/connection-request.ts'
import { HttpException } from '../../src/handshake/http/http-exception.ts'
import { parseRequestHead } from '../../src/handshake/http/http1-head.ts'
import type { Extension, ExtensionInstance, MessageTransform } from '../../src/protocol/extending/extension.ts'
import { HandshakeFailed } from '../../src/protocol/faults/errors.ts'
import { State } from '../../src/protocol/life/state.ts'
import { MemoryLink, masked, quiet, type RawPeer, upgrade } from '../application/memory-link.ts'
import { promised, raisesNothingUnhandled } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'

raisesNothingUnhandled()

describe('a server that accepts', () => {
  it('answers the example of RFC 6455 §1.3', async () => {
    const { peer } = serving(() => undefined)
    await peer.open()
    expect(peer.text).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nServer: Autobahn-TS\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    )
  })

  it('may take the request octet by octet', async () => {
    const { peer, protocol } = serving(() => undefined)
    for (const letter of upgrade()) peer.write(letter)
    await peer.head()
    expect(protocol.isOpen).toBe(true)
  })

  for (const [how, wrap] of [
    ['at once', (answer: ConnectionAccept) => answer],
    ['later', (answer: ConnectionAccept) => quiet().then(() => answer)],
  ] as [string, (answer: ConnectionAccept) => Awaitable<ConnectionAccept>][]) {
    it(`chooses a subprotocol by its name, ${how}`, async () => {
      const { peer, protocol } = serving(() => wrap('b'))
      await peer.open('/', 'Sec-WebSocket-Protocol: a, b')
      expect(await peer.head()).toContain('Sec-WebSocket-Protocol: b\r\n')
      expect(protocol.subprotocol).toBe('b')
    })

    it(`adds headers, and keeps data for the application, ${how}`, async () => {
      const data = { user: 'alice' }
      const { peer, protocol } = serving(() => wrap({ headers: { 'X-One': '1', 'Set-Cookie': ['a=1', 'b=2'] }, data }), {
        headers: { 'X-Every': 'time' },
      })
      await peer.open()
      expect(await peer.head()).toContain('X-Every: time\r\nX-One: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n')
      expect(protocol.data).toBe(data)
      expect(protocol.subprotocol).toBe('')
    })
  }

  it('lets frames that came with the request wait for onConnect', async () => {
    const go = promised()
    const { peer, protocol } = serving(() => go.promise)
    peer.write(upgrade(), masked(0x81, 'one'))
    await quiet()
    peer.write(masked(0x81, 'two'))
    await quiet()
    expect(protocol.received).toEqual([])
    go.resolve()
    await until(() => protocol.received.length === 2)
    expect(protocol.received).toEqual(['one', 'two'])
  })

  it('knows the request from onConnect on, as trusted proxies told it', async () => {
    const seen: unknown[] = []
    const { peer, protocol } = serving(
      (request, self) => {
        seen.push(self.request === request, self.transport.peer.address, request.peer.address)
      },
      { trustXForwardedFor: 1 },
    )
    await peer.open('/a?b', 'X-Forwarded-For: 198.51.100.7')
    expect(seen).toEqual([true, '198.51.100.7', '198.51.100.7'])
    expect(protocol.request?.resource).toBe('/a?b')
  })

  it('has the same request after it was parsed anew, once the connection is open', async () => {
    let given: ConnectionRequest | undefined
    const keep = (request: ConnectionRequest): void => {
      given = request
    }
    const { peer, protocol } = serving(keep, { trustXForwardedFor: 1 })
    await peer.open('/a?b=c', 'X-Forwarded-For: 198.51.100.7\r\nSec-WebSocket-Protocol: x, y\r\nSec-WebSocket-Extensions: z; q=1')
    const again = protocol.request!
    expect(again).not.toBe(given)
    expect({ ...again, headers: [...again.headers] }).toEqual({ ...given, headers: [...given!.headers] })
    expect(protocol.request).toBe(again)
  })

  it('answers from the request that was parsed anew what is made when it is asked for', async () => {
    const { peer, protocol } = serving(() => undefined)
    await peer.open('/a?b=c', 'Cookie: id=7')
    const { url, query, cookies, signal } = protocol.request!
    expect({ href: url.href, b: query.get('b'), id: cookies.get('id') }).toEqual({ href: 'ws://localhost/a?b=c', b: 'c', id: '7' })
    peer.stream.destroy(true)
    await protocol.closed
    await until(() => signal.aborted)
  })

  it('has the scheme wss where the URL of the factory says that clients use TLS', async () => {
    const schemes: string[] = []
    const link = new MemoryLink()
    const decide: Decide = request => {
      schemes.push(request.url.protocol)
    }
    const [peer, protocol] = link.serve(new DecidingFactory(decide, { url: 'wss://localhost/' }))
    await peer.open()
    expect(schemes).toEqual(['wss:'])
    expect((protocol as Deciding).request?.url.protocol).toBe('wss:')
  })

  it('has the data that came with the request, until onConnect returns other data', async () => {
    for (const [answer, wanted] of [
      [undefined, 'from outside'],
      [{ protocol: undefined }, 'from outside'],
      [{ data: 'from onConnect' }, 'from onConnect'],
    ] as const) {
      const seen: unknown[] = []
      const link = new MemoryLink()
      const decide: Decide = (request, self) => {
        seen.push(request.data, self.data)
        return answer
      }
      const [peer, protocol] = link.serve(new DecidingFactory(decide, {}), undefined, { data: 'from outside' })
      await peer.open()
      expect(seen).toEqual(['from outside', 'from outside'])
      expect((protocol as Deciding).data).toBe(wanted)
      expect((protocol as Deciding).request?.data).toBe('from outside')
    }
  })

  it('keeps data that onConnect has assigned', async () => {
    const { peer, protocol } = serving((_, self) => {
      self.data = 'assigned'
    })
    await peer.open()
    expect(protocol.data).toBe('assigned')
  })

  it('keeps a request that the application has put in its place', async () => {
    const own = { resource: '/own' } as ConnectionRequest
    const { peer, protocol } = serving((_, self) => {
      self.request = own
    })
    await peer.open('/a')
    expect(protocol.request).toBe(own)
  })

  it('takes a request that an HTTP server has read, and all octets as frames', async () => {
    const { peer, protocol } = withHead(upgrade('/path'))
    peer.write(masked(0x81, 'hello'))
    await until(() => protocol.received.length === 1)
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(protocol.request?.path).toBe('/path')
  })

  it('lets frames wait for onConnect also where an HTTP server has read the request', async () => {
    const go = promised()
    const { peer, protocol } = withHead(upgrade(), {}, () => go.promise)
    peer.write(masked(0x81, 'early'))
    await quiet()
    expect([peer.text, protocol.received]).toEqual(['', []])
    go.resolve()
    await until(() => protocol.received.length === 1)
    expect(protocol.received).toEqual(['early'])
  })

  it('tracks the time when it called onConnect', async () => {
    const { peer, protocol, link } = serving(() => undefined, { trackTimings: true })
    link.clock.advance(7)
    await peer.open()
    expect(protocol.timings?.get('onConnect')).toBe(7)
  })
})

describe("the signal of a server's request", () => {
  for (const [how, leave] of [
    ['resets', (peer: RawPeer) => peer.stream.destroy(true)],
    ['ends its side', (peer: RawPeer) => peer.stream.end()],
  ] as const) {
    it(`aborts when the client ${how} while onConnect is pending`, async () => {
      const asked = promised<AbortSignal>()
      const { peer, protocol, errors } = serving(request => {
        asked.resolve(request.signal)
        return new Promise(() => undefined)
      })
      peer.write(upgrade())
      const signal = await asked.promise
      expect(signal.aborted).toBe(false)
      leave(peer)
      await until(() => signal.aborted)
      expect(signal.reason).toBeInstanceOf(HandshakeFailed)
      expect(protocol.state).toBe(State.Closed)
      expect(errors).toEqual([])
    })
  }

  it('aborts when the time for the handshake has passed', async () => {
    const asked = promised<AbortSignal>()
    const { peer, link } = serving(request => {
      asked.resolve(request.signal)
      return new Promise(() => undefined)
    })
    peer.write(upgrade())
    const signal = await asked.promise
    link.clock.advance(5000)
    await until(() => signal.aborted)
    expect(signal.reason).toMatchObject({ name: 'HandshakeFailed', message: 'opening handshake not finished within 5 s' })
  })

  it('aborts when onConnect has refused, once the refusal has been sent', async () => {
    let signal: AbortSignal | undefined
    const { peer } = serving(request => {
      signal = request.signal
      throw new HttpException(401, 'who are you?')
    })
    peer.write(upgrade())
    await until(() => peer.hasEnded)
    expect(peer.text).toMatch(/^HTTP\/1\.1 401 /)
    peer.stream.end()
    await until(() => signal!.aborted)
    expect(signal!.reason).toMatchObject({ name: 'HandshakeFailed', status: 401 })
  })

  it('does not abort when the connection opens, and aborts when that has ended', async () => {
    let signal: AbortSignal | undefined
    const { peer } = serving(request => {
      signal = request.signal
    })
    await peer.open()
    await quiet()
    expect(signal!.aborted).toBe(false)
    peer.write(masked(0x88, Uint8Array.of(0x03, 0xe8)))
    await until(() => peer.hasEnded)
    peer.stream.end()
    await until(() => signal!.aborted)
    expect(signal!.reason).toMatchObject({ name: 'ConnectionClosed', closeCode: 1000 })
  })

  it('is aborted at once where it is asked for when the connection is gone', async () => {
    const { peer, protocol } = serving(() => undefined)
    await peer.open()
    peer.stream.destroy(true)
    await protocol.closed
    const { signal } = protocol.request!
    await until(() => signal.aborted)
    expect(signal.reason).toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
  })
})

describe('a server that refuses', () => {
  it('answers a HEAD without content', async () => {
    for (const [webStatus, status] of [
      [false, 426],
      [true, 200],
    ] as const) {
      const { peer } = serving(() => undefined, { webStatus })
      peer.write(new TextEncoder().encode('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n'))
      await until(() => peer.hasEnded)
      expect(peer.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\\r\\n\\r\\n$`, 's'))
      expect(peer.text).toMatch(/Content-Length: [1-9]/)
    }
  })

  for (const [what, request] of [
    ['a GET of HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n'],
    ['an upgrade to h2c', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n'],
  ] as const) {
    it(`answers ${what} with 426, or with the status page`, async () => {
      for (const [webStatus, status] of [
        [false, 426],
        [true, 200],
      ] as const) {
        const { peer } = serving(() => undefined, { webStatus })
        peer.write(new TextEncoder().encode(request))
        await until(() => peer.hasEnded)
        expect(peer.text).toContain(`HTTP/1.1 ${status} `)
      }
    })
  }

  for (const [how, decide] of [
    ['thrown', () => throwing(new HttpException(403, 'not you', { 'X-Why': 'reasons' }))],
    ['rejected', () => Promise.reject(new HttpException(403, 'not you', { 'X-Why': 'reasons' }))],
  ] as [string, () => Promise<void>][]) {
    it(`answers with an HttpException that was ${how}`, async () => {
      const { peer, protocol, errors, factory } = serving(decide)
      await peer.open()
      expect(peer.text).toBe(
        'HTTP/1.1 403 not you\r\nServer: Autobahn-TS\r\nX-Why: reasons\r\nContent-Type: text/plain; charset=utf-8\r\n' +
          'X-Content-Type-Options: nosniff\r\nContent-Length: 8\r\nConnection: close\r\n\r\nnot you\n',
      )
      await until(() => peer.hasEnded)
      peer.stream.end()
      expect(await protocol.closed).toMatchObject({ code: 1006, by: 'self', reason: 'refused with 403 not you' })
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', status: 403 })
      expect(errors).toEqual([])
      expect(factory.connectionCount).toBe(0)
    })
  }

  for (const [how, decide] of [
    ['thrown', () => throwing(new Error('password is hunter2'))],
    ['rejected', () => Promise.reject(new Error('password is hunter2'))],
    ['thrown, and is not an error', () => throwing('password is hunter2')],
  ] as [string, () => Promise<void>][]) {
    it(`answers 500 to anything else that was ${how}, and tells the application alone`, async () => {
      const { peer, errors } = serving(decide)
      await peer.open()
      expect(peer.text).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
      expect(peer.text).not.toContain('hunter2')
      expect(errors.map(({ message }) => message)).toEqual(['password is hunter2'])
    })
  }

  for (const [what, answer] of [
    ['a line break in a header', { headers: { 'X-A': 'a\r\nX-Evil: 1' } }],
    ['a line feed alone', { headers: { 'X-A': 'a\nX-Evil: 1' } }],
    ['a NUL in a header', { headers: { 'X-A': 'a\0X-Evil' } }],
    ['a character beyond Latin-1', { headers: { 'X-A': '\u010dX-Evil' } }],
    ['a line break in a name', { headers: { 'X-Evil\r\nX': '1' } }],
    ['a header that the handshake sets', { headers: { 'Sec-WebSocket-Accept': 'X-Evil' } }],
    ['a subprotocol that was not offered', { protocol: 'X-Evil' }],
    ['a subprotocol with a line break', { protocol: 'a\r\nX-Evil: 1' }],
    ['the same as a string', 'a\r\nX-Evil: 1'],
  ] as [string, ConnectionAccept][]) {
    for (const isAsync of [false, true]) {
      it(`answers 500 when onConnect ${isAsync ? 'resolves to' : 'returns'} ${what}`, async () => {
        const { peer, errors, protocol } = serving(() => (isAsync ? Promise.resolve(answer) : answer))
        await peer.open('/', 'Sec-WebSocket-Protocol: a')
        expect(peer.text).toMatch(/^HTTP\/1\.1 500 /)
        expect(peer.text).not.toContain('Evil')
        expect(errors).toMatchObject([{ name: 'ApiMisuse' }])
        expect(protocol.isOpen).toBe(false)
      })
    }
  }

  for (const [what, exception] of [
    ['a line break in its reason', new HttpException(403, 'no\r\nX-Evil: 1')],
    ['a line break in a header', new HttpException(302, 'there', { Location: '/a\r\nX-Evil: 1' })],
    ['a status that is none', Object.assign(new HttpException(400, 'X-Evil'), { status: 99 })],
    ['a status that accepts', Object.assign(new HttpException(400, 'X-Evil'), { status: 101 })],
  ] as const) {
    it(`answers 500 to an HttpException with ${what}`, async () => {
      const { peer, errors } = serving(() => throwing(exception))
      await peer.open()
      expect(peer.text).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
      expect(peer.text).not.toContain('Evil')
      expect(errors).toMatchObject([{ name: 'ApiMisuse' }])
    })
  }

  it('treats nothing that follows as frames', async () => {
    const { peer, protocol, errors } = serving(() => throwing(new HttpException(401, 'who are you')))
    peer.write(upgrade(), masked(0x81, 'smuggled'))
    await peer.head()
    peer.write(masked(0x81, 'smuggled'), upgrade(), masked(0x81, 'smuggled'))
    await quiet()
    expect(protocol.received).toEqual([])
    expect(peer.text.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(errors).toEqual([])
  })

  it('answers a plain GET with 426, or with the status page where that is wanted', async () => {
    const plain = 'GET /<b> HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const off = serving(() => undefined)
    off.peer.write(plain)
    expect(await off.peer.head()).toMatch(/^HTTP\/1\.1 426 .*\r\n[\s\S]*Sec-WebSocket-Version: 13/)
    for (const server of ['Shop', undefined]) {
      const on = serving(() => undefined, { webStatus: true, server })
      on.peer.write(plain)
      expect(await on.peer.head()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(on.peer.text).toContain('<code>/&lt;b&gt;</code>')
      expect(on.peer.text.includes('Shop')).toBe(server !== undefined)
      on.peer.stream.end()
      expect((await on.protocol.closed).reason).toContain('status page')
    }
  })

  for (const [what, octets, status] of [
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 400],
    ['a bad request', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n', 400],
    ['a line that never ends', `GET /${'a'.repeat(20_000)}`, 431],
    ['more headers than allowed', upgrade('/', ...Array.from({ length: 120 }, (_, i) => `X-${i}: 1`)), 431],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      const { peer, errors } = serving(() => undefined)
      peer.write(octets)
      expect(await peer.head()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(errors).toEqual([])
    })
  }

  it('measures the head also where an HTTP server has read it', async () => {
    const request = upgrade('/chat', `Cookie: ${'a'.repeat(300)}`)
    const within = withHead(request, { maxHandshakeSize: request.length })
    expect(await within.peer.head()).toMatch(/^HTTP\/1\.1 101 /)
    const beyond = withHead(request, { maxHandshakeSize: request.length - 1 })
    expect(await beyond.peer.head()).toContain(`HTTP/1.1 431 more than ${request.length - 1} octets of header\r\n`)
  })

  it('counts the headers also where an HTTP server has read them', async () => {
    const { peer } = withHead(upgrade('/', 'X-A: 1', 'X-B: 1'), { maxHandshakeHeaders: 6 })
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 431 more than 6 headers\r\n/)
  })
})

describe('a server whose client is slow, or goes', () => {
  it('gives the handshake its time, however slowly octets trickle', async () => {
    const { peer, protocol, link, factory } = serving(() => undefined)
    const request = upgrade()
    for (let second = 0; second < 5; second++) {
      peer.write(request.slice(second, second + 1))
      await quiet()
      link.clock.advance(999)
    }
    expect(protocol.closeInfo).toBeUndefined()
    link.clock.advance(5)
    expect(await protocol.closed).toMatchObject({ by: 'self', reason: 'opening handshake not finished within 5 s' })
    expect(factory.connectionCount).toBe(0)
    expect(link.clock.pending).toBe(0)
  })

  it('gives onConnect the same time, and hears nothing of what comes later', async () => {
    const go = promised<ConnectionAccept>()
    const { peer, protocol, link, factory } = serving(() => go.promise)
    peer.write(upgrade())
    await quiet()
    link.clock.advance(5001)
    expect((await protocol.closed).reason).toContain('not finished within 5 s')
    go.resolve({ data: 'late' })
    await quiet()
    expect({ text: peer.text, data: protocol.data, isOpen: protocol.isOpen, connections: factory.connections.size }).toEqual({
      text: '',
      data: undefined,
      isOpen: false,
      connections: 0,
    })
  })

  for (const [how, leave] of [
    ['ends', (peer: RawPeer) => peer.stream.end()],
    ['resets', (peer: RawPeer) => peer.stream.destroy(true)],
  ] as const) {
    it(`throws nothing when the client ${how} while onConnect thinks, however that ends`, async () => {
      for (const outcome of [undefined, 'a', new HttpException(403, 'no'), new Error('too late')]) {
        const go = promised()
        const { peer, protocol, errors, factory } = serving(async () => {
          await go.promise
          if (outcome instanceof Error) throw outcome
          return outcome
        })
        peer.write(upgrade('/', 'Sec-WebSocket-Protocol: a'))
        await quiet()
        leave(peer)
        expect(await protocol.closed).toMatchObject({ code: 1006, by: 'network' })
        go.resolve()
        await quiet()
        expect(protocol.calls).toEqual(['onClose'])
        expect(errors.map(({ message }) => message)).toEqual(
          outcome instanceof HttpException || !(outcome instanceof Error) ? [] : ['too late'],
        )
        expect([factory.connectionCount, factory.connections.size]).toEqual([0, 0])
      }
    })
  }

  it('lets onConnect drop the connection itself', async () => {
    const { peer, protocol } = serving((_, self) => self.dropConnection())
    peer.write(upgrade())
    expect(await protocol.closed).toMatchObject({ by: 'self', reason: 'dropped by this side' })
    await quiet()
    expect(peer.text).toBe('')
  })

  it('reports a client that ends without sending anything', async () => {
    const { peer, protocol } = serving(() => undefined)
    peer.stream.end()
    expect((await protocol.closed).reason).toBe('the peer ended the transport during the opening handshake')
  })
})

describe('extensions', () => {
  it('are negotiated in the order of the client, and transform messages one after the other', async () => {
    const link = new MemoryLink()
    const closed: string[] = []
    const extensions = [prefixing('x-one', 4, closed), prefixing('x-two', 2, closed)]
    const factory = new WebSocketServerFactory(undefined, { protocol: Echo, extensions: extensions.toReversed() })
    const clients = new WebSocketClientFactory('ws://localhost', { protocol: Greeting, extensions })
    const [client, server] = link.join(clients, factory)
    await client.opened
    await until(() => (client as Greeting).received.length === 1)
    expect((client as Greeting).received).toEqual(['hello'])
    for (const end of [client, server]) expect(end.extensions.map(({ name }) => name)).toEqual(['x-one', 'x-two'])
    client.sendClose()
    await Promise.all([client.closed, server.closed])
    expect(closed.sort()).toEqual(['x-one', 'x-one', 'x-two', 'x-two'])
  })

  it('look on the wire as they were applied: the first is nearest to the application', async () => {
    const { peer } = serving((_, self) => void self.opened.then(() => self.sendMessage('hello')), {
      extensions: [prefixing('x-one', 4, []), prefixing('x-two', 2, [])],
    })
    await peer.open('/', 'Sec-WebSocket-Extensions: x-one, x-two')
    expect(await peer.head()).toMatch(/^Sec-WebSocket-Extensions: x-one, x-two$/m)
    await peer.frame('text rsv6 x-two;x-one;hello')
  })

  it('are left out where their claims collide, and closed', async () => {
    const closed: string[] = []
    const { peer, protocol } = serving(() => undefined, { extensions: [prefixing('x-one', 4, closed), prefixing('x-two', 4, closed)] })
    await peer.open('/', 'Sec-WebSocket-Extensions: x-one, x-two')
    expect(await peer.head()).toMatch(/Sec-WebSocket-Extensions: x-one$/m)
    expect(protocol.extensions.map(({ name }) => name)).toEqual(['x-one'])
    expect(closed).toEqual(['x-two'])
  })

  it('that throw are left out, and the application is told', async () => {
    const broken: Extension = { name: 'x-broken', accept: () => throwing(new Error('broken extension')) }
    const { peer, errors } = serving(() => undefined, { extensions: [broken] })
    await peer.open('/', 'Sec-WebSocket-Extensions: x-broken')
    expect(peer.text).toMatch(/^HTTP\/1\.1 101 /)
    expect(peer.text).not.toContain('x-broken')
    expect(errors).toMatchObject([{ message: 'broken extension' }])
  })

  it('are closed where the response cannot be made after all', async () => {
    const closed: string[] = []
    const { peer } = serving(() => ({ headers: { 'X-A': 'a\r\nb' } }), { extensions: [prefixing('x-one', 4, closed)] })
    await peer.open('/', 'Sec-WebSocket-Extensions: x-one')
    expect(peer.text).toMatch(/^HTTP\/1\.1 500 /)
    expect(closed).toEqual(['x-one'])
  })
})

type Decide = (request: ConnectionRequest, self: Deciding) => Awaitable<ConnectionAccept>

class Deciding extends WebSocketServerProtocol {
  readonly received: string[] = []
  readonly calls: string[] = []
  readonly #decide: Decide

  constructor(decide: Decide) {
    super()
    this.#decide = decide
  }

  override onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
    return this.#decide(request, this)
  }

  override onOpen(): void {
    this.calls.push('onOpen')
  }

  override onMessage(payload: Uint8Array): void {
    this.received.push(Buffer.from(payload).toString())
  }

  override onClose(): void {
    this.calls.push('onClose')
  }
}

class DecidingFactory extends WebSocketServerFactory {
  readonly errors: Error[] = []
  readonly #decide: Decide

  constructor(decide: Decide, options: ServerFactoryOptions) {
    super(undefined, options)
    this.#decide = decide
  }

  override buildProtocol(): Deciding {
    return new Deciding(this.#decide)
  }

  override onError(error: Error): void {
    this.errors.push(error)
  }
}

interface Serving {
  readonly link: MemoryLink
  readonly factory: DecidingFactory
  readonly peer: RawPeer
  readonly protocol: Deciding
  readonly errors: readonly Error[]
}

function serving(decide: Decide, options: ServerFactoryOptions = {}): Serving {
  const link = new MemoryLink()
  const factory = new DecidingFactory(decide, options)
  const [peer, protocol] = link.serve(factory)
  return { link, factory, peer, protocol: protocol as Deciding, errors: factory.errors }
}

/** As `attachWS` does it. */
function withHead(
  request: string,
  options: ServerFactoryOptions = {},
  decide: Decide = () => undefined,
): { readonly peer: RawPeer; readonly protocol: Deciding } {
  const link = new MemoryLink()
  const [peer, protocol] = link.serve(new DecidingFactory(decide, options), parseRequestHead(request))
  return { peer, protocol: protocol as Deciding }
}

class Echo extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.sendMessage(payload, isBinary)
  }
}

class Greeting extends WebSocketClientProtocol {
  readonly received: string[] = []

  override onOpen(): void {
    this.sendMessage('hello')
  }

  override onMessage(payload: Uint8Array): void {
    this.received.push(Buffer.from(payload).toString())
  }
}

/** Writes its name before each message. */
function prefixing(name: string, bit: number, closed: string[]): Extension {
  const instance = (): ExtensionInstance => ({
    reservedBits: bit,
    opcodes: [],
    encoder: () => adding(name, bit),
    decoder: ({ reserved }) => ((reserved & bit) === 0 ? undefined : removing(name)),
    close: () => void closed.push(name),
  })
  return {
    name,
    offer: () => [new Map()],
    accept: () => ({ parameters: new Map(), instance: instance() }),
    confirm: instance,
  }
}

function adding(name: string, reserved: number): MessageTransform {
  let isFirst = true
  return {
    reserved,
    write(octets, emit): void {
      emit(Buffer.concat([isFirst ? Buffer.from(`${name};`) : noOctets, octets]))
      isFirst = false
    },
    end: () => undefined,
  }
}

function removing(name: string): MessageTransform {
  const pieces: Uint8Array[] = []
  return {
    reserved: 0,
    write: octets => void pieces.push(Uint8Array.from(octets)),
    end(emit): void {
      const whole = Buffer.concat(pieces)
      expect(whole.toString().startsWith(`${name};`)).toBe(true)
      emit(Uint8Array.from(whole.subarray(name.length + 1)))
    },
  }
}

function throwing(error: unknown): never {
  throw error
}
