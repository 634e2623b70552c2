import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ConnectionRequest,
  connect,
  connectWS,
  type HandshakeFailed,
  HttpException,
  type Listener,
  onDiagnostics,
  permessageDeflate,
  type ServeOptions,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
} from '@autobahn-ts/websocket'
import { afterEach, describe, expect, it } from 'vitest'
import { certificates } from '../../packages/websocket/test/fixtures/certificates.ts'
import { type Changes, ProxyProcess, settings } from './proxy-process.ts'

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

const proxies: Record<string, (app: Listener, changes?: Changes) => Promise<ProxyProcess>> = {
  nginx: (app, changes) => started(ProxyProcess.nginx(settings('nginx'), { '127.0.0.1:9000': `127.0.0.1:${app.port}`, ...changes })),
  HAProxy: (app, changes) => started(ProxyProcess.haproxy(settings('haproxy'), { '127.0.0.1:9000': `127.0.0.1:${app.port}`, ...changes })),
}

/** The settings by which each drops a connection that says nothing for a second. */
const impatient: Record<string, Changes> = {
  nginx: { 'proxy_read_timeout 60s': 'proxy_read_timeout 1s' },
  HAProxy: { 'timeout tunnel 60s': 'timeout tunnel 1s' },
}

for (const [name, front] of Object.entries(proxies)) {
  describe(name, () => {
    it('passes messages on, large and compressed ones, and the close code', async () => {
      const { app } = await serving({ extensions: [permessageDeflate()] })
      const { port } = await front(app)
      const ws = await connect(`ws://127.0.0.1:${port}`, { extensions: [permessageDeflate()] })
      expect(ws.protocol.extensions).toHaveLength(1)
      await ws.send('hello')
      expect(await ws.receive()).toBe('hello')
      const large = new Uint8Array(3 * 1024 * 1024).map((_, i) => i * 7)
      await ws.send(large)
      expect(Buffer.compare(large, (await ws.receive()) as Uint8Array)).toBe(0)
      await app.close({ code: 4001, reason: 'moved' })
      expect(await ws.closed).toMatchObject({ code: 4001, reason: 'moved', wasClean: true, by: 'peer' })
    })

    it('names the client to a server that trusts it, whatever the client claims to be', async () => {
      const { app, requests } = await serving()
      const { port } = await front(app)
      const headers = { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.10' }
      await connect(`ws://127.0.0.1:${port}`, { localAddress: '127.0.0.77', headers })
      expect(requests.map(({ peer }) => peer.address)).toEqual(['127.0.0.77'])
    })

    it('is itself the client to a server that does not trust it, and brings no pages of public names there', async () => {
      const { app, requests } = await serving({ trustedProxies: [] })
      const { port } = await front(app)
      await connect(`ws://127.0.0.1:${port}`, { localAddress: '127.0.0.77' })
      expect(requests.map(({ peer }) => peer.address)).toEqual(['127.0.0.1'])
      const asPage = connecting(`ws://127.0.0.1:${port}`, 'http://app.example:8080', 'app.example:8080')
      expect(await asPage).toMatchObject({ isOpen: false, status: 403 })
    })

    it('lets pages of the same origin in, under a public name and a port, and no others', async () => {
      const { app, requests } = await serving()
      const { port } = await front(app)
      const asPage = (origin: string, Host: string): Promise<object> => connecting(`ws://127.0.0.1:${port}`, origin, Host)
      expect(await asPage('http://app.example:8080', 'app.example:8080')).toMatchObject({ isOpen: true })
      expect(requests.map(({ host }) => host)).toEqual(['app.example'])
      expect(await asPage('http://other.example', 'app.example:8080')).toMatchObject({ isOpen: false, status: 403 })
    })

    it('keeps a silent connection that is pinged, and drops one that is not', async () => {
      const pinging = await serving({ autoPingInterval: 0.3 })
      const silent = await serving({ autoPingInterval: 0 })
      const [kept, dropped] = [await front(pinging.app, impatient[name]), await front(silent.app, impatient[name])]
      const clients = [await connect(`ws://127.0.0.1:${kept.port}`, quiet), await connect(`ws://127.0.0.1:${dropped.port}`, quiet)]
      expect(await clients[1]!.closed).toMatchObject({ code: 1006, wasClean: false, by: 'network' })
      // by now it has been silent as long as the other, but for pings
      await clients[0]!.send('still here')
      expect(await clients[0]!.receive()).toBe('still here')
    })

    it('passes refusals on, with their headers', async () => {
      const { app } = await serving()
      const { port } = await front(app)
      await expect(connect(`ws://127.0.0.1:${port}/refused`)).rejects.toMatchObject({ status: 401 })
      const response = await fetch(`http://127.0.0.1:${port}/`)
      expect(response.status).toBe(426)
      expect(response.headers.get('sec-websocket-version')).toBe('13')
    })

    it('answers for a server that is gone', async () => {
      const { app } = await serving()
      const { port } = await front(app)
      await app.close()
      await expect(connect(`ws://127.0.0.1:${port}`)).rejects.toMatchObject({ status: name === 'nginx' ? 502 : 503 })
    })

    it('moves new connections to another server by a reload, and keeps those that are open', async () => {
      const [old, next] = [await serving(), await serving()]
      const proxy = await front(old.app)
      const url = `ws://127.0.0.1:${proxy.port}`
      const before = await connect(url)
      await proxy.reload({ [`127.0.0.1:${old.app.port}`]: `127.0.0.1:${next.app.port}` })
      while (next.requests.length === 0) {
        // a connection in the moment of the change may be lost
        await connect(url).then(
          ws => ws.close(),
          () => undefined,
        )
      }
      await before.send('still here')
      expect(await before.receive()).toBe('still here')
      await old.app.close({ code: 1012, reason: 'moved' })
      expect(await before.closed).toMatchObject({ code: 1012, reason: 'moved', wasClean: true })
    })

    it('ends TLS', async () => {
      const { app, requests } = await serving({ allowedOrigins: ['https://app.example:8443'] })
      const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-proxy-'))
      endings.push(() => rmSync(folder, { recursive: true }))
      const { ca, server } = certificates()
      const [pem, key] = [join(folder, 'app.pem'), join(folder, 'app.key')]
      writeFileSync(pem, name === 'nginx' ? server.cert : server.cert + server.key)
      writeFileSync(key, server.key)
      const map = /map [\s\S]*?\n}\n/.exec(settings('nginx'))![0]
      const { port } =
        name === 'nginx'
          ? await started(
              ProxyProcess.nginx(map + settings('nginx-tls'), {
                '127.0.0.1:9000': `127.0.0.1:${app.port}`,
                '/etc/ssl/app.pem': pem,
                '/etc/ssl/app.key': key,
              }),
            )
          : await front(app, { 'bind :8080': `bind 127.0.0.1:PORT ssl crt ${pem}` })
      const asPage = (origin: string): Promise<object> => connecting(`wss://localhost:${port}`, origin, 'app.example:8443', ca)
      expect(await asPage('https://app.example:8443')).toMatchObject({ isOpen: true })
      expect(await asPage('http://app.example:8443')).toMatchObject({ isOpen: false, status: 403 })
      expect(requests.map(({ transport: { isSecure } }) => isSecure)).toEqual([false])
    })

    it('reaches a server at a Unix socket, which believes the one proxy', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'autobahn-ts-proxy-'))
      endings.push(() => rmSync(folder, { recursive: true }))
      const path = join(folder, 'app.sock')
      const { requests } = await serving({ path, trustedProxies: [], trustXForwardedFor: 1 }, {})
      const upstream = /upstream [\s\S]*?\n}\n/.exec(settings('nginx'))![0]
      const { port } =
        name === 'nginx'
          ? await started(ProxyProcess.nginx(settings('nginx').replace(upstream, settings('nginx-unix')), { '/run/app.sock': path }))
          : await started(ProxyProcess.haproxy(settings('haproxy'), { '127.0.0.1:9000': `unix@${path}` }))
      await connect(`ws://127.0.0.1:${port}`, { localAddress: '127.0.0.77', headers: { 'X-Forwarded-For': '203.0.113.9' } })
      expect(requests.map(({ peer }) => peer.address)).toEqual(['127.0.0.77'])
    })
  })
}

