import type { Socket } from 'node:net'
import type { Cut } from '../cases/case.ts'

/** Hands octets to TCP, so many at a time, as far as the other side lets one. Ends where TCP does. */
export async function writeInParts(socket: Socket, octets: Uint8Array, cut: Cut = 'whole'): Promise<void> {
  if (typeof cut !== 'number') {
    socket.write(octets)
    return
  }
  for (let at = 0; at < octets.length && socket.writable; at += cut) {
    socket.write(octets.subarray(at, at + cut))
    await new Promise(resolve => setImmediate(resolve))
  }
}
