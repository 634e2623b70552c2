import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Address, TlsDetails, TransportDetails } from '../../protocol/life/transport-details.ts'
import { plainAddress } from './address-list.ts'

/** Paths of a Unix socket: the system does not tell them apart from the socket itself. */
export interface UnixPaths {
  readonly peer?: string | undefined
  readonly own?: string | undefined
}

/**
 * What is known of a connected socket. To be asked once, early: a closed socket has forgotten its addresses.
 *
 * `listensAt`: where the server listens, if that is one address, so that the system need not be asked for each socket.
 * IPv4 addresses mapped into IPv6 are given as IPv4. A duplex stream that is no socket has no addresses.
 */
export function transportOf(socket: Duplex, unix: UnixPaths = {}, listensAt?: Address): TransportDetails {
  if (!(socket instanceof Socket)) return { peer: nowhere, own: nowhere, isSecure: false }
  const peer = addressOf(socket.remoteAddress, socket.remotePort, unix.peer)
  const own = listensAt ?? addressOf(socket.localAddress, socket.localPort, unix.own)
  if (!(socket instanceof TLSSocket)) return { peer, own, isSecure: false }
  return { peer, own, isSecure: true, tls: tlsDetailsOf(socket) }
}

function addressOf(address: string | undefined, port: number | undefined, path: string | undefined): Address {
  if (path !== undefined) return { address: path, port: undefined }
  if (address === undefined) return nowhere
  return { address: address.includes(':') ? plainAddress(address) : address, port }
}

/** Without a certificate of the peer nobody is authorized: Deno says of a client that sent none that it is. */
function tlsDetailsOf(socket: TLSSocket): TlsDetails {
  const certificate = certificateOf(socket)
  const { subject } = certificate ?? {}
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.name ?? '',
    serverName: serverNameOf(socket),
    isAuthorized: socket.authorized && certificate !== undefined,
    peerCertificateSubject: isRecord(subject) ? { ...subject } : undefined,
  }
}

/** A string where the client sent one, `false` or nothing else; the types do not tell. */
function serverNameOf(socket: TLSSocket & { readonly servername?: unknown }): string | undefined {
  return typeof socket.servername === 'string' && socket.servername !== '' ? socket.servername : undefined
}

/** Without a certificate Node gives an empty object, and null after the end. */
function certificateOf(socket: TLSSocket): { readonly subject?: unknown } | undefined {
  const certificate: unknown = socket.getPeerCertificate()
  return typeof certificate === 'object' && certificate !== null && Object.keys(certificate).length > 0 ? certificate : undefined
}

function isRecord(value: unknown): value is Record<string, string | readonly string[]> {
  return typeof value === 'object' && value !== null
}

const nowhere: Address = { address: '', port: undefined }
