/** What is known of the transport below a connection. */
export interface TransportDetails {
  /** The peer's address: of the client itself where trusted proxies stand between. */
  readonly peer: Address
  readonly own: Address
  /** Whether the octets travel through TLS. */
  readonly isSecure: boolean
  /** What TLS agreed on; absent without TLS. */
  readonly tls?: TlsDetails
}

/** `address` is an IP address, or the path of a Unix socket, or empty where the transport has none. */
export interface Address {
  readonly address: string
  readonly port: number | undefined
}

export interface TlsDetails {
  readonly protocol: string
  readonly cipher: string
  /** The name the client asked for (SNI). */
  readonly serverName: string | undefined
  /** Whether the peer showed a certificate that our authorities signed. */
  readonly isAuthorized: boolean
  /** The subject of the peer's certificate, where it showed one. */
  readonly peerCertificateSubject: Readonly<Record<string, string | readonly string[]>> | undefined
}
