import type { Duplex } from 'node:stream'
import { upgradeWasRefused } from '../runtime/diagnostics.ts'
import { endWithLinger } from '../sockets/end-with-linger.ts'

/**
 * Answers an upgrade request in plain HTTP instead of switching protocols, and closes. A 426 names WebSocket as the protocol to use. The
 * refusal is published to the diagnostics channel.
 */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  // RFC 9110 §15.5.22: a 426 has Upgrade; §7.8: a sender of Upgrade names it in Connection.
  const connection = status === 426 ? 'Connection: close, Upgrade\r\nUpgrade: websocket' : 'Connection: close'
  const head = `HTTP/1.1 ${status} ${reason}\r\n${connection}\r\nContent-Type: text/plain\r\nContent-Length: ${reason.length}\r\n\r\n`
  if (socket.writable) socket.write(head + reason)
  endWithLinger(socket)
  upgradeWasRefused(socket, status, reason)
}
