import type { Duplex } from 'node:stream'
import { nodeClock } from '../runtime/node-clock.ts'

/**
 * Ends our side of a socket after everything that was written, and discards what the client still sends: closing with unread input would
 * reset the connection, and the answer could be lost with it. A client that does not end its side within a second is cut off.
 */
export function endWithLinger(socket: Duplex): void {
  const deadline = nodeClock.schedule(() => socket.destroy(), lingerTime)
  // Node only reports some errors, and leaves it to the listener to end the socket
  socket.on('error', () => socket.destroy())
  socket.once('close', () => deadline.cancel())
  socket.resume()
  socket.end()
}

/** The time for the client to end its side, in milliseconds. */
const lingerTime = 1000
