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

  /** Adds the counts of another object, including those from before it was reset. */
  add(other: TrafficStats): void {
    addCounts(this, other)
    const before = beforeReset.get(other)
    if (before !== undefined) addCounts(this, before)
  }

  /** Sets all counts to 0. The `totals` of a server keep them. */
  reset(): void {
    const before = beforeReset.get(this) ?? new TrafficStats()
    addCounts(before, this)
    beforeReset.set(this, before)
    Object.assign(this, new TrafficStats())
  }

  toJSON(): Record<string, number | undefined> {
    return {
      ...(this as Omit<this, 'add' | 'reset' | 'toJSON'>),
      outgoingCompressionRatio: this.outgoingCompressionRatio,
      incomingCompressionRatio: this.incomingCompressionRatio,
      outgoingWebSocketOverhead: this.outgoingWebSocketOverhead,
      incomingWebSocketOverhead: this.incomingWebSocketOverhead,
    }
  }
}

/** The counts of objects from before they were reset. Few are, so the others have no field for it. */
const beforeReset = new WeakMap<TrafficStats, TrafficStats>()

function addCounts(sum: TrafficStats, more: TrafficStats): void {
  sum.outgoingOctetsWireLevel += more.outgoingOctetsWireLevel
  sum.outgoingOctetsWebSocketLevel += more.outgoingOctetsWebSocketLevel
  sum.outgoingOctetsAppLevel += more.outgoingOctetsAppLevel
  sum.outgoingWebSocketFrames += more.outgoingWebSocketFrames
  sum.outgoingWebSocketMessages += more.outgoingWebSocketMessages
  sum.outgoingMessagesNotSent += more.outgoingMessagesNotSent
  sum.incomingOctetsWireLevel += more.incomingOctetsWireLevel
  sum.incomingOctetsWebSocketLevel += more.incomingOctetsWebSocketLevel
  sum.incomingOctetsAppLevel += more.incomingOctetsAppLevel
  sum.incomingWebSocketFrames += more.incomingWebSocketFrames
  sum.incomingWebSocketMessages += more.incomingWebSocketMessages
  sum.preopenOutgoingOctetsWireLevel += more.preopenOutgoingOctetsWireLevel
  sum.preopenIncomingOctetsWireLevel += more.preopenIncomingOctetsWireLevel
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}
