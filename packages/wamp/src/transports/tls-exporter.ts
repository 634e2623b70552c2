import type { Octets, TransportDetails } from '@autobahn-ts/websocket/portable'

/**
 * Returns the channel id of a TLS connection: 32 octets that both of its ends compute, and that no other connection has (RFC 9266).
 *
 * `undefined` without TLS and below TLS 1.3, where the value is unique only with an extension that Node does not tell of.
 */
export function tlsExporter({ tls }: Pick<TransportDetails, 'tls'>): Octets | undefined {
  if (tls?.protocol !== 'TLSv1.3') return undefined
  return tls.exportKeyingMaterial?.(channelIdSize, label)
}

/** RFC 9266 §4.2: the label, a context of no octets, and the length. */
const label = 'EXPORTER-Channel-Binding'
const channelIdSize = 32
