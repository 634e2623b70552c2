import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { connect, HandshakeFailed } from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { TestProxies } from '../fixtures/proxies.ts'
import { until } from '../fixtures/until.ts'

const proxies = new TestProxies()
afterEach(() => proxies.endAll())

const ok = 'HTTP/1.1 200 OK\r\n\r\n'

describe('a hostile HTTP proxy', () => {
  for (const [what, answer] of [
    ['junk', '\x00\x01\x02junk\r\n\r\n'],
    ['TLS in place of an answer', '\x16\x03\x01\x02\x00'],
    ['a head of another protocol', 'RTSP/1.0 200 OK\r\n\r\n'],
    ['a status line without a status', 'HTTP/1.1\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nA: b\n\n\r\n\r\n'],
    ['a redirect', 'HTTP/1.1 307 Go\r\nLocation: http://evil.example/\r\n\r\n'],
    ['a redirect to a file', 'HTTP/1.1 302 Go\r\nLocation: file:///etc/passwd\r\n\r\n'],
    ['407 with demands of another kind', 'HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n'],
    ['frames behind its answer', `${ok}\x81\x05hello`],
    ["a server's answer behind its own", `${ok}HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n`],
    ['a body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
    ['interim answers without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000)],
    ['more header lines than anyone needs', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(100_000)}`],
  ] as const) {
    it(`is refused for ${what}, and its connection is closed`, async () => {
      const proxy = await proxies.http({ answer })
      for (const url of ['ws://server.example:1', 'wss://server.example:1'])
        await expect(connect(url, { proxy: proxy.url() })).rejects.toBeInstanceOf(HandshakeFailed)
      await until(() => [...proxy.sockets].every(socket => socket.destroyed))
      expect(proxy.asked).toHaveLength(2)
    })
  }

  for (const [what, beginning, more] of [
    ['a header line without end', 'HTTP/1.1 200 OK\r\nA: ', 'x'.repeat(10_000)],
    ['a reason without end', 'HTTP/1.1 200 ', 'x'.repeat(10_000)],
    ['a body of a refusal without end', 'HTTP/1.1 403 No\r\n\r\n', 'x'.repeat(10_000)],
  ] as const) {
    it(`is refused for ${what}, and read no further`, async () => {
      const proxy = await proxies.raw('http', socket => {
        socket.resume()
        socket.write(beginning)
        flood(socket, more)
      })
      await expect(connect('ws://server.example', { proxy: proxy.url() })).rejects.toBeInstanceOf(HandshakeFailed)
      await until(() => [...proxy.sockets].every(socket => socket.destroyed))
    })
  }

  it('is given up where it ends or resets at any place', async () => {
    for (const end of [
      (socket: Socket) => socket.end(),
      (socket: Socket) => socket.end('HTTP/1.1 200'),
      (socket: Socket) => socket.resetAndDestroy(),
    ]) {
      const proxy = await proxies.raw('http', socket => {
        socket.once('data', () => end(socket))
      })
      await expect(connect('ws://server.example', { proxy: proxy.url() })).rejects.toMatchObject({
        name: 'HandshakeFailed',
        message: expect.stringMatching(/through the proxy http:\/\/127\.0\.0\.1:\d+: (it ended the connection|ECONNRESET)$/) as string,
      })
    }
  })

  it('cannot stand in for a server of wss', async () => {
    const { cert, key } = certificates().stranger
    const proxy = await proxies.http({ answer: `${ok.slice(0, -2)}X: ${cert.slice(0, 20).trim()}${key.length}\r\n\r\n` })
    const attempt = connect('wss://localhost:1', { proxy: proxy.url(), timeout: 20 })
    await until(() => [...proxy.sockets].some(socket => socket.bytesRead > 200))
    for (const socket of proxy.sockets) socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    await expect(attempt).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: expect.stringContaining('cannot connect to localhost:1') as string,
    })
  })
})

describe('a hostile SOCKS5 proxy', () => {
  for (const [what, answers] of [
    ['HTTP', ['HTTP/1.1 400 Bad Request\r\n\r\n']],
    ['an older version', ['\x04\x5a\x00\x00\x00\x00\x00\x00']],
    ['a method that was not offered', ['\x05\x80']],
    ['octets behind the method', ['\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00']],
    ['an address of an unknown type', ['\x05\x00', '\x05\x00\x00\x09\x00\x00\x00\x00']],
    ['frames behind its reply', ['\x05\x00', '\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00\x81\x05hello']],
    ['a flood', ['\x05\x00', '\x05\x00\x00\x01'.padEnd(1_000_000, 'x')]],
    ['nothing but the end', ['\x05\x00', undefined]],
    ['half of a reply', ['\x05\x00', '\x05\x00\x00', undefined]],
  ] as [string, (string | undefined)[]][]) {
    it(`is refused for ${what}, and its connection is closed`, async () => {
      const proxy = await proxies.raw('socks5', socket => {
        const left = [...answers]
        socket.on('data', () => {
          const answer = left.shift()
          if (answer === undefined) return socket.end()
          socket.write(answer, 'latin1')
          if (left.length === 1 && left[0] === undefined) socket.end()
        })
      })
      await expect(connect('ws://server.example', { proxy: proxy.url() })).rejects.toMatchObject({
        name: 'HandshakeFailed',
        message: expect.stringContaining(`through the proxy socks5://127.0.0.1:${proxy.port}: it `) as string,
      })
      await until(() => [...proxy.sockets].every(socket => socket.destroyed))
    })
  }
})

describe('the password of a proxy', () => {
  it('is in no error, however it is printed, and in no property of one', async () => {
    const refusing = await proxies.http({ credentials: 'alice:right' })
    const odd = await proxies.http({ answer: 'odd\r\n\r\n' })
    const socks = await proxies.socks({ credentials: 'alice:right' })
    const gone = await proxies.http()
    gone.end()
    for (const url of [
      refusing.url('alice:s3cret'),
      odd.url('alice:s3cret'),
      socks.url('alice:s3cret'),
      `http://alice:s3cret@127.0.0.1:1`,
    ]) {
      for (const proxy of [url, { url }, new URL(url)]) {
        const error = await connect('ws://server.example', { proxy }).catch((error: unknown) => error)
        expect(error).toBeInstanceOf(HandshakeFailed)
        const encoded = Buffer.from('alice:s3cret').toString('base64')
        for (const text of [String(error), inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), (error as Error).stack])
          expect(text).not.toMatch(new RegExp(`s3cret|${encoded}`))
      }
    }
  })

  it('is not sent to a proxy that TLS has not recognized', async () => {
    const proxy = await proxies.http({ tls: certificates().stranger })
    await expect(connect('ws://server.example', { proxy: proxy.url('alice:s3cret') })).rejects.toBeInstanceOf(HandshakeFailed)
    expect(proxy.asked).toEqual([])
  })
})

/** Sends the text over and over, as fast as the peer reads. */
function flood(socket: Socket, text: string): void {
  const go = (): void => {
    while (!socket.destroyed && socket.write(text));
  }
  socket.on('drain', go)
  go()
}
