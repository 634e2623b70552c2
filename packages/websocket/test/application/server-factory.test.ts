import { describe, expect, it } from 'vitest'
import { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { checkServerFactory, type ServerFactoryOptions, WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { memoryPair } from '../../src/bytes/memory-pair.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { serverOptions } from '../../src/protocol/options/options.ts'
import { raisesNothingUnhandled } from '../conversation/talk.ts'
import { MemoryLink, quiet, RawPeer, transport, upgrade } from './memory-link.ts'

raisesNothingUnhandled()

class Plain extends WebSocketServerProtocol {}

class Factory extends WebSocketServerFactory {
  readonly errors: Error[] = []

  constructor(url?: string, options: ServerFactoryOptions = {}) {
    super(url, { protocol: Plain, ...options })
  }

  override onError(error: Error): void {
    this.errors.push(error)
  }
}

describe('checkServerFactory', () => {
  it('refuses settings that would fail with every connection', () => {
    const check = (factory: unknown): void => checkServerFactory(factory as WebSocketServerFactory)
    const wrongClass = (protocol: unknown): WebSocketServerFactory =>
      new WebSocketServerFactory(undefined, { protocol } as ServerFactoryOptions)
    const derived = "a server factory's protocol must be a class that extends WebSocketServerProtocol"
    expect(() => check({})).toThrow('a server needs a WebSocketServerFactory')
    expect(() => check(new WebSocketServerFactory())).toThrow('the factory has no protocol class')
    expect(() => check(wrongClass(new Plain()))).toThrow(derived)
    expect(() => check(wrongClass(() => new Plain()))).toThrow(derived)
    expect(() => check(wrongClass(class extends WebSocketClientProtocol {}))).toThrow(derived)
    expect(() => check(new Factory())).not.toThrow()
  })

  it('leaves a buildProtocol of the application alone', () => {
    class Own extends WebSocketServerFactory {
      override buildProtocol(): WebSocketServerProtocol {
        return new Plain()
      }
    }
    expect(() => checkServerFactory(new Own())).not.toThrow()
  })
})

describe('the option build of a server', () => {
  it('makes the protocol of each connection, in place of a class', async () => {
    class Stored extends WebSocketServerProtocol {
      readonly store: Map<string, string>

      constructor(store: Map<string, string>) {
        super()
        this.store = store
      }
    }
    const store = new Map([['a', '1']])
    const factory = new WebSocketServerFactory(undefined, { build: () => new Stored(store) })
    expect(() => checkServerFactory(factory)).not.toThrow()
    const link = new MemoryLink()
    const peers = [link.serve(factory)[0], link.serve(factory)[0]]
    await Promise.all(peers.map(peer => peer.open()))
    expect([...factory.connections].map(one => one.store)).toEqual([store, store])
    expect(factory.connections.size).toBe(2)
  })

  it('excludes a class, and must be a function', () => {
    const both = { protocol: Plain, build: () => new Plain() }
    expect(() => new WebSocketServerFactory(undefined, both)).toThrow('the options protocol and build exclude each other')
    expect(() => new WebSocketServerFactory(undefined, { build: new Plain() as never })).toThrow('option build must be a function')
  })

  it('is reported where it makes no protocol', () => {
    const factory = new Factory(undefined, { protocol: undefined as never, build: () => undefined as never })
    const [one] = memoryPair(new MemoryLink().clock)
    expect(factory.acceptStream(one, transport, new MemoryLink().runtime)).toBeUndefined()
    expect(factory.errors.map(({ message }) => message)).toEqual(['buildProtocol must return a WebSocketServerProtocol, not undefined'])
  })
})

describe('the URL of a server', () => {
  it('says where to listen', () => {
    const factory = new WebSocketServerFactory('wss://example.test:9001/path')
    expect(factory).toMatchObject({ url: 'wss://example.test:9001/path', host: 'example.test', port: 9001, isSecure: true })
    expect(factory.socketPath).toBeUndefined()
    expect(new WebSocketServerFactory('ws+unix:/run/app.sock').socketPath).toBe('/run/app.sock')
    expect(new WebSocketServerFactory('ws://localhost:0').port).toBe(0)
  })

  it('may be missing, or be among the options', () => {
    expect(new WebSocketServerFactory()).toMatchObject({ url: undefined, host: undefined, port: undefined, isSecure: false })
    expect(new WebSocketServerFactory(undefined, { url: 'ws://localhost:9000' }).port).toBe(9000)
    expect(new WebSocketServerFactory('ws://localhost:9001', { url: 'ws://localhost:9000' }).port).toBe(9001)
  })

  for (const url of ['http://localhost', 'ws://localhost/?query', 'nonsense']) {
    it(`is refused where it is none: ${url}`, () => {
      expect(() => new WebSocketServerFactory(url)).toThrow(ApiMisuse)
    })
  }
})

describe('setSessionParameters', () => {
  it('leaves what is not given, and sets to nothing what is undefined', async () => {
    const factory = new Factory('ws://localhost:9000', { protocols: ['a'], headers: { 'X-A': '1' } })
    factory.setSessionParameters({ server: 'Shop' })
    expect(await accepted(factory)).toMatch(/Server: Shop\r\n[\s\S]*X-A: 1\r\n/)
    factory.setSessionParameters({ server: undefined, headers: [] })
    expect(await accepted(factory)).not.toMatch(/Server|X-A/)
    factory.setSessionParameters({ url: undefined })
    expect({ url: factory.url, port: factory.port, protocols: factory.protocols }).toEqual({
      url: undefined,
      port: undefined,
      protocols: ['a'],
    })
    factory.setSessionParameters({ protocols: undefined, headers: undefined } as object)
    expect(await accepted(factory)).toMatch(/^HTTP\/1\.1 101 /)
  })

  for (const [what, parameters] of [
    ['an unknown name', { nonsense: 1 }],
    ['an inherited name', { constructor: 1 }],
    ['a line break in the server', { server: 'a\r\nb' }],
    ['headers that the handshake sets', { headers: { Upgrade: 'x' } }],
    ['headers that the handshake sets, in a map', { headers: new Map([['sec-websocket-accept', 'x']]) }],
    ['a line break in a header', { headers: { 'X-A': 'a\r\nb' } }],
    ['a URL with a query', { url: 'ws://localhost/?a' }],
    ['a URL that is not a string', { url: 9000 as unknown as string }],
    ['subprotocols in a string', { protocols: 'chat' as unknown as string[] }],
    ['a port that is none', { externalPort: 70_000 }],
    ['a port in a string', { externalPort: '80' as unknown as number }],
  ] as const) {
    it(`refuses ${what}, and changes nothing`, () => {
      const factory = new Factory('ws://localhost:9000', { protocols: ['a'] })
      expect(() => factory.setSessionParameters({ protocols: ['b'], ...parameters })).toThrow(ApiMisuse)
      expect([factory.url, factory.protocols]).toEqual(['ws://localhost:9000', ['a']])
    })
  }

  it('wants the port in Host that clients know', async () => {
    const factory = new Factory(undefined, { externalPort: 8080 })
    expect(await accepted(factory)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe('protocol options', () => {
  it('can be set for new connections, and set back to the defaults', () => {
    const factory = new Factory(undefined, { autoPingInterval: 1 })
    factory.setProtocolOptions({ maxConnections: 2 })
    expect(factory.options).toMatchObject({ autoPingInterval: 1, maxConnections: 2 })
    factory.resetProtocolOptions()
    expect(factory.options).toEqual(defaultsOf(serverOptions))
  })

  it('are refused by name where there is no such option, or its value is none', () => {
    expect(() => new Factory(undefined, { nonsense: 1 } as object)).toThrow('there is no option nonsense')
    const factory = new Factory()
    expect(() => factory.setProtocolOptions({ maxConnections: -1 })).toThrow('option maxConnections must be')
    expect(() => factory.setProtocolOptions({ constructor: 1 } as object)).toThrow(ApiMisuse)
  })
})

describe('requireMaskedClientFrames', () => {
  for (const [requireMaskedClientFrames, outcome] of [
    [true, 'close 1002 unmasked client frame'],
    [false, 'close 1000'],
  ] as const) {
    it(`decides about unmasked frames of a client: ${requireMaskedClientFrames}`, async () => {
      const [peer] = new MemoryLink().serve(new Factory(undefined, { requireMaskedClientFrames }))
      await peer.open()
      peer.write([0x88, 2, 3, 232])
      await peer.frame(outcome)
    })
  }
})

describe('buildProtocol', () => {
  it('makes an instance of the class, which can be replaced', () => {
    class Other extends WebSocketServerProtocol {}
    const factory = new Factory()
    expect(factory.buildProtocol(transport)).toBeInstanceOf(Plain)
    factory.protocol = Other
    expect(factory.buildProtocol(transport)).toBeInstanceOf(Other)
  })

  it('is misuse without a class', () => {
    expect(() => new WebSocketServerFactory().buildProtocol(transport)).toThrow('the factory has no protocol class')
  })
})

describe('acceptStream', () => {
  it('counts connections from the first moment, and lists them while they are open', async () => {
    const factory = new Factory()
    const [peer, protocol] = new MemoryLink().serve(factory)
    expect({
      connectionCount: factory.connectionCount,
      connections: factory.connections.size,
      allConnections: [...factory.allConnections],
    }).toEqual({ connectionCount: 1, connections: 0, allConnections: [protocol] })
    await peer.open()
    expect([...factory.connections]).toEqual([protocol])
    expect(protocol.factory).toBe(factory)
    protocol.dropConnection()
    await protocol.closed
    expect({
      connectionCount: factory.connectionCount,
      connections: factory.connections.size,
      allConnections: factory.allConnections.size,
    }).toEqual({ connectionCount: 0, connections: 0, allConnections: 0 })
  })

  for (const [what, build] of [
    ['throws', () => throwing(new Error('no protocol'))],
    ['throws something else than an error', () => throwing('no protocol')],
    ['returns something else than a protocol', () => ({}) as Plain],
  ] as [string, () => Plain][]) {
    it(`drops the transport and tells of it when buildProtocol ${what}`, async () => {
      const link = new MemoryLink()
      const factory = new Factory()
      factory.buildProtocol = build
      const [one, other] = memoryPair(link.clock)
      const peer = new RawPeer(one)
      peer.write(upgrade())
      expect(factory.acceptStream(other, transport, link.runtime)).toBeUndefined()
      await quiet()
      expect({ isClosed: peer.isClosed, text: peer.text, connectionCount: factory.connectionCount }).toEqual({
        isClosed: true,
        text: '',
        connectionCount: 0,
      })
      expect(factory.errors).toMatchObject([{ message: expect.stringMatching('protocol|Protocol') }])
    })
  }

  it('answers 503 above the limit of connections, those in the handshake included, and takes more when there is room', async () => {
    const link = new MemoryLink()
    const factory = new Factory(undefined, { maxConnections: 2 })
    const [first, protocol] = link.serve(factory)
    await first.open()
    link.serve(factory)
    const [third, refused] = link.serve(factory)
    await third.open()
    expect(third.text).toMatch(/^HTTP\/1\.1 503 this server has reached its limit of 2 connections\r\n/)
    expect(factory.connectionCount).toBe(2)
    third.stream.end()
    await refused.closed
    protocol.dropConnection()
    await protocol.closed
    const [fourth] = link.serve(factory)
    await fourth.open()
    expect(fourth.text).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('drops further connections without an answer, and makes no protocols for them', async () => {
    const link = new MemoryLink()
    const factory = new Factory(undefined, { maxConnections: 1 })
    let made = 0
    const build = factory.buildProtocol
    factory.buildProtocol = details => {
      made++
      return build.call(factory, details)
    }
    const peers = Array.from({ length: 300 }, () => link.serve(factory)[0])
    await quiet()
    expect(made).toBe(101)
    expect(peers.filter(peer => peer.text.startsWith('HTTP/1.1 503'))).toHaveLength(100)
    expect(peers.filter(peer => peer.isClosed && peer.text === '')).toHaveLength(199)
    for (const peer of peers.slice(1)) peer.stream.end()
    await quiet()
    expect(link.serve(factory)[1]).toBeInstanceOf(Plain)
    expect(factory.errors).toEqual([])
  })

  it('has no limit when maxConnections is 0', async () => {
    const factory = new Factory(undefined, { maxConnections: 0 })
    expect(await accepted(factory)).toMatch(/^HTTP\/1\.1 101 /)
  })
})

describe('broadcast', () => {
  it('is sent to all open connections, or to those in the option to', async () => {
    const link = new MemoryLink()
    const factory = new Factory()
    const [one, first] = link.serve(factory)
    const [other] = link.serve(factory)
    link.serve(factory)
    await Promise.all([one.open(), other.open()])
    expect(factory.broadcast('all')).toEqual({ sent: 2, skipped: 0, skippedMembers: [] })
    expect(factory.broadcast(factory.prepareMessage(Uint8Array.of(1)), { to: [first] })).toEqual({
      sent: 1,
      skipped: 0,
      skippedMembers: [],
    })
    expect(factory.broadcast(Uint8Array.of(1, 2), { to: [] })).toEqual({ sent: 0, skipped: 0, skippedMembers: [] })
    await Promise.all([one.frame('binary 1'), other.frame('text all')])
    expect([one.frames, other.frames]).toEqual([['text all', 'binary 1'], ['text all']])
  })

  it('skips connections that are in the middle of a message', async () => {
    const link = new MemoryLink()
    const factory = new Factory()
    const [one, busy] = link.serve(factory)
    const [other] = link.serve(factory)
    await Promise.all([one.open(), other.open()])
    busy.beginMessage(true)
    expect(factory.broadcast('news')).toEqual({ sent: 1, skipped: 1, skippedMembers: [busy] })
    busy.endMessage()
    expect(factory.broadcast('more news')).toEqual({ sent: 2, skipped: 0, skippedMembers: [] })
    await Promise.all([one.frame('text more news'), other.frame('text more news')])
    expect(one.frames).toEqual(['binary 0', 'text more news'])
  })

  it('queues the message for slow readers, and skips connections that are closing', async () => {
    const link = new MemoryLink()
    const factory = new Factory()
    const [slow, choked] = link.serve(factory)
    const [going, closing] = link.serve(factory)
    await Promise.all([slow.open(), going.open()])
    slow.stream.pause()
    choked.sendMessage(new Uint8Array(100_000))
    closing.sendClose()
    await quiet()
    expect(factory.broadcast('news', { slow: 'skip' })).toEqual({ sent: 0, skipped: 2, skippedMembers: [choked, closing] })
    expect(factory.broadcast('news')).toEqual({ sent: 1, skipped: 1, skippedMembers: [closing] })
    slow.stream.resume()
    await slow.frame('text news')
    expect(slow.frames).toEqual(['binary 100000', 'text news'])
  })
})

async function accepted(factory: WebSocketServerFactory): Promise<string> {
  const [peer] = new MemoryLink().serve(factory)
  await peer.open()
  return peer.text
}

function throwing(error: unknown): never {
  throw error
}
