import { describe, expect, it } from 'vitest'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { connectToRawPeer, listenInMemory } from '../../src/testing/in-memory.ts'
import { Echo, listeningTo } from '../fixtures/echo.ts'

describe('a raw peer in the place of a client', () => {
  it('does the handshake, and reads frames', () => {
    const { peer, server } = served()
    peer.request('/chat?a=1', 'Cookie: id=7')
    expect(peer.head).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n$/)
    expect(server.request?.cookies.get('id')).toBe('7')
    peer.writeFrame({ payload: 'one' })
    peer.writeFrame({ payload: [1, 2] })
    expect(peer.frames.map(String)).toEqual(['text one', 'binary 2 octets'])
    expect(peer.frames[0]).toMatchObject({ text: 'one', isMasked: false })
  })

  it('may write the handshake by itself, octet by octet', () => {
    const { peer } = served()
    const request = 'GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    for (const octet of Buffer.from(request)) peer.write([octet])
    expect({ head: peer.head, frames: peer.frames }).toEqual({ head: '', frames: [] })
    peer.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    expect(peer.head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('breaks rules, and hears why', () => {
    const { peer, server, clock } = served()
    peer.request()
    peer.write([0x81, 0x01, 0x78])
    expect(peer.frames.map(String)).toEqual(['close 1002 unmasked client frame'])
    expect(peer.hasEnded).toBe(true)
    peer.end()
    clock.flush()
    expect(server.closeInfo).toMatchObject({ code: 1006, by: 'self', cause: { name: 'PeerMisbehaved' } })
  })

  it('is slow: what is sent to it stays unsent', () => {
    const { peer, server } = served()
    peer.request()
    peer.pause()
    server.sendMessage(new Uint8Array(100_000))
    expect(server.isWritable).toBe(false)
    expect(peer.frames).toEqual([])
    peer.resume()
    expect(server.bufferedAmount).toBe(0)
    expect(peer.frames.map(String)).toEqual(['binary 100000 octets'])
  })

  it('ends its side, and still reads the answer', () => {
    const { peer, server } = served()
    peer.request()
    peer.writeFrame({ payload: 'last' })
    peer.end()
    expect(peer.frames.map(String)).toEqual(['text last'])
    expect(peer.hasEnded).toBe(true)
    expect(server.closeInfo).toMatchObject({ code: 1006, by: 'network' })
  })

  it('resets the transport', () => {
    const { peer, server, clock } = served()
    peer.request()
    peer.reset()
    clock.flush()
    expect(server.closeInfo).toMatchObject({ code: 1006, cause: { message: 'connection reset by peer' } })
    expect(peer.isClosed).toBe(true)
  })

  it('knows that it was reset', () => {
    const { peer, server, clock } = served()
    peer.request()
    server.dropConnection({ abort: true })
    clock.flush()
    expect({ isClosed: peer.isClosed, message: peer.error?.message }).toEqual({ isClosed: true, message: 'connection reset by peer' })
  })
})

describe('a raw peer in the place of a server', () => {
  it('accepts a request', async () => {
    const { client, peer, clock } = connectToRawPeer(listeningTo('ws://test/chat'))
    expect(peer.head).toMatch(/^GET \/chat HTTP\/1\.1\r\n/)
    peer.accept('X-Served-By: a test')
    expect(client.response?.headers.get('x-served-by')).toBe('a test')
    peer.writeFrame({ payload: 'hello' })
    clock.flush()
    expect(await client.next()).toBe('hello')
    client.sendMessage('answer')
    clock.flush()
    expect(peer.frames.map(frame => ({ shown: String(frame), isMasked: frame.isMasked }))).toEqual([
      { shown: 'text answer', isMasked: true },
    ])
  })

  it('refuses a request', async () => {
    const { client, peer } = connectToRawPeer(listeningTo('ws://test/'))
    peer.write('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n')
    await expect(client.opened).rejects.toMatchObject({ status: 429 })
  })

  it('says so when there is no request yet', () => {
    const { peer } = connectToRawPeer('ws://test/', { latency: 10 })
    expect(() => peer.accept()).toThrow('no request has come')
  })
})

function served() {
  return listenInMemory(new WebSocketServerFactory(undefined, { protocol: Echo })).connectRaw()
}
