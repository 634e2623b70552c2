import { expect, it } from 'vitest'
import { tlsExporter } from '../../src/transports/tls-exporter.ts'

it('asks TLS 1.3 for 32 octets by the label of RFC 9266', () => {
  const asked: unknown[] = []
  const exportKeyingMaterial = (length: number, label: string) => {
    asked.push([length, label])
    return new Uint8Array(length)
  }
  expect(tlsExporter({ tls: { ...tls, exportKeyingMaterial } })?.length).toBe(32)
  expect(asked).toEqual([[32, 'EXPORTER-Channel-Binding']])
})

it('gives nothing without TLS, below TLS 1.3, and where the runtime exports nothing', () => {
  const exportKeyingMaterial = () => new Uint8Array(32)
  expect(tlsExporter({})).toBe(undefined)
  expect(tlsExporter({ tls })).toBe(undefined)
  expect(tlsExporter({ tls: { ...tls, protocol: 'TLSv1.2', exportKeyingMaterial } })).toBe(undefined)
})

const tls = {
  protocol: 'TLSv1.3',
  cipher: '',
  serverName: undefined,
  isAuthorized: false,
  peerCertificateSubject: undefined,
  peerCertificateFingerprint: undefined,
}
