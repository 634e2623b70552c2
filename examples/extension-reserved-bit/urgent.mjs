// @ts-check
// An extension of our own: a frame with the second reserved bit is urgent. It is negotiated in the opening handshake, so that a peer
// which does not know it never sees the bit; a frame with a bit that nobody has claimed fails the connection.

/** RSV1, RSV2 and RSV3 are 4, 2 and 1. RSV1 belongs to compression. */
export const urgentBit = 2

/** @type {import('@autobahn-ts/websocket').Extension} */
export const urgent = {
  name: 'x-urgent',
  /** The client offers it, without parameters. */
  offer: () => [new Map()],
  /** The server takes it. */
  accept: () => ({ parameters: new Map(), instance: instance() }),
  /** The client hears that the server took it. */
  confirm: () => instance(),
}

/** @returns {import('@autobahn-ts/websocket').ExtensionInstance} */
function instance() {
  return { reservedBits: urgentBit, opcodes: [], close() {} }
}
