import { copyOf, type Octets } from '../../bytes/octets.ts'

/** A control frame that waits. */
export interface WaitingControl {
  readonly opcode: number
  readonly payload: Octets
}

/**
 * Frames of one connection that cannot go yet.
 *
 * Control frames wait for the end of a frame that is being streamed: they go between frames and not into one (RFC 6455 §5.4 and §5.5). A
 * pong also waits for room below the high-water mark. The close frame also waits for messages that an extension still encodes.
 */
export class WaitingFrames {
  #controls: WaitingControl[] = []
  #octets = 0
  #pong: Octets | undefined
  #close: Octets | undefined

  /**
   * Octets of the control frames, which the application has asked for. A pong that waits is not counted, since it takes the place of the
   * one before.
   */
  get octets(): number {
    return this.#octets
  }

  get hasPong(): boolean {
    return this.#pong !== undefined
  }

  get hasClose(): boolean {
    return this.#close !== undefined
  }

  addControl(opcode: number, payload: Octets): void {
    this.#controls.push({ opcode, payload: copyOf(payload, 0, payload.length) })
    this.#octets += smallestFrame + payload.length
  }

  /**
   * Keeps the payload of a pong in place of the one before: only the latest ping need be answered (RFC 6455 §5.5.3), and a flood of them
   * costs nothing.
   */
  replacePong(payload: Octets): void {
    this.#pong = copyOf(payload, 0, payload.length)
  }

  /** Forgets the pong that waits, since a later one goes out. It would follow, and seem to answer the later ping with an old payload. */
  forgetPong(): void {
    this.#pong = undefined
  }

  setClose(payload: Octets): void {
    this.#close = payload
  }

  /** Removes the control frames and returns them, in their order. */
  takeControls(): readonly WaitingControl[] {
    const controls = this.#controls
    this.#controls = []
    this.#octets = 0
    return controls
  }

  takePong(): Octets {
    const pong = this.#pong!
    this.#pong = undefined
    return pong
  }

  takeClose(): Octets {
    const close = this.#close!
    this.#close = undefined
    return close
  }
}

/** Octets of the header of a control frame without a mask. */
const smallestFrame = 2
