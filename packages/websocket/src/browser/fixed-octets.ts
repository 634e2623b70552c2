import type { Octets, ReceivedOctets } from '../bytes/octets.ts'

/**
 * Returns octets in memory that the platform takes: a `WebSocket` and a `TextDecoder` of a browser refuse shared and resizable memory, so octets in
 * such memory are copied. Others are returned as they are, except in browsers that are older than resizable memory: those copy all.
 */
export function fixedOctets(octets: Octets): ReceivedOctets {
  return (octets.buffer as { readonly resizable?: boolean }).resizable === false ? (octets as ReceivedOctets) : new Uint8Array(octets)
}
