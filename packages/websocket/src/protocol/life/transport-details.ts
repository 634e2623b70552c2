/** The details of the transport below a connection. */
export interface TransportDetails {
  /** The peer's address: that of the client itself behind trusted proxies. */
  readonly peer: Address
  readonly own: Address
  /** Whether the octets travel through TLS. */
  readonly isSecure: boolean
  /** The parameters that TLS agreed on; absent without TLS. */
  readonly tls?: TlsDetails
}

/** An address: an IP address, the path of a Unix socket, or empty if the transport has none. */
export interface Address {
  readonly address: string
  readonly port: number | undefined
}

export interface TlsDetails {
  readonly protocol: string
  readonly cipher: string
  /** The host name that the client asked for (SNI). */
  readonly serverName: string | undefined
  /** Whether the peer presented a certificate that our authorities signed. */
  readonly isAuthorized: boolean
  /** The subject of the peer's certificate, if it presented one. */
  readonly peerCertificateSubject: Readonly<Record<string, string | readonly string[]>> | undefined
  /** The SHA-256 fingerprint of the peer's certificate, in hexadecimal digits of lower case, if our authorities signed it. */
  readonly peerCertificateFingerprint: string | undefined
  /**
   * Returns octets that both ends of this TLS connection compute, and nobody else (RFC 5705). The context has no octets. `undefined` once the
   * connection is gone. Absent where the runtime cannot do it.
   */
  readonly exportKeyingMaterial?: (length: number, label: string) => Uint8Array | undefined
}
