import type { Duplex } from 'node:stream'
import type { SocketByteStream } from '@autobahn-ts/websocket/internals'

/**
 * Has a socket emit `data` once the application listens for it. The core reads below the stream of a socket, which emits nothing then; programs that count
 * or look at octets on `_socket` would see none. Without such a listener nothing is done for what is read.
 */
export function showsData(socket: Duplex, stream: SocketByteStream): void {
  shown(socket)[streamKey] = stream
  socket.on('newListener', onNewListener)
}

function onNewListener(this: Duplex, event: string | symbol): void {
  if (event !== 'data') return
  this.off('newListener', onNewListener)
  const stream = shown(this)[streamKey]
  const received = stream.received.bind(stream)
  // called only for octets that were read below the stream: others come by `data` already
  stream.received = octets => {
    this.emit('data', Buffer.from(octets))
    received(octets)
  }
}

const streamKey: unique symbol = Symbol('stream')

function shown(socket: Duplex): { [streamKey]: SocketByteStream } {
  return socket as Duplex & { [streamKey]: SocketByteStream }
}
