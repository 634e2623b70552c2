import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** The two heads of an opening handshake as they were sent; long ones are cut. */
export interface OpeningRecord {
  readonly request: string
  readonly response: string
  /** The TLS parameters that were agreed, where the connection uses TLS. */
  readonly tls?: TlsRecord
}

export interface TlsRecord {
  /** The version of TLS, such as `TLSv1.3`. */
  readonly version: string
  readonly cipher: string
  /** The protocol that ALPN chose (RFC 7301): `http/1.1`; empty if there was no ALPN. */
  readonly alpn: string
  /** Whether the testee's certificate was checked and found valid. For a client testee: whether it presented one. */
  readonly authorized: boolean
}

/** Returns the TLS parameters of a socket; an empty object for a socket without TLS. */
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

/** Describes TLS parameters in a few words: `TLSv1.3, ALPN http/1.1`. */
export function tlsSummary({ version, alpn }: Pick<TlsRecord, 'version' | 'alpn'>): string {
  return `${version}, ${alpn === '' ? 'no ALPN' : `ALPN ${alpn}`}`
}
