import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { transportOf } from '../../../src/node/sockets/transport-of.ts'
import { certificates } from '../../fixtures/certificates.ts'
import { tcpPair, temporarySocketPath, tlsPair, unixPair } from '../../fixtures/socket-pair.ts'

describe('transportOf', () => {
  it('tells addresses and ports of TCP', async () => {
    const [client, server] = await tcpPair()
    const atServer = transportOf(server)
    const atClient = transportOf(client)
    expect(atServer).toEqual({ peer: atClient.own, own: atClient.peer, isSecure: false })
    expect(atServer.peer).toEqual({ address: '127.0.0.1', port: client.localPort })
    drop(client, server)
  })

  it('gives IPv4 as IPv4 where the server listens on IPv6 too', async () => {
    const [client, server] = await tcpPair('::')
    const mapped = Object.create(server, { remoteAddress: { value: '::ffff:192.0.2.1' } }) as Socket
    expect(transportOf(mapped).peer.address).toBe('192.0.2.1')
    drop(client, server)
  })

  it('tells the paths of Unix sockets that it was told', async () => {
    const path = temporarySocketPath()
    const [client, server] = await unixPair(path)
    expect(transportOf(server, { own: path })).toEqual({
      peer: { address: '', port: undefined },
      own: { address: path, port: undefined },
      isSecure: false,
    })
    expect(transportOf(client, { peer: path }).peer.address).toBe(path)
    drop(client, server)
  })

  it('tells what TLS agreed on', async () => {
    const [client, server] = await tlsPair()
    const { isSecure, tls } = transportOf(server)
    expect(isSecure).toBe(true)
    expect(tls).toMatchObject({ protocol: 'TLSv1.3', serverName: 'localhost', isAuthorized: false, peerCertificateSubject: undefined })
    expect(tls?.cipher).toMatch(/^TLS_/)
    expect(transportOf(client).tls).toMatchObject({ isAuthorized: true, peerCertificateSubject: { CN: 'localhost' } })
    drop(client, server)
  })

  it("has the subject of a client's certificate", async () => {
    const { ca, client: alice } = certificates()
    const [client, server] = await tlsPair({ ca, requestCert: true }, alice)
    expect(transportOf(server).tls).toMatchObject({ isAuthorized: true, peerCertificateSubject: { CN: 'alice' } })
    drop(client, server)
  })

  it("has the fingerprint of a client's certificate that an authority has signed, and of no other", async () => {
    const { ca, client: alice } = certificates()
    const [client, server] = await tlsPair({ ca, requestCert: true }, alice)
    const fingerprint = new X509Certificate(alice.cert).fingerprint256.replaceAll(':', '').toLowerCase()
    expect(transportOf(server).tls?.peerCertificateFingerprint).toBe(fingerprint)
    const [stranger, unsure] = await tlsPair({ requestCert: true, rejectUnauthorized: false }, alice)
    expect(transportOf(unsure).tls?.peerCertificateFingerprint).toBe(undefined)
    drop(client, server, stranger, unsure)
  })

  it('exports the same keying material at both ends, and none once the connection is gone', async () => {
    const [client, server] = await tlsPair()
    const [atClient, atServer] = [transportOf(client).tls, transportOf(server).tls]
    const exported = atClient?.exportKeyingMaterial?.(32, 'EXPORTER-Channel-Binding')
    expect(exported?.length).toBe(32)
    expect(atServer?.exportKeyingMaterial?.(32, 'EXPORTER-Channel-Binding')).toEqual(exported)
    expect(atServer?.exportKeyingMaterial?.(32, 'EXPORTER-Other')).not.toEqual(exported)
    drop(client, server)
    await new Promise(resolve => server.on('close', resolve))
    expect(atServer?.exportKeyingMaterial?.(32, 'EXPORTER-Channel-Binding')).toBe(undefined)
  })

  it('does not call a client without a certificate authorized, whatever the runtime says', async () => {
    const [client, server] = await tlsPair()
    Object.defineProperty(server, 'authorized', { value: true })
    expect(transportOf(server).tls).toMatchObject({ isAuthorized: false, peerCertificateSubject: undefined })
    drop(client, server)
  })

  it('returns no addresses for a stream that is not a socket', () => {
    const nowhere = { address: '', port: undefined }
    expect(transportOf(new PassThrough())).toEqual({ peer: nowhere, own: nowhere, isSecure: false })
  })

  it('survives a socket that is closed', async () => {
    const [client, server] = await tlsPair()
    drop(client, server)
    await new Promise(resolve => server.on('close', resolve))
    expect(transportOf(server).peer.address).toBe('')
  })
})

function drop(...sockets: Socket[]): void {
  for (const socket of sockets) socket.destroy()
}
