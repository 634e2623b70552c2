import { expect, it } from 'vitest'
import { RawSocketDetails } from '../../src/transports/rawsocket-details.ts'

it('tells of a plain connection', () => {
  const details = new RawSocketDetails({ peer: { address: '::1', port: 8080 }, own: { address: '', port: undefined }, isSecure: false })
  expect(details).toMatchObject({ kind: 'rawsocket', peer: '[::1]:8080', isSecure: false, headers: {}, certificate: undefined })
  expect(details.channelId()).toBe(undefined)
})

it('has the fingerprint and the channel id of TLS', () => {
  const tls = {
    protocol: 'TLSv1.3',
    cipher: '',
    serverName: undefined,
    isAuthorized: true,
    peerCertificateSubject: {},
    peerCertificateFingerprint: 'ab'.repeat(32),
    exportKeyingMaterial: (length: number) => new Uint8Array(length).fill(7),
  }
  const details = new RawSocketDetails({
    peer: { address: '', port: undefined },
    own: { address: '', port: undefined },
    isSecure: true,
    tls,
  })
  expect(details).toMatchObject({ isSecure: true, certificate: 'ab'.repeat(32) })
  expect([...details.channelId()!]).toEqual(Array.from({ length: 32 }, () => 7))
})
