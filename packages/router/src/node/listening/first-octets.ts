import type { Socket } from 'node:net'
import type { Clock } from '@autobahn-ts/websocket'

/**
 * Waits for the first octets of a connection, which tell what its client speaks. The socket is paused then, and the octets are read.
 *
 * A client that sends nothing within the time in seconds is dropped, and one that ends before.
 */
export function whenFirstOctets(socket: Socket, clock: Clock, seconds: number, took: (octets: Uint8Array) => void): void {
  const timer = seconds > 0 ? clock.schedule(() => socket.destroy(), seconds * 1000) : undefined
  const ended = (): void => void socket.destroy()
  const closed = (): void => timer?.cancel()
  const data = (octets: Buffer): void => {
    socket.pause()
    timer?.cancel()
    // an idle connection keeps nothing of this
    socket.off('end', ended)
    socket.off('close', closed)
    took(octets)
  }
  socket.on('error', ignored)
  socket.once('close', closed)
  socket.once('end', ended)
  socket.once('data', data)
}

/** Takes errors, which end the connection. Code that takes the connection over has listeners of its own. */
function ignored(): void {}
