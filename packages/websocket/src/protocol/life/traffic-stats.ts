/**
 * Counts of one connection's traffic.
 *
 * *Wire level*: octets of the transport. *WebSocket level*: payload on the wire, so after compression. *App level*: payload as the
 * application sees it. Frames and messages are those of data; control frames count at the wire level alone.
 */
export class TrafficStats {
  outgoingOctetsWireLevel = 0
  outgoingOctetsWebSocketLevel = 0
  outgoingOctetsAppLevel = 0
  outgoingWebSocketFrames = 0
  outgoingWebSocketMessages = 0
  /** Messages passed to a send method when the connection was no longer open, or above `maxUnsentSize`. */
  outgoingMessagesNotSent = 0
  incomingOctetsWireLevel = 0
  incomingOctetsWebSocketLevel = 0
  incomingOctetsAppLevel = 0
  incomingWebSocketFrames = 0
  incomingWebSocketMessages = 0
  /** Octets of the opening handshake, which the wire level's counts include. */
  preopenOutgoingOctetsWireLevel = 0
  preopenIncomingOctetsWireLevel = 0

  /** The octets of the WebSocket level divided by those of the app level; `undefined` before the first octet. */
  get outgoingCompressionRatio(): number | undefined {
    return ratio(this.outgoingOctetsWebSocketLevel, this.outgoingOctetsAppLevel)
  }

  get incomingCompressionRatio(): number | undefined {
    return ratio(this.incomingOctetsWebSocketLevel, this.incomingOctetsAppLevel)
  }

  /** The overhead of framing relative to the payload, without the handshake. */
  get outgoingWebSocketOverhead(): number | undefined {
    const framed = this.outgoingOctetsWireLevel - this.preopenOutgoingOctetsWireLevel
    return ratio(framed - this.outgoingOctetsWebSocketLevel, this.outgoingOctetsWebSocketLevel)
  }

  get incomingWebSocketOverhead(): number | undefined {
    const framed = this.incomingOctetsWireLevel - this.preopenIncomingOctetsWireLevel
    return ratio(framed - this.incomingOctetsWebSocketLevel, this.incomingOctetsWebSocketLevel)
  }

  /** Sets all counts to 0. */
  reset(): void {
    Object.assign(this, new TrafficStats())
  }

  toJSON(): Record<string, number | undefined> {
    return {
      ...(this as Omit<this, 'reset' | 'toJSON'>),
      outgoingCompressionRatio: this.outgoingCompressionRatio,
      incomingCompressionRatio: this.incomingCompressionRatio,
      outgoingWebSocketOverhead: this.outgoingWebSocketOverhead,
      incomingWebSocketOverhead: this.incomingWebSocketOverhead,
    }
  }
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}
