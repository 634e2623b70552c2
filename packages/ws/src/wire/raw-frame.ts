import { firstOctet, type Octets, unmaskedHeaderSize, writeHeader } from '@autobahn-ts/websocket/internals'

/** Makes a frame in one array, with a mask key of zeros where `masks` is set: such a frame has the mask bit, and its payload as it is. */
export function rawFrame(opcode: number, isFinal: boolean, payload: Octets, masks: boolean): Octets {
  const size = unmaskedHeaderSize(payload.length) + (masks ? keySize : 0)
  const frame = new Uint8Array(size + payload.length)
  writeHeader(frame, 0, firstOctet(opcode, isFinal, 0), payload.length, masks)
  frame.set(payload, size)
  return frame
}

const keySize = 4
