import type { Address } from '@autobahn-ts/websocket/portable'

/** Writes an address for logs and for details of a session: `127.0.0.1:51234`, `[::1]:51234`, or the path of a Unix socket. */
export function peerText({ address, port }: Address): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
