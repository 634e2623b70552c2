import type { Duplex } from 'node:stream'
import { nodeClock } from './node-clock.ts'

/** Answers an upgrade request that no factory takes, in plain HTTP, and closes. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  // What is still to come is discarded: closing with unread input would reset the connection, and the answer with it.
  const deadline = nodeClock.schedule(() => socket.destroy(), lingerTime)
  socket.on('error', ignore)
  socket.once('close', () => deadline.cancel())
  socket.resume()
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${reason.length}\r\n\r\n${reason}`,
  )
}

function ignore(): void {}

const lingerTime = 1000