describe('the PROXY protocol', () => {
  it('is refused with 400', async () => {
    const { app } = await serving()
    const statuses: (number | undefined)[] = []
    endings.push(onDiagnostics('refused', ({ isServer, status }) => isServer && statuses.push(status)))
    // the check has to stay a plain request, or HAProxy would take the server out
    const { port } = await started(
      ProxyProcess.haproxy(settings('haproxy'), { '127.0.0.1:9000 check': `127.0.0.1:${app.port} send-proxy` }),
    )
    await expect(connect(`ws://127.0.0.1:${port}`)).rejects.toThrow()
    expect(statuses).toContain(400)
  })
})

async function serving(
  options: ServeOptions = {},
  place: ServeOptions = { host: '127.0.0.1', port: 0 },
): Promise<{ app: Listener; requests: ConnectionRequest[] }> {
  const requests: ConnectionRequest[] = []
  const app = await serve(
    {
      trustedProxies: ['127.0.0.1'],
      ...options,
      ...place,
      onConnect(request) {
        if (request.path === '/refused') throw new HttpException(401, 'no session')
        requests.push(request)
      },
    },
    async ws => {
      for await (const message of ws) await ws.send(message)
    },
  )
  endings.push(() => app.close({ timeout: 0 }))
  return { app, requests }
}

async function started(starting: Promise<ProxyProcess>): Promise<ProxyProcess> {
  const proxy = await starting
  endings.push(() => proxy.end())
  return proxy
}

/** Connects as a page of an origin does, under a name that leads to the proxy. */
async function connecting(url: string, origin: string, Host: string, ca?: string): Promise<object> {
  class Page extends WebSocketClientProtocol {
    override onConnecting(): object {
      return { host: Host }
    }
  }
  const factory = new WebSocketClientFactory(url, { protocol: Page, origin })
  try {
    const protocol = await connectWS(factory, ca === undefined ? {} : { tls: { ca } })
    protocol.sendClose(1000)
    await protocol.closed
    return { isOpen: true }
  } catch (error) {
    return { isOpen: false, status: (error as HandshakeFailed).status }
  }
}

/** Options of a client that sends nothing by itself. */
const quiet = { autoPingInterval: 0 }
