// @ts-check
// A custom extension: a frame with the second reserved bit is urgent. The extension is negotiated in the opening handshake, so that a peer
// without it never gets the bit; a frame with an unclaimed bit fails the connection.

/** RSV1, RSV2 and RSV3 are 4, 2 and 1. RSV1 belongs to compression. */
export const urgentBit = 2

/** @type {import('@autobahn-ts/websocket').Extension} */
export const urgent = {
  name: 'x-urgent',
  /** The client offers the extension, without parameters. */
  offer: () => [new Map()],
  /** The server accepts it. */
  accept: () => ({ parameters: new Map(), instance: instance() }),
  /** The client learns that the server has accepted it. */
  confirm: () => instance(),
}

/** @returns {import('@autobahn-ts/websocket').ExtensionInstance} */
function instance() {
  return { reservedBits: urgentBit, opcodes: [], close() {} }
}
