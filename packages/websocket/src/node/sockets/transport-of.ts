import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Address, TlsDetails, TransportDetails } from '../../protocol/life/transport-details.ts'
import { plainAddress } from './address-list.ts'
import { peerOf } from './socket-internals.ts'

/** The paths of a Unix socket, which the system does not tell from the socket itself. */
export interface UnixPaths {
  readonly peer?: string | undefined
  readonly own?: string | undefined
}

/**
 * Returns the addresses of a connected socket, and what TLS agreed on. Must be called early and once: a closed socket no longer has its
 * addresses.
 *
 * `listensAt` is the address of the server, if it is a single one, so that the system need not be asked for each socket. IPv4 addresses
 * mapped into IPv6 are returned as IPv4. A duplex stream that is not a socket has no addresses (decision 40).
 */
export function transportOf(socket: Duplex, unix: UnixPaths = {}, listensAt?: Address): TransportDetails {
  if (!(socket instanceof Socket)) return { peer: nowhere, own: nowhere, isSecure: false }
  const { address, port } = peerOf(socket)
  const peer = addressOf(address, port, unix.peer)
  const own = listensAt ?? addressOf(socket.localAddress, socket.localPort, unix.own)
  if (!(socket instanceof TLSSocket)) return { peer, own, isSecure: false }
  return { peer, own, isSecure: true, tls: tlsDetailsOf(socket) }
}

function addressOf(address: string | undefined, port: number | undefined, path: string | undefined): Address {
  if (path !== undefined) return { address: path, port: undefined }
  if (address === undefined) return nowhere
  return { address: known(address.includes(':') ? plainAddress(address) : address), port }
}

/** Returns the text of the address before, if this one equals it: behind a proxy all connections have one address, and share its text. */
function known(address: string): string {
  if (address !== latest) latest = address
  return latest
}

let latest = ''

/** Returns what TLS agreed on. A peer without a certificate is not authorized, although Deno reports it as such. */
function tlsDetailsOf(socket: TLSSocket): TlsDetails {
  const certificate = certificateOf(socket)
  const { subject } = certificate ?? {}
  const isAuthorized = socket.authorized && certificate !== undefined
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.name ?? '',
    serverName: serverNameOf(socket),
    isAuthorized,
    peerCertificateSubject: isRecord(subject) ? { ...subject } : undefined,
    peerCertificateFingerprint: isAuthorized ? fingerprintOf(certificate) : undefined,
    exportKeyingMaterial: (length, label) => exported(socket, length, label),
  }
}

/** Node writes fingerprints as upper-case pairs with colons between them. */
function fingerprintOf({ fingerprint256 }: { readonly fingerprint256?: unknown }): string | undefined {
  return typeof fingerprint256 === 'string' ? fingerprint256.replaceAll(':', '').toLowerCase() : undefined
}

/** Exports keying material, RFC 5705. Node throws where the connection is gone. */
function exported(socket: TLSSocket, length: number, label: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(socket.exportKeyingMaterial(length, label, Buffer.alloc(0)))
  } catch {
    return undefined
  }
}

/** Returns the server name that the client sent. Without one Node has `false` or nothing there, which the types do not say. */
function serverNameOf(socket: TLSSocket & { readonly servername?: unknown }): string | undefined {
  return typeof socket.servername === 'string' && socket.servername !== '' ? socket.servername : undefined
}

/** Returns the peer's certificate, if it has sent one. Node returns an empty object without one, and null after the end. */
function certificateOf(socket: TLSSocket): { readonly subject?: unknown; readonly fingerprint256?: unknown } | undefined {
  const certificate: unknown = socket.getPeerCertificate()
  return typeof certificate === 'object' && certificate !== null && Object.keys(certificate).length > 0 ? certificate : undefined
}

function isRecord(value: unknown): value is Record<string, string | readonly string[]> {
  return typeof value === 'object' && value !== null
}

const nowhere: Address = { address: '', port: undefined }
