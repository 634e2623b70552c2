import { parts } from '../application/protocol-parts.ts'
import type { EventProtocol } from './event-protocol.ts'

/**
 * Counts the octets of messages that were sent and have not gone to the system: what the platform calls `bufferedAmount`, without the headers of frames.
 *
 * The count must not become smaller before the event loop turns (WebSockets Standard, §3.1), so octets that have left at once count until then.
 */
export class UnsentPayload {
  readonly #protocol: EventProtocol
  /** The octets of all messages that were sent before those that may still wait. */
  #gone = 0
  #isHeld = false

  constructor(protocol: EventProtocol) {
    this.#protocol = protocol
  }

  get size(): number {
    const { bufferedAmount } = this.#protocol
    if (this.#isHeld) return this.#sent - this.#gone
    return bufferedAmount === 0 ? 0 : Math.min(this.#sent - this.#gone, bufferedAmount)
  }

  /** Called before a message is sent. */
  beforeSend(): void {
    if (!this.#isHeld && this.#protocol.bufferedAmount === 0) this.#gone = this.#sent
  }

  /** Called when a message was sent. */
  afterSend(): void {
    if (this.#isHeld || this.#protocol.bufferedAmount !== 0) return
    this.#isHeld = true
    this.#protocol[parts].connection.shared.runtime.clock.yield(() => {
      this.#isHeld = false
    }, true)
  }

  get #sent(): number {
    return this.#protocol.trafficStats.outgoingOctetsAppLevel
  }
}
