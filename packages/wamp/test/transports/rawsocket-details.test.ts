import { expect, it } from 'vitest'
import { RawSocketDetails } from '../../src/transports/rawsocket-details.ts'

const nowhere = { address: '', port: undefined }

it('tells of a plain connection', () => {
  const details = new RawSocketDetails({ peer: { address: '::1', port: 8080 }, own: nowhere, isSecure: false }, true)
  expect([details.kind, details.peer, details.isSecure, details.headers, details.certificate]).toEqual([
    'rawsocket',
    '[::1]:8080',
    false,
    {},
    undefined,
  ])
  expect(details.channelId()).toBe(undefined)
})

it('has the fingerprint of a client, on a router alone, and the channel id of TLS', () => {
  const tls = {
    protocol: 'TLSv1.3',
    cipher: '',
    serverName: undefined,
    isAuthorized: true,
    peerCertificateSubject: {},
    peerCertificateFingerprint: 'ab'.repeat(32),
    exportKeyingMaterial: (length: number) => new Uint8Array(length).fill(7),
  }
  const socket = { peer: nowhere, own: nowhere, isSecure: true, tls }
  const details = new RawSocketDetails(socket, true)
  expect([details.isSecure, details.certificate]).toEqual([true, 'ab'.repeat(32)])
  expect([...details.channelId()!]).toEqual(Array.from({ length: 32 }, () => 7))
  expect(new RawSocketDetails(socket, false).certificate).toBe(undefined)
})
