import type { Socket } from 'node:net'
import type { Cut } from '../cases/case.ts'

/** Writes octets to TCP, `size` at a time, as fast as the other side reads. Stops where TCP ends. */
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
