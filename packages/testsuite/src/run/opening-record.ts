import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** The heads of an opening handshake, as they passed; what is long is cut. */
export interface OpeningRecord {
  readonly request: string
  readonly response: string
  /** What was agreed on below, where the connection is one of TLS. */
  readonly tls?: TlsRecord
}

export interface TlsRecord {
  /** `TLSv1.3`. */
  readonly version: string
  readonly cipher: string
  /** The protocol that ALPN chose (RFC 7301): `http/1.1`; empty where there was no ALPN. */
  readonly alpn: string
  /** Whether the testee's certificate was checked and is good; for a client, whether it had one. */
  readonly authorized: boolean
}

/** What a socket of TLS has agreed on; nothing for any other. */
export function tlsOf(socket: Socket): { readonly tls?: TlsRecord } {
  if (!(socket instanceof TLSSocket)) return {}
  const { authorized, alpnProtocol } = socket
  return {
    tls: {
      version: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher()?.name ?? 'unknown',
      alpn: alpnProtocol || '',
      authorized,
    },
  }
}

/** TLS in a few words: `TLSv1.3, ALPN http/1.1`. */
export function tlsSummary({ version, alpn }: Pick<TlsRecord, 'version' | 'alpn'>): string {
  return `${version}, ${alpn === '' ? 'no ALPN' : `ALPN ${alpn}`}`
}
