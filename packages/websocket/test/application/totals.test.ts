import { describe, expect, it, vi } from 'vitest'
import { WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { type ServerFactoryOptions, WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { type Awaitable, HttpException } from '../../src/portable.ts'
import { TrafficStats } from '../../src/protocol/life/traffic-stats.ts'
import { MemoryLink, masked, quiet, type RawPeer } from './memory-link.ts'

describe('the totals of a server factory', () => {
  it('are all zero at first', () => {
    const { factory } = serving()
    const traffic = new TrafficStats()
    expect(factory.totals).toEqual({ opening: 0, open: 0, opened: 0, refused: {}, failed: 0, dropped: 0, closed: {}, traffic })
  })

  it('count connections in the opening handshake, those that are open, and those that are gone by their close code', async () => {
    const { factory, link } = serving()
    const [opening] = link.serve(factory)
    const [open] = link.serve(factory)
    await open.open()
    await ended(link, factory, 1000)
    await ended(link, factory, 1000)
    await ended(link, factory, 4001)
    const [lost] = link.serve(factory)
    await lost.open()
    lost.stream.destroy(true)
    await quiet()
    expect(factory.totals).toMatchObject({ opening: 1, open: 1, opened: 5, refused: {}, failed: 0, closed: { 1000: 2, 1006: 1, 4001: 1 } })
    for (const peer of [opening, open]) peer.stream.destroy(true)
    await quiet()
    expect(factory.totals).toMatchObject({ opening: 0, open: 0, opened: 5, failed: 1, closed: { 1000: 2, 1006: 2, 4001: 1 } })
  })

  it('count refusals by status, whoever refuses', async () => {
    const { factory, link } = serving({ maxConnections: 1 })
    for (const path of ['/401', '/401', '/403']) await asking(link, factory, `GET ${path} HTTP/1.1`)
    await asking(link, factory, 'POST / HTTP/1.1')
    link.serve(factory)
    await asking(link, factory, 'GET / HTTP/1.1')
    expect(factory.totals.refused).toEqual({ 401: 2, 403: 1, 405: 1, 503: 1 })
    expect(factory.totals).toMatchObject({ opening: 1, opened: 0, closed: {} })
  })

  it('count as failed what ended without a response, and as dropped what was not heard', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { factory, link } = serving({ openHandshakeTimeout: 5 })
    link.serve(factory)
    link.clock.advance(5000)
    await quiet()
    vi.spyOn(factory, 'buildProtocol').mockImplementationOnce(() => {
      throw new Error('no')
    })
    link.serve(factory)
    printed.mockRestore()
    expect(factory.totals).toMatchObject({ opening: 0, failed: 1, dropped: 1 })
  })

  it('add up the traffic of connections that are open and that are gone', async () => {
    const { factory, link } = serving()
    const [open, server] = link.serve(factory)
    await open.open()
    open.write(masked(0x81, 'hello'))
    await open.frame('text hello')
    const afterOne = factory.totals.traffic
    expect(afterOne).toEqual(server.trafficStats)
    expect(afterOne).toMatchObject({ incomingWebSocketMessages: 1, incomingOctetsAppLevel: 5, outgoingOctetsAppLevel: 5 })
    open.stream.destroy(true)
    await quiet()
    const [other, second] = link.serve(factory)
    await other.open()
    other.write(masked(0x81, 'again'), masked(0x82, 'and again'))
    await other.frame('binary 9')
    expect(factory.totals.traffic).toMatchObject({ incomingWebSocketMessages: 3, incomingOctetsAppLevel: 19, outgoingWebSocketFrames: 3 })
    const wire = server.trafficStats.incomingOctetsWireLevel + second.trafficStats.incomingOctetsWireLevel
    expect(factory.totals.traffic.incomingOctetsWireLevel).toBe(wire)
    expect(afterOne.incomingWebSocketMessages).toBe(1)
  })

  it('never decrease, also where an application resets the counts of a connection', async () => {
    const { factory, link } = serving()
    const [peer, server] = link.serve(factory)
    await peer.open()
    for (const expected of [1, 2, 3]) {
      peer.write(masked(0x81, String(expected)))
      await peer.frame(`text ${expected}`)
      server.trafficStats.reset()
      expect(factory.totals.traffic.incomingWebSocketMessages).toBe(expected)
    }
    peer.stream.destroy(true)
    await quiet()
    expect(factory.totals.traffic.incomingWebSocketMessages).toBe(3)
  })

  it('are written as JSON', () => {
    const { factory } = serving()
    expect(JSON.parse(JSON.stringify(factory.totals))).toMatchObject({ opened: 0, closed: {}, traffic: { incomingWebSocketMessages: 0 } })
  })
})

class Echo extends WebSocketServerProtocol {
  override onConnect({ path }: { readonly path: string }): Awaitable<undefined> {
    const status = Number(path.slice(1))
    if (status > 0) throw new HttpException(status, 'no')
    return undefined
  }
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.sendMessage(payload, isBinary)
  }
}

function serving(options: ServerFactoryOptions = {}): { factory: WebSocketServerFactory; link: MemoryLink } {
  return { factory: new WebSocketServerFactory(undefined, { protocol: Echo, ...options }), link: new MemoryLink() }
}

/** Opens a connection that the client closes with a code. */
async function ended(link: MemoryLink, factory: WebSocketServerFactory, code: number): Promise<void> {
  const [peer] = link.serve(factory)
  await peer.open()
  peer.write(masked(0x88, Uint8Array.of(code >> 8, code & 255)))
  await peer.frame(`close ${code}`)
  await over(peer)
}

/** Sends a request that is refused. */
async function asking(link: MemoryLink, factory: WebSocketServerFactory, line: string): Promise<void> {
  const [peer] = link.serve(factory)
  const lines = [line, 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade']
  peer.write(`${[...lines, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'].join('\r\n')}\r\n\r\n`)
  await peer.head()
  await over(peer)
}

async function over(peer: RawPeer): Promise<void> {
  peer.stream.end()
  await quiet()
}
