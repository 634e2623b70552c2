import { once } from 'node:events'
import * as net from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect, connectWS, type Listener, serve, WebSocketClientFactory, WebSocketClientProtocol } from '../../../src/index.ts'
import { FakeClock } from '../../../src/testing/fake-clock.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { TestProxies } from '../../fixtures/proxies.ts'
import { until } from '../../fixtures/until.ts'

const proxies = new TestProxies()
const listeners: Listener[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  proxies.endAll()
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

describe('connecting through an HTTP proxy', () => {
  for (const isSecure of [false, true]) {
    for (const proxyTls of [false, true]) {
      it(`leads ${isSecure ? 'wss' : 'ws'} through ${proxyTls ? 'https' : 'http'}, with credentials`, async () => {
        const { url, requests } = await served(isSecure)
        const proxy = await proxies.http({ credentials: 'alice:p@ss', ...(proxyTls && { tls: certificates().server }) })
        const ws = await connect(url, {
          proxy: { url: proxy.url('alice:p%40ss'), tls: { ca: certificates().ca } },
          tls: { ca: certificates().ca },
        })
        await ws.send('hello')
        expect(await ws.receive()).toBe('hello')
        await ws.send(new Uint8Array(300_000))
        expect(await ws.receive()).toHaveLength(300_000)
        await ws.close()
        expect(proxy.asked).toHaveLength(1)
        expect(requests[0]).not.toContain('Proxy')
        expect(requests[0]).not.toContain(Buffer.from('alice:p@ss').toString('base64'))
      })
    }
  }

  it("is for the class style too, and checks the server's certificate as without a proxy", async () => {
    class Client extends WebSocketClientProtocol {}
    const { url } = await served(true)
    const proxy = await proxies.http()
    const client = await connectWS(new WebSocketClientFactory(url, { protocol: Client }), {
      proxy: proxy.url(),
      tls: { ca: certificates().ca },
    })
    expect(client.transport).toMatchObject({ isSecure: true, peer: { port: proxy.port } })
    client.sendClose()
    await client.closed
    await expect(connect(url, { proxy: proxy.url() })).rejects.toMatchObject({ name: 'HandshakeFailed' })
    await expect(
      connect(url.replace('localhost', 'server.example.test'), { proxy: proxy.url(), tls: { ca: certificates().ca } }).then(ws =>
        ws.close(),
      ),
    ).resolves.toMatchObject({ code: 1000 })
    expect(proxy.asked.at(-1)).toContain('CONNECT server.example.test:')
  })

  it('checks the certificate of an https proxy', async () => {
    const proxy = await proxies.http({ tls: certificates().stranger })
    await expect(connect('ws://localhost:1', { proxy: { url: proxy.url('a:s3cret') } })).rejects.toMatchObject({
      name: 'HandshakeFailed',
      message: expect.stringContaining(`cannot connect to localhost:1 through the proxy https://127.0.0.1:${proxy.port}: `) as string,
    })
    expect(proxy.asked).toEqual([])
    await expect(connect('ws://localhost:1', { proxy: { url: proxy.url(), tls: { minVersion: 'odd' as never } } })).rejects.toThrow(
      'the option tls of the proxy cannot be used',
    )
  })

  it('sends the headers of the option to the proxy alone', async () => {
    const { url, requests } = await served(false)
    const proxy = await proxies.http()
    const ws = await connect(url, {
      proxy: { url: proxy.url(), headers: { 'Proxy-Authorization': 'Bearer t0ken' } },
      headers: { 'X-App': '1' },
    })
    await ws.close()
    expect(proxy.asked[0]).toContain('Proxy-Authorization: Bearer t0ken')
    expect(proxy.asked[0]).not.toContain('X-App')
    expect(requests[0]).not.toContain('t0ken')
  })

  it("has the status and headers of a refusal, and says that it is the proxy's", async () => {
    const proxy = await proxies.http({ credentials: 'alice:right' })
    const error = await connect('ws://localhost:1', { proxy: proxy.url('alice:s3cret') }).catch((error: unknown) => error)
    expect(error).toMatchObject({
      name: 'HandshakeFailed',
      status: 407,
      message: `cannot connect to localhost:1 through the proxy http://127.0.0.1:${proxy.port}: it answered 407 "Who are you"`,
      cause: { name: 'ProxyRefused' },
    })
    expect((error as { headers: Map<string, string> }).headers.get('Proxy-Authenticate')).toBe('Basic realm="test"')
  })

  it('says which of the two cannot be reached', async () => {
    const proxy = await proxies.http()
    const free = await freePort()
    await expect(connect(`ws://127.0.0.1:${free}`, { proxy: proxy.url() })).rejects.toMatchObject({ status: 502 })
    await expect(connect('ws://a.example', { proxy: `http://127.0.0.1:${free}` })).rejects.toMatchObject({
      message: `cannot connect to a.example:80 through the proxy http://127.0.0.1:${free}: ECONNREFUSED`,
      cause: { code: 'ECONNREFUSED' },
    })
  })
})

describe('connecting through a SOCKS5 proxy', () => {
  for (const isSecure of [false, true]) {
    it(`leads ${isSecure ? 'wss' : 'ws'}, with and without credentials`, async () => {
      const { url } = await served(isSecure)
      for (const credentials of [undefined, 'alice:p@ss']) {
        const proxy = await proxies.socks(credentials === undefined ? {} : { credentials })
        const ws = await connect(url, { proxy: proxy.url(credentials?.replace('p@', 'p%40')), tls: { ca: certificates().ca } })
        await ws.send('hello')
        expect(await ws.receive()).toBe('hello')
        await ws.close()
        expect(proxy.asked).toEqual([`localhost ${new URL(url).port}`])
      }
    })
  }

  it('rejects with what the proxy answers', async () => {
    const proxy = await proxies.socks({ credentials: 'alice:right' })
    await expect(connect('ws://127.0.0.1:1', { proxy: proxy.url('alice:s3cret') })).rejects.toMatchObject({
      name: 'HandshakeFailed',
      status: undefined,
      message: `cannot connect to 127.0.0.1:1 through the proxy socks5://127.0.0.1:${proxy.port}: it refused the user name and the password`,
    })
    await expect(connect('ws://127.0.0.1:1', { proxy: proxy.url('alice:right') })).rejects.toThrow(
      'it answered 5: the server refused the connection',
    )
  })
})

describe('the proxy of the environment', () => {
  it('is used only where it was asked for, and not for exceptions', async () => {
    const { url } = await served(false)
    const proxy = await proxies.http()
    for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'])
      for (const each of [name, name.toUpperCase()]) vi.stubEnv(each, '')
    vi.stubEnv('HTTP_PROXY', proxy.url())
    const count = async (option: 'env' | false | undefined): Promise<number> => {
      const ws = await connect(url, option === undefined ? {} : { proxy: option })
      await ws.close()
      return proxy.asked.length
    }
    expect([await count(undefined), await count(false), await count('env')]).toEqual([0, 0, 1])
    vi.stubEnv('NO_PROXY', 'other, localhost')
    expect(await count('env')).toBe(1)
  })
})

describe('the option proxy', () => {
  it("excludes a socket, and a Unix socket but for the environment's", async () => {
    const socket = new net.Socket()
    await expect(connect('ws://localhost', { proxy: 'http://proxy', socket })).rejects.toThrow(
      'the options proxy and socket exclude each other',
    )
    expect(socket.destroyed).toBe(true)
    await expect(connect('ws+unix:/tmp/x.sock', { proxy: 'http://proxy' })).rejects.toMatchObject({ name: 'ApiMisuse' })
    await expect(connect('ws+unix:/tmp/none.sock', { proxy: 'env' })).rejects.toMatchObject({
      name: 'HandshakeFailed',
      cause: { code: 'ENOENT' },
    })
  })

  it('is checked, and its URL is never shown', async () => {
    for (const proxy of ['s3cret', 'ftp://s3cret', { url: 'http://s3cret/path' }, { url: 'http://a:s3cret@b', header: {} }, 5, true]) {
      const error = await connect('ws://localhost', { proxy: proxy as never }).catch((error: unknown) => error)
      expect(error).toMatchObject({ name: 'ApiMisuse' })
      expect(inspect(error)).not.toContain('s3cret')
    }
  })
})

describe('the bounds of connecting through a proxy', () => {
  for (const scheme of ['http', 'https', 'socks5']) {
    it(`end the wait for a silent ${scheme} proxy by timeout and by signal`, async () => {
      const proxy = await proxies.raw(scheme, socket => void socket.resume())
      const clock = new FakeClock()
      const late = connect('ws://localhost:1', { proxy: proxy.url('a:s3cret'), timeout: 7, clock })
      void late.catch(() => undefined)
      await until(() => proxy.sockets.size === 1)
      clock.advance(7000)
      await expect(late).rejects.toThrow(`through the proxy ${scheme}://127.0.0.1:${proxy.port}: no connection within 7 s`)
      const abort = new AbortController()
      const stopped = connect('ws://localhost:1', { proxy: proxy.url(), signal: abort.signal })
      void stopped.catch(() => undefined)
      await until(() => proxy.sockets.size === 2)
      abort.abort(new Error('enough'))
      await expect(stopped).rejects.toThrow('enough')
      await until(() => [...proxy.sockets].every(socket => socket.destroyed || socket.readableEnded))
    })
  }

  it('leave the rest of the time for TLS to the server', async () => {
    const proxy = await proxies.http({ answer: 'HTTP/1.1 200 OK\r\n\r\n' })
    const clock = new FakeClock()
    const late = connect('wss://localhost:1', { proxy: proxy.url(), timeout: 7, clock })
    void late.catch(() => undefined)
    await until(() => proxy.asked.length === 1 && clock.pending === 1 && isTlsBegun(proxy.sockets))
    clock.advance(7000)
    await expect(late).rejects.toThrow('cannot connect to localhost:1: no connection within 7 s')
  })

  it('do not begin where the signal was aborted before', async () => {
    const proxy = await proxies.http()
    await expect(connect('ws://localhost', { proxy: proxy.url(), signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
    expect(proxy.sockets.size).toBe(0)
  })
})

/** Whether a client hello has come behind the request. */
function isTlsBegun(sockets: Iterable<net.Socket>): boolean {
  return [...sockets].some(socket => socket.bytesRead > 200)
}

async function served(isSecure: boolean): Promise<{ readonly url: string; readonly requests: string[] }> {
  const requests: string[] = []
  const listener = await serve({ host: 'localhost', port: 0, ...(isSecure && { tls: certificates().server }) }, async (ws, request) => {
    requests.push([...request.headers].map(line => line.join(': ')).join('\n'))
    for await (const message of ws) await ws.send(message)
  })
  listeners.push(listener)
  return { url: listener.url, requests }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
