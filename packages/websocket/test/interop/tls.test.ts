import { once } from 'node:events'
import * as https from 'node:https'
import type { LookupFunction } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { connectWS, listenWS, WebSocketClientFactory, WebSocketServerFactory } from '../../src/index.ts'
import { certificates } from '../fixtures/certificates.ts'
import { portOf } from '../fixtures/socket-pair.ts'
import { until } from '../fixtures/until.ts'
import { pattern, RecordingClient, RecordingServer } from './recording.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean()
})

describe('TLS, with certificates that openssl made', () => {
  it('carries the client of ws to this server', async () => {
    const client = new WebSocket(await ourServer(), { ca: certificates().ca })
    await once(client, 'open')
    client.send(pattern(100_000))
    const [data] = (await once(client, 'message')) as [Buffer]
    expect(pattern(100_000).equals(data)).toBe(true)
    client.close(1000)
    expect((await once(client, 'close'))[0]).toBe(1000)
  })

  it('carries this client to the server of ws', async () => {
    const client = await connectWS<RecordingClient>(to(await theirServer()), { tls: { ca: certificates().ca } })
    client.sendMessage(pattern(100_000))
    await until(() => client.messages.length > 0)
    expect(pattern(100_000).equals(client.messages[0]!.payload)).toBe(true)
    client.sendClose(1000)
    expect(await client.closed).toMatchObject({ code: 1000, wasClean: true })
  })

  it('checks certificates without being asked', async () => {
    await expect(connectWS(to(await theirServer()))).rejects.toMatchObject({
      name: 'HandshakeFailed',
      cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    })
  })

  it('refuses a certificate that nobody trusted signed', async () => {
    const url = await theirServer(certificates().stranger)
    await expect(connectWS(to(url), { tls: { ca: certificates().ca } })).rejects.toMatchObject({
      name: 'HandshakeFailed',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    })
  })

  it('refuses a certificate for another name', async () => {
    const { port } = new URL(await theirServer())
    const options = { tls: { ca: certificates().ca, lookup: loopback } }
    await expect(connectWS(to(`wss://good.example.test:${port}`), options)).resolves.toBeInstanceOf(RecordingClient)
    await expect(connectWS(to(`wss://other.test:${port}`), options)).rejects.toMatchObject({
      name: 'HandshakeFailed',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    })
  })

  it('checks an address against the addresses of the certificate', async () => {
    const { port } = new URL(await theirServer())
    const options = { tls: { ca: certificates().ca } }
    await expect(connectWS(to(`wss://127.0.0.1:${port}`), options)).resolves.toBeInstanceOf(RecordingClient)
  })
})

async function ourServer(): Promise<string> {
  const factory = new WebSocketServerFactory('wss://localhost:0', { protocol: RecordingServer })
  const listener = await listenWS(factory, { tls: certificates().server })
  cleanups.push(() => listener.close({ timeout: 0 }))
  return listener.url
}

async function theirServer(pem = certificates().server): Promise<string> {
  const web = https.createServer({ ...pem })
  const server = new WebSocketServer({ server: web })
  server.on('connection', socket => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate()
    web.close()
  })
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  return `wss://localhost:${portOf(web)}`
}

function to(url: string): WebSocketClientFactory<RecordingClient> {
  return new WebSocketClientFactory(url, { protocol: RecordingClient })
}

/** Every name is this machine. */
const loopback: LookupFunction = (_, options, found) => {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}
