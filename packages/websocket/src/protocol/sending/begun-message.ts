import type { MessageTransform } from '../extending/extension.ts'
import { firstOctet } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'

/** A message that is sent frame by frame: what its next frame has to carry, and the encoder that it keeps until its end. */
export class BegunMessage {
  encoder: MessageTransform | undefined
  readonly isBinary: boolean
  /** Whether the application has begun a frame of it. The frame itself may still wait for the encoder. */
  hasFrames = false
  /** The octets of its payload so far. Counted only where an observer wants to know. */
  size = 0
  #opcode: number
  #reserved = 0

  constructor(isBinary: boolean) {
    this.isBinary = isBinary
    this.#opcode = isBinary ? Opcode.Binary : Opcode.Text
  }

  /** Has the next frame carry reserved bits. */
  carry(reserved: number): void {
    this.#reserved |= reserved
  }

  /**
   * Makes the first octet of the next frame. The first frame of a message carries its opcode and its reserved bits (RFC 6455 §5.4), the
   * others continue.
   */
  nextFirst(isFinal: boolean, reserved: number): number {
    const first = firstOctet(this.#opcode, isFinal, this.#reserved | reserved)
    this.#opcode = Opcode.Continuation
    this.#reserved = 0
    return first
  }
}
