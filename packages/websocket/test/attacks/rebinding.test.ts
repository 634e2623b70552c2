import * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { attachWS, handleUpgrade, type Listener, listenWS, type ServerFactoryOptions, serve } from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { EchoFactory, upgradeRequest } from '../fixtures/echo.ts'
import { HttpServers } from '../fixtures/http-server.ts'

const servers = new HttpServers()
const listeners: Listener[] = []

afterEach(async () => {
  servers.end()
  await Promise.all(listeners.splice(0).map(listener => listener.close({ timeout: 0 })))
})

/** Every way in which a service can listen on loopback; each gives what a client connects to. */
const entrances: readonly (readonly [name: string, open: (options: ServerFactoryOptions) => Promise<() => net.Socket>])[] = [
  ['listenWS', async options => toPort(listening(await listenWS(new EchoFactory('ws://127.0.0.1:0', options))))],
  ['listenWS on all addresses', async options => toPort(listening(await listenWS(new EchoFactory(undefined, options), { port: 0 })))],
  [
    'listenWS with TLS',
    async options => {
      const { cert, key } = certificates().server
      return toTlsPort(listening(await listenWS(new EchoFactory(undefined, options), { host: '127.0.0.1', port: 0, tls: { cert, key } })))
    },
  ],
  [
    'serve',
    async options => toPort(listening(await serve({ host: '127.0.0.1', port: 0, ...withoutClass(options) }, async ws => ws.closed))),
  ],
  [
    'attachWS',
    async options => {
      const web = http.createServer()
      attachWS(new EchoFactory(undefined, options), web)
      return toPort(await servers.start(web))
    },
  ],
  [
    'attachWS on https',
    async options => {
      const { cert, key } = certificates().server
      const web = https.createServer({ cert, key })
      attachWS(new EchoFactory(undefined, options), web)
      return toTlsPort(await servers.start(web))
    },
  ],
  [
    'handleUpgrade',
    async options => {
      const factory = new EchoFactory(undefined, options)
      const web = http.createServer()
      web.on('upgrade', (request, socket, head) => handleUpgrade(factory, request, socket, head))
      return toPort(await servers.start(web))
    },
  ],
]

describe('a page whose own host name resolves to this machine', () => {
  for (const [name, open] of entrances) {
    it(`does not reach ${name}`, async () => {
      const connect = await open({})
      const scheme = name.includes('TLS') || name.includes('https') ? 'https' : 'http'
      expect(await answer(connect, 'evil.example', `${scheme}://evil.example`)).toMatch(/^HTTP\/1\.1 403 allowedHosts of the server/)
      expect(await answer(connect, 'localhost', `${scheme}://localhost`)).toMatch(/^HTTP\/1\.1 101 /)
    })

    it(`reaches ${name} where allowedHosts has the host, or a trusted proxy passes it on`, async () => {
      const scheme = name.includes('TLS') || name.includes('https') ? 'https' : 'http'
      for (const options of [{ allowedHosts: ['app.example'] }, { allowedHosts: '*' }, { trustedProxies: ['127.0.0.1'] }] as const) {
        expect(await answer(await open(options), 'app.example', `${scheme}://app.example`)).toMatch(/^HTTP\/1\.1 101 /)
      }
    })
  }

  it('is not asked about on a Unix socket, which no page reaches', async () => {
    const path = join(tmpdir(), `autobahn-ts-rebinding-${process.pid}.sock`)
    listening(await listenWS(new EchoFactory(), { path }))
    expect(await answer(() => net.connect(path), 'evil.example', 'http://evil.example')).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('is not asked about where there is no Origin', async () => {
    const connect = await entrances[0]![1]({})
    expect(await answer(connect, 'evil.example')).toMatch(/^HTTP\/1\.1 101 /)
  })
})

function withoutClass(options: ServerFactoryOptions): Omit<ServerFactoryOptions, 'protocol'> {
  const { protocol: _, ...others } = options
  return others
}

function listening(listener: Listener): number {
  listeners.push(listener)
  return listener.port ?? 0
}

function toPort(port: number): () => net.Socket {
  return () => net.connect(port, '127.0.0.1')
}

function toTlsPort(port: number): () => net.Socket {
  return () => tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
}

/** The head of the answer. */
function answer(connect: () => net.Socket, host: string, origin?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect()
    socket.on('error', reject)
    socket.once('data', octets => {
      resolve(octets.toString('latin1'))
      socket.destroy()
    })
    const request = upgradeRequest('/', origin === undefined ? [] : [`Origin: ${origin}`]).replace('Host: localhost', `Host: ${host}`)
    socket.write(request)
  })
}
