import { describe, expect, it } from 'vitest'
import { type ClientFactoryOptions, WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { WebSocketClientProtocol } from '../../src/application/protocol.ts'
import type { Awaitable } from '../../src/bytes/awaitable.ts'
import type { ConnectingRequest, ConnectionResponse } from '../../src/handshake/connection-request.ts'
import type { Extension, ExtensionInstance } from '../../src/protocol/extending/extension.ts'
import { HandshakeFailed } from '../../src/protocol/faults/errors.ts'
import { MemoryLink, quiet } from '../application/memory-link.ts'
import { promised, raisesNothingUnhandled } from '../conversation/talk.ts'
import { until } from '../fixtures/until.ts'

raisesNothingUnhandled()

describe('a client that connects', () => {
  it('asks as RFC 6455 §4.1 wants it, and is open with the answer', async () => {
    const { peer, protocol } = connecting({})
    const head = await peer.head()
    expect(head).toMatch(/^GET \/path\?a HTTP\/1\.1\r\nUser-Agent: Autobahn-TS\r\nHost: localhost:9000\r\nUpgrade: websocket\r\n/)
    expect(head).toMatch(/\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\nSec-WebSocket-Version: 13$/)
    expect(protocol.isOpen).toBe(false)
    await peer.accept()
    await protocol.opened
    expect(protocol.calls).toEqual(['onConnecting', 'onConnect', 'onOpen'])
  })

  it('takes the answer octet by octet, and frames behind it', async () => {
    const { peer, protocol } = connecting({})
    const response = await peer.acceptance()
    for (const letter of response) peer.write(letter)
    peer.write([0x81, 1, 0x61])
    await until(() => protocol.received.length === 1)
    expect(protocol.received).toEqual(['a'])
  })

  for (const [how, wrap] of [
    ['at once', (changes: Partial<ConnectingRequest>) => changes],
    ['later', (changes: Partial<ConnectingRequest>) => quiet().then(() => changes)],
  ] as [string, (changes: Partial<ConnectingRequest>) => Awaitable<Partial<ConnectingRequest>>][]) {
    it(`may change everything that it asks for, ${how}`, async () => {
      const changes = {
        host: 'other.example:81',
        resource: '/other',
        headers: { 'X-A': '1' },
        origin: 'http://page.example',
        protocols: ['b'],
        useragent: 'Other/1',
      }
      const { peer, protocol } = connecting({ onConnecting: () => wrap(changes) }, { protocols: ['a'] })
      const head = await peer.head()
      for (const line of ['GET /other HTTP/1.1', 'Host: other.example:81', 'X-A: 1', 'Origin: http://page.example', 'User-Agent: Other/1'])
        expect(head.split('\r\n')).toContain(line)
      await peer.accept('Sec-WebSocket-Protocol: b')
      await protocol.opened
      expect(protocol.subprotocol).toBe('b')
    })
  }

  it('keeps what onConnecting does not change, and asks with it again for the next connection', async () => {
    const link = new MemoryLink()
    let calls = 0
    const factory = factoryOf(
      { onConnecting: () => (calls++ === 0 ? { origin: 'http://once.example' } : undefined) },
      { headers: { 'X-A': '1' } },
    )
    const [first] = link.connect(factory)
    const [second] = link.connect(factory)
    expect(await first.head()).toContain('X-A: 1\r\n')
    expect(await first.head()).toContain('Origin: http://once.example\r\n')
    expect(await second.head()).toContain('X-A: 1\r\n')
    expect(await second.head()).not.toContain('Origin')
  })

  it('shows the response to onConnect, and keeps it', async () => {
    const seen: ConnectionResponse[] = []
    const { peer, protocol } = connecting({ onConnect: response => void seen.push(response) }, { protocols: ['a', 'b'] })
    await peer.accept('Sec-WebSocket-Protocol: b', 'X-Server: s')
    await protocol.opened
    expect(seen).toMatchObject([{ protocol: 'b', version: 13, extensions: [], peer: { address: '192.0.2.1' } }])
    expect(seen[0]?.headers.get('x-server')).toBe('s')
    expect(protocol.response).toBe(seen[0])
  })

  it('lets frames behind the response wait for onConnect', async () => {
    const go = promised()
    const { peer, protocol } = connecting({ onConnect: () => go.promise })
    const response = await peer.acceptance()
    peer.write(response, [0x81, 1, 0x61])
    await quiet()
    peer.write([0x81, 1, 0x62])
    await quiet()
    expect([protocol.received, protocol.isOpen]).toEqual([[], false])
    go.resolve()
    await until(() => protocol.received.length === 2)
    expect(protocol.received).toEqual(['a', 'b'])
  })

  it('passes over a few interim responses', async () => {
    const { peer, protocol } = connecting({})
    const response = await peer.acceptance()
    peer.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', response)
    await protocol.opened
  })

  it('tracks the times of the request and of the response', async () => {
    const { peer, protocol, link } = connecting({}, { trackTimings: true })
    await peer.head()
    link.clock.advance(7)
    await peer.accept()
    await protocol.opened
    expect(protocol.timings?.diff('onConnecting', 'onConnect')).toBe(7)
  })
})

describe('a client whose application fails', () => {
  for (const [how, fail] of [
    ['throws', () => throwing(new Error('no token'))],
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['throws something else than an error', () => throwing('no token')],
    ['rejects with something else than an error', () => Promise.reject('no token')],
  ] as [string, () => Promise<void>][]) {
    it(`asks nothing when onConnecting ${how}`, async () => {
      const { peer, protocol, errors } = connecting({ onConnecting: fail })
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', message: 'onConnecting threw: no token' })
      await until(() => peer.isClosed)
      expect(peer.text).toBe('')
      expect(errors.map(({ message }) => message)).toEqual(['no token'])
    })

    it(`gives up when onConnect ${how}`, async () => {
      const { peer, protocol, errors } = connecting({ onConnect: fail })
      await peer.accept()
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', message: 'onConnect threw: no token' })
      expect(await protocol.closed).toMatchObject({ code: 1006, by: 'self', cause: { name: 'HandshakeFailed' } })
      expect(protocol.calls).toEqual(['onConnecting', 'onConnect', 'onClose'])
      expect(errors.map(({ message }) => message)).toEqual(['no token'])
    })
  }

  for (const how of ['throws', 'rejects with']) {
    it(`gives up without a report when onConnect ${how} HandshakeFailed`, async () => {
      const why = new HandshakeFailed('not the server that was wanted')
      const { peer, protocol, errors } = connecting({ onConnect: () => (how === 'throws' ? throwing(why) : Promise.reject(why)) })
      await peer.accept()
      await expect(protocol.opened).rejects.toBe(why)
      expect(await protocol.closed).toMatchObject({ code: 1006, by: 'self', reason: 'not the server that was wanted', cause: why })
      expect(errors).toEqual([])
    })
  }

  for (const [what, changes] of [
    ['a line break in a header', { headers: { 'X-A': 'a\r\nX-Evil: 1' } }],
    ['a line break in the resource', { resource: '/ HTTP/1.1\r\nX-Evil: 1' }],
    ['a line break in the host', { host: 'a\r\nX-Evil: 1' }],
    ['a line break in the origin', { origin: 'http://a\r\nX-Evil: 1' }],
    ['a NUL in the user agent', { useragent: 'a\0X-Evil' }],
    ['a character beyond Latin-1', { headers: { 'X-A': '\u010dX-Evil' } }],
    ['a subprotocol that is not a token', { protocols: ['X Evil'] }],
    ['a header that the handshake sets', { headers: { Host: 'evil' } }],
  ] as [string, Partial<ConnectingRequest>][]) {
    it(`sends nothing when onConnecting returns ${what}`, async () => {
      const { peer, protocol } = connecting({ onConnecting: () => changes })
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', cause: { name: 'ApiMisuse' } })
      await until(() => peer.isClosed)
      expect(peer.text).toBe('')
    })
  }

  it('sends nothing when an extension cannot make its offer', async () => {
    const broken: Extension = { name: 'x-broken', offer: () => throwing('broken offer') }
    const { peer, protocol } = connecting({}, { extensions: [broken] })
    await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', message: 'broken offer' })
    await until(() => peer.isClosed)
    expect(peer.text).toBe('')
  })
})

describe('a client whose server refuses or misbehaves', () => {
  for (const status of [301, 302, 307, 308]) {
    it(`does not follow a redirect with ${status}`, async () => {
      const { peer, protocol, errors } = connecting({}, { headers: { Authorization: 'secret' } })
      await peer.head()
      peer.write(`HTTP/1.1 ${status} Elsewhere\r\nLocation: ws://evil.example/\r\nContent-Length: 0\r\n\r\n`)
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', status })
      expect((await protocol.closed).reason).toMatch(/redirect to .*ws:\/\/evil\.example\/.* is not followed/)
      expect(errors).toEqual([])
    })
  }

  for (const [what, octets, body] of [
    ['of known length', 'Content-Length: 4\r\n\r\nwhy?', 'why?'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n2\r\nwh\r\n2\r\ny?\r\n0\r\n\r\n', 'why?'],
    ['that is empty', 'Content-Length: 0\r\n\r\n', ''],
  ] as const) {
    it(`gives the status, the headers and the body ${what} of a refusal`, async () => {
      const { peer, protocol } = connecting({})
      await peer.head()
      for (const octet of `HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n${octets}`) peer.write(octet)
      const error = await protocol.opened.catch((why: unknown) => why)
      expect(error).toMatchObject({ name: 'HandshakeFailed', status: 429, body })
      expect((error as HandshakeFailed).headers?.get('retry-after')).toBe('7')
    })
  }

  it('gives the body up to the end of the transport where no length is told', async () => {
    const { peer, protocol } = connecting({})
    await peer.head()
    peer.write('HTTP/1.1 403 Forbidden\r\n\r\nwhy')
    peer.stream.end()
    await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', status: 403, body: 'why' })
  })

  it('gives the refusal also where the opening deadline comes within its body', async () => {
    const { peer, protocol, link } = connecting({}, { failLingerTimeout: 10, openHandshakeTimeout: 2 })
    await peer.head()
    peer.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nwhy')
    await quiet()
    link.clock.advance(2000)
    await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', status: 403, body: 'why' })
  })

  it('keeps 16 KiB of a body and no more', async () => {
    const { peer, protocol } = connecting({})
    await peer.head()
    peer.write(`HTTP/1.1 403 Forbidden\r\n\r\n${'x'.repeat(20_000)}`)
    const error = await protocol.opened.catch((why: unknown) => why)
    expect((error as HandshakeFailed).body).toHaveLength(16 * 1024)
  })

  it('waits no longer than failLingerTimeout for a body that never ends', async () => {
    const { peer, protocol, link } = connecting({})
    await peer.head()
    peer.write('HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n', 'ffff\r\nxxxxx')
    await quiet()
    link.clock.advance(1000)
    await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', status: 401, body: 'xxxxx' })
    await until(() => peer.isClosed)
  })

  for (const [what, response, message] of [
    [
      'an accept value that is not ours',
      'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      /Sec-WebSocket-Accept .* is not/,
    ],
    ['no accept value', 'HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', /without Sec-WebSocket-Accept/],
    ['no HTTP', '220 mail.example ESMTP\r\n\r\n', /./],
    ['headers without end', `HTTP/1.1 101 S\r\nX: ${'x'.repeat(17_000)}`, /16384/],
    ['endless interim responses', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100), /more than 3 interim responses/],
  ] as const) {
    it(`gives up on ${what}`, async () => {
      const { peer, protocol, errors } = connecting({})
      await peer.head()
      peer.write(response)
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', message: expect.stringMatching(message) })
      await until(() => peer.isClosed)
      expect(protocol.calls).toEqual(['onConnecting', 'onClose'])
      expect(errors).toEqual([])
    })
  }

  it('gives up on a server that speaks first, whatever it says', async () => {
    for (const said of ['HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: a\r\n\r\n', '\0\0\r\n\r\n']) {
      const go = promised()
      const { peer, protocol } = connecting({ onConnecting: () => go.promise })
      peer.write(said, [0x81, 1, 0x61])
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed' })
      go.resolve()
      await quiet()
      expect(peer.text).toBe('')
      expect(protocol.calls).toEqual(['onConnecting', 'onClose'])
    }
  })

  for (const [what, header, message] of [
    ['an extension that was not offered', 'Sec-WebSocket-Extensions: x-other', /was not offered/],
    ['an extension twice', 'Sec-WebSocket-Extensions: x-one, x-one', /answered twice/],
    ['parameters that the extension refuses', 'Sec-WebSocket-Extensions: x-one; bad', /refuses the server's answer/],
    ['a subprotocol that was not offered', 'Sec-WebSocket-Protocol: a', /was not offered/],
  ] as const) {
    it(`gives up on ${what}`, async () => {
      const closed: string[] = []
      const { peer, protocol } = connecting({}, { extensions: [extension('x-one', closed)] })
      await peer.accept(header)
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed', message: expect.stringMatching(message) })
      expect(protocol.calls).not.toContain('onOpen')
      expect(closed).toEqual(message.source.includes('twice') ? ['x-one'] : [])
    })
  }

  it('opens with an extension that was confirmed, and closes it at the end', async () => {
    const closed: string[] = []
    const { peer, protocol } = connecting({}, { extensions: [extension('x-one', closed)] })
    expect(await peer.head()).toContain('Sec-WebSocket-Extensions: x-one\r\n')
    await peer.accept('Sec-WebSocket-Extensions: x-one')
    await protocol.opened
    expect(protocol.extensions.map(({ name }) => name)).toEqual(['x-one'])
    protocol.dropConnection()
    await protocol.closed
    expect(closed).toEqual(['x-one'])
  })
})

describe('a client whose server is slow, or goes', () => {
  it('gives the handshake its time, however slowly the answer trickles', async () => {
    const { peer, protocol, link } = connecting({})
    const response = await peer.acceptance()
    for (let second = 0; second < 5; second++) {
      peer.write(response.slice(second, second + 1))
      await quiet()
      link.clock.advance(999)
    }
    expect(protocol.closeInfo).toBeUndefined()
    link.clock.advance(5)
    await expect(protocol.opened).rejects.toMatchObject({ message: 'opening handshake not finished within 5 s' })
    await protocol.closed
    expect(link.clock.pending).toBe(0)
  })

  for (const [hook, late] of [
    ['onConnecting', { origin: 'http://late' }],
    ['onConnect', undefined],
  ] as const) {
    it(`gives ${hook} the same time, and hears nothing of what comes later`, async () => {
      const go = promised()
      const { peer, protocol, link } = connecting({ [hook]: () => go.promise.then(() => late) })
      if (hook === 'onConnect') await peer.accept()
      await quiet()
      link.clock.advance(5001)
      await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed' })
      go.resolve()
      await quiet()
      expect(protocol.calls).not.toContain('onOpen')
      if (hook === 'onConnecting') expect(protocol.trafficStats.outgoingOctetsWireLevel).toBe(0)
    })

    for (const how of ['ends', 'resets'] as const) {
      it(`throws nothing when the server ${how} while ${hook} thinks`, async () => {
        const go = promised()
        const { peer, protocol, errors } = connecting({ [hook]: () => go.promise.then(() => throwing(new Error('late'))) })
        if (hook === 'onConnect') await peer.accept()
        await quiet()
        if (how === 'ends') peer.stream.end()
        else peer.stream.destroy(true)
        await expect(protocol.opened).rejects.toBeInstanceOf(Error)
        expect(await protocol.closed).toMatchObject({ code: 1006, wasClean: false })
        go.resolve()
        await quiet()
        expect(protocol.calls.at(-1)).toBe('onClose')
        expect(errors.map(({ message }) => message)).toEqual(['late'])
      })
    }
  }

  it('makes no extension work for a connection that is gone', async () => {
    const go = promised()
    let confirmed = 0
    const counting: Extension = {
      ...extension('x-one', []),
      confirm: () => {
        confirmed++
        return { reservedBits: 0, opcodes: [], close: () => undefined }
      },
    }
    const { peer, protocol } = connecting({ onConnect: () => go.promise }, { extensions: [counting] })
    await peer.accept('Sec-WebSocket-Extensions: x-one')
    await quiet()
    protocol.dropConnection()
    await protocol.closed
    go.resolve()
    await quiet()
    expect(confirmed).toBe(0)
  })

  it('reports a server that ends without an answer', async () => {
    const { peer, protocol } = connecting({})
    await peer.head()
    peer.stream.end()
    await expect(protocol.opened).rejects.toMatchObject({ name: 'HandshakeFailed' })
    expect((await protocol.closed).reason).toBe('the peer ended the transport during the opening handshake')
  })
})

interface Decisions {
  readonly onConnecting?: () => Awaitable<Partial<ConnectingRequest> | void>
  readonly onConnect?: (response: ConnectionResponse) => Awaitable<void>
}

class Deciding extends WebSocketClientProtocol {
  readonly calls: string[] = []
  readonly received: string[] = []
  readonly #decisions: Decisions

  constructor(decisions: Decisions) {
    super()
    this.#decisions = decisions
  }

  override onConnecting(): Awaitable<Partial<ConnectingRequest> | void> {
    this.calls.push('onConnecting')
    return this.#decisions.onConnecting?.()
  }

  override onConnect(response: ConnectionResponse): Awaitable<void> {
    this.calls.push('onConnect')
    return this.#decisions.onConnect?.(response)
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

class DecidingFactory extends WebSocketClientFactory {
  readonly errors: Error[] = []
  readonly #decisions: Decisions

  constructor(decisions: Decisions, options: ClientFactoryOptions) {
    super('ws://localhost:9000/path?a', options)
    this.#decisions = decisions
  }

  override buildProtocol(): Deciding {
    return new Deciding(this.#decisions)
  }

  override onError(error: Error): void {
    this.errors.push(error)
  }
}

function factoryOf(decisions: Decisions, options: ClientFactoryOptions = {}): DecidingFactory {
  return new DecidingFactory(decisions, options)
}

function connecting(decisions: Decisions, options: ClientFactoryOptions = {}) {
  const link = new MemoryLink()
  const factory = factoryOf(decisions, options)
  const [peer, protocol] = link.connect(factory)
  return { link, peer, protocol: protocol as Deciding, errors: factory.errors }
}

function extension(name: string, closed: string[]): Extension {
  const instance: ExtensionInstance = { reservedBits: 2, opcodes: [], close: () => void closed.push(name) }
  return {
    name,
    offer: () => [new Map()],
    confirm: parameters => {
      if (parameters.size > 0) throw new Error('unwanted parameters')
      return instance
    },
  }
}

function throwing(error: unknown): never {
  throw error
}
