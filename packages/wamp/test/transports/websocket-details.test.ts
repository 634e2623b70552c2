import { HeaderFields, type WebSocketServerProtocol } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { WebSocketDetails } from '../../src/transports/websocket-details.ts'

it('has the fields of the request by names in lower case, several lines of one name joined', () => {
  const headers = new HeaderFields()
  headers.append('Cookie', 'a=1')
  headers.append('X-Forwarded-For', '10.0.0.1')
  headers.append('x-forwarded-for', '10.0.0.2')
  const details = new WebSocketDetails(protocolWith({ request: { headers } }), true)
  expect(details.headers).toEqual({ cookie: 'a=1', 'x-forwarded-for': '10.0.0.1, 10.0.0.2' })
})

it('has no fields without a request', () => {
  expect(new WebSocketDetails(protocolWith({ request: undefined }), true).headers).toEqual({})
  expect(new WebSocketDetails(protocolWith({}), true).headers).toEqual({})
})

it('tells of the peer, and of TLS', () => {
  const details = new WebSocketDetails(protocolWith({}), true)
  expect(details).toMatchObject({ kind: 'websocket', peer: '127.0.0.1:80', isSecure: true, certificate: 'ab' })
  expect(details.channelId()).toEqual(Uint8Array.of(7))
  expect(new WebSocketDetails(protocolWith({}), false).certificate).toBe(undefined)
})

function protocolWith(members: object): WebSocketServerProtocol {
  const tls = { protocol: 'TLSv1.3', peerCertificateFingerprint: 'ab', exportKeyingMaterial: () => Uint8Array.of(7) }
  const transport = { peer: { address: '127.0.0.1', port: 80 }, isSecure: true, tls }
  return { transport, ...members } as unknown as WebSocketServerProtocol
}
