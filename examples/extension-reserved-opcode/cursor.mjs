// @ts-check
// A custom extension: frames with opcode 11 carry the position of a user's cursor. Opcodes 11 to 15 are control frames of at most 125
// octets. They may be sent between the frames of a long message, so that the cursor moves while a file is being sent. Frames with opcodes 3
// to 7 may be longer.

export const cursorOpcode = 11

/** @type {import('@autobahn-ts/websocket').Extension} */
export const cursor = {
  name: 'x-cursor',
  offer: () => [new Map()],
  accept: () => ({ parameters: new Map(), instance: instance() }),
  confirm: () => instance(),
}

/** @returns {import('@autobahn-ts/websocket').ExtensionInstance} */
function instance() {
  return { reservedBits: 0, opcodes: [cursorOpcode], close() {} }
}
